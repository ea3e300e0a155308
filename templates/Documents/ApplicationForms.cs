using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf;
using static MyNumber.Templates.Forms.ApplicationFormLayout;

namespace MyNumber.Templates.Documents;

/// <summary>
/// The application forms on paper. Where anything is filled in or printed comes from the form definition; this file
/// adds the frames, the labels and the words around it.
/// </summary>
internal static class ApplicationForms
{
    private static readonly TextStyle Title = new(Typeface.Bold, 15);
    private static readonly TextStyle Subtitle = new(Typeface.Gothic, 10.5);
    private static readonly TextStyle Section = new(Typeface.Bold, 11);
    private static readonly TextStyle Label = new(Typeface.Gothic, 9.5);
    private static readonly TextStyle Small = new(Typeface.Gothic, 8);
    private static readonly TextStyle Body = new(Typeface.Gothic, 9.5);
    private static readonly TextStyle Unit = new(Typeface.Gothic, 10);

    /// <summary>Front and back of the form of that kind; <paramref name="person"/> null prints it blank.</summary>
    public static IEnumerable<Page> Pages(string kind, PiecePerson? person, string? municipality, string applicationSite)
    {
        var form = FormDefinitions.Get(kind);
        var front = form.Pages[0];
        yield return new Page($"{kind}-front", front.WidthMm, front.HeightMm, canvas => Front(canvas, form, front),
            canvas => Person(canvas, front, person, municipality, applicationSite));
        var back = form.Pages[1];
        yield return new Page($"{kind}-back", back.WidthMm, back.HeightMm, canvas => ApplicationFormBack.Draw(canvas, form, back),
            Page.Nothing);
    }

    /// <summary>Text of the QR code (R01).</summary>
    public static string QrText(string applicationSite, string applicationId) => $"{applicationSite}?id={applicationId}";

    /// <summary>Registration marks and form mark: what every page of every form has.</summary>
    public static void Frame(Canvas canvas, FormDefinition form, FormPage page)
    {
        canvas.Fill(page.Items.Where(item => item.Type == FormItemType.Registration).Select(item => item.Box));
        canvas.FormMark(new FormMark(form.Kind, form.Version, page.Number));
    }

    /// <summary>The heading of a part, with a bar in front.</summary>
    public static void Heading(Canvas canvas, double baselineMm, string text)
    {
        canvas.Fill(LeftMm, baselineMm - 3.6, 1.2, 4.6);
        canvas.Text(Section, LeftMm + 3, baselineMm, text);
    }

    /// <summary>The cells of an item, each with its frame.</summary>
    public static void Cells(Canvas canvas, FormItem item)
    {
        foreach (var cell in item.Cells)
        {
            canvas.Stroke(cell, 0.25);
        }
    }

    /// <summary>The row of cells of a date with the words between, and how the era is told.</summary>
    public static void DateRow(Canvas canvas, FormPage page, string name, string label)
    {
        var era = page.Find(name + "_era")!;
        RowLabel(canvas, era.Box.YMm - 1, era.Box.HeightMm + 2, label);
        var baseline = era.Box.YMm + 5.5;
        foreach (var (part, word) in new[] { ("_year", "年"), ("_month", "月"), ("_day", "日") })
        {
            var item = page.Find(name + part)!;
            Cells(canvas, item);
            canvas.Text(Unit, item.Box.RightMm + 1.5, baseline, word);
        }

        Cells(canvas, era);
        canvas.Text(Small, era.Box.RightMm + 1, era.Box.YMm + 3.2, "元号");
        canvas.Text(Small, era.Box.RightMm + 1, era.Box.YMm + 6.8, "番号");
    }

    /// <summary>The label of a row, in the column left of the values.</summary>
    public static void RowLabel(Canvas canvas, double yMm, double heightMm, string label, string? under = null)
    {
        var middle = yMm + (heightMm / 2) + 1.1;
        canvas.Text(Label, LeftMm + 1.5, under is null ? middle : middle - 1.6, label);
        if (under is not null)
        {
            canvas.Text(Small, LeftMm + 1.5, middle + 1.8, under);
        }
    }

    private static void Front(Canvas canvas, FormDefinition form, FormPage page)
    {
        Frame(canvas, form, page);
        canvas.Text(Title, 64, 14.2, "個人番号カード交付申請書");
        canvas.Text(Subtitle, 64, 19.6, "兼 電子証明書発行申請書" + Suffix(form.Kind));
        Identity(canvas, page);
        Register(canvas, page);
        Applicant(canvas, page);
        Wishes(canvas, page);
        Notes(canvas, page);
    }

    private static string Suffix(string kind) => kind switch
    {
        "handwritten-application-form" => "（手書き用）",
        "renewal-application-form" => "（更新用）",
        "reapplication-form" => "（再申請用）",
        _ => "",
    };

    private static void Identity(Canvas canvas, FormPage page)
    {
        if (page.Find("application_id") is { } id)
        {
            canvas.Text(Label, id.Box.XMm - 1, id.Box.YMm + 4.7, "申請書ID", Align.Right);
            canvas.Stroke(id.Box, 0.25);
        }

        if (page.Find("qr") is { } qr)
        {
            canvas.Text(Small, qr.Box.XMm + (qr.Box.WidthMm / 2), qr.Box.BottomMm + 5.5, "スマートフォンでの申請は", Align.Centre);
            canvas.Text(Small, qr.Box.XMm + (qr.Box.WidthMm / 2), qr.Box.BottomMm + 9, "このコードから", Align.Centre);
        }

        if (page.Find("individual_number") is { } number)
        {
            RowLabel(canvas, number.Box.YMm - 1, number.Box.HeightMm + 2, "個人番号", "（マイナンバー12桁）");
            Cells(canvas, number);
        }
    }

    private static void Register(Canvas canvas, FormPage page)
    {
        var printed = page.Find("name")!.Type == FormItemType.Printed;
        var noteMm = page.Find("individual_number") is null ? 41.2 : 31.2;
        canvas.Text(Small, LeftMm, noteMm, printed
            ? "【印字内容】印字に誤りや変更があるときは、二重線で消し、余白に正しい内容を書いてください。"
            : "【ご記入欄】黒のボールペンではっきりと書いてください。");
        Row(canvas, page, "name", "氏名");
        Row(canvas, page, "name_kana", printed ? "点字用カナ" : "フリガナ", printed ? null : "（点字用）");
        Row(canvas, page, "alternative_letters", "代替文字", "（電子証明書用）");
        Row(canvas, page, "address", "住所");
        Row(canvas, page, "sex", null);
        var sex = page.Find("sex")!.Box;
        canvas.Text(Label, sex.XMm - 1.5, sex.YMm + (sex.HeightMm / 2) + 1.1, "性別", Align.Right);
        canvas.Line(sex.XMm - 14, sex.YMm, sex.XMm - 14, sex.BottomMm);
        if (printed)
        {
            Row(canvas, page, "birth_date", "生年月日");
            Row(canvas, page, "stay_until", "在留期間の満了日", "（外国人住民の方）");
            var issued = page.Find("issued_on")!.Box;
            canvas.Text(Small, issued.XMm, issued.YMm - 1.2, "この申請書の発行日");
            canvas.Stroke(issued, 0.6);
            canvas.Text(Small, issued.XMm, issued.BottomMm + 4, "何枚もあるときは、");
            canvas.Text(Small, issued.XMm, issued.BottomMm + 7.6, "新しいものを使う");
        }
        else
        {
            DateRow(canvas, page, "birth_date", "生年月日");
            DateRow(canvas, page, "stay_until", "在留期間の満了日");
        }

        Table(canvas, page, printed);
    }

    // The outer frame, and a rule under each row that has none of its own.
    private static void Table(Canvas canvas, FormPage page, bool printed)
    {
        var top = page.Find("individual_number") is { } number ? number.Box.YMm - 1 : page.Find("name")!.Box.YMm;
        var right = printed ? TableRightMm : RightMm;
        const double bottom = 111;
        canvas.Stroke(new Box(LeftMm, top, right - LeftMm, bottom - top), 0.4);
        foreach (var y in printed ? new[] { 43.0, 57, 66, 75, 84, 102 } : new[] { 43.0, 52, 64, 73, 83, 101 })
        {
            if (y > top)
            {
                canvas.Line(LeftMm, y, right, y);
            }
        }

        canvas.Line(ValueMm - 1, top, ValueMm - 1, bottom);
    }

    private static void Row(Canvas canvas, FormPage page, string name, string? label, string? under = null)
    {
        var box = page.Find(name)!.Box;
        if (label is not null)
        {
            RowLabel(canvas, box.YMm, box.HeightMm, label, under);
        }
    }

    private static void Applicant(Canvas canvas, FormPage page)
    {
        Heading(canvas, ApplicantTopMm + 3.8, "申請者が記入する欄");
        var name = page.Find("applicant_name")!.Box;
        var phone = page.Find("phone")!;
        var photo = page.Find("photo")!.Box;
        const double bottom = 167;
        canvas.Stroke(new Box(LeftMm, name.YMm, name.RightMm - LeftMm + 4, bottom - name.YMm), 0.4);
        canvas.Line(ValueMm - 1, name.YMm, ValueMm - 1, bottom);
        RowLabel(canvas, name.YMm, name.HeightMm, "申請者氏名", "署名または記名押印");
        canvas.Text(Small, name.XMm + 1, name.BottomMm - 1, "規格外の写真を使う理由があるときは、この欄に書いてください。");
        canvas.Line(LeftMm, name.BottomMm + 0.5, name.RightMm + 4, name.BottomMm + 0.5);
        DateRow(canvas, page, "application_date", "申請日");
        canvas.Line(LeftMm, phone.Box.YMm - 1.5, name.RightMm + 4, phone.Box.YMm - 1.5);
        RowLabel(canvas, phone.Box.YMm - 1, phone.Box.HeightMm + 2, "電話番号", "（日中・左詰め）");
        Cells(canvas, phone);
        canvas.Text(Small, LeftMm, bottom + 4,
            "元号番号：1 明治　2 大正　3 昭和　4 平成　5 令和。西暦で書くときは空欄にし、年を4桁で書いてください。");

        canvas.Stroke(photo, 0.25);
        var middle = photo.XMm + (photo.WidthMm / 2);
        canvas.Text(Label, middle, photo.YMm + 10, "顔写真貼付欄", Align.Centre);
        string[] words = ["縦4.5cm×横3.5cm", "6か月以内に撮影", "正面・無帽・無背景", "裏面に氏名・", "生年月日を書き、", "のりで貼る"];
        for (var i = 0; i < words.Length; i++)
        {
            canvas.Text(Small, middle, photo.YMm + 17 + (i * 4.6), words[i], Align.Centre);
        }
    }

    private static void Wishes(Canvas canvas, FormPage page)
    {
        Heading(canvas, WishesTopMm + 3.8, "電子証明書・点字表記の希望");
        canvas.Text(Label, 80, WishesTopMm + 3.8, "あてはまる場合だけ、□を■のように黒く塗りつぶしてください。");
        canvas.Stroke(new Box(LeftMm, 183, RightMm - LeftMm, 30), 0.4);
        canvas.Line(LeftMm, 193, RightMm, 193);
        canvas.Line(LeftMm, 203, RightMm, 203);
        Wish(canvas, page, "no_signature_certificate", "署名用電子証明書", "希望しない場合のみ塗りつぶす（15歳未満の方などには発行されません）", "不要");
        Wish(canvas, page, "no_user_certificate", "利用者証明用電子証明書", "希望しない場合のみ塗りつぶす", "不要");
        Wish(canvas, page, "braille", "点字表記", "カードに氏名の点字表記（11マスまで）を希望する場合のみ塗りつぶす", "希望する");
    }

    private static void Wish(Canvas canvas, FormPage page, string name, string title, string explanation, string word)
    {
        var box = page.Find(name)!.Box;
        canvas.Stroke(box, 0.3);
        canvas.Text(Label, LeftMm + 1.5, box.YMm + 3.2, title);
        canvas.Text(Small, 59, box.YMm + 3.1, explanation);
        canvas.Text(Label, box.XMm - 1.5, box.YMm + 3.2, word, Align.Right);
    }

    private static void Notes(Canvas canvas, FormPage page)
    {
        var online = page.Find("qr") is not null;
        string[] notes =
        [
            "1　申請者氏名、申請日、顔写真のないもの、印字内容と住民票の記載が違うものは、不備としてお返しします。",
            "2　顔写真は、裏面に氏名と生年月日を書き、のりで枠の中に貼ってください。1歳未満の方は不要です。",
            "3　15歳未満の方または成年被後見人の方は、法定代理人が裏面の欄に記入してください。",
            "4　黒のボールペンで書いてください。訂正は二重線で消し、余白に書いてください（修正液は使えません）。",
            "5　代替文字は、電子証明書にだけ使われ、カードの券面には使われません。",
            "6　提出した後で内容を変えることはできません。取りやめるときは、住所地の市区町村にご連絡ください。",
            online
                ? "7　申請状況は申請書IDと生年月日で確認できます。交付通知書が届くまで、申請書IDを控えておいてください。"
                : "7　申請書IDのないこの申請書は、郵送でのみ申請できます。個人番号12桁を必ず書いてください。",
            online
                ? "8　申請書は1回だけ使えます。一度使った申請書（同じ申請書ID）で、もう一度申請することはできません。"
                : "8　封筒には申請書だけを入れてください。家族やほかの方の申請書も、いっしょに入れられます。",
        ];
        Heading(canvas, 222, "記入上の注意");
        for (var i = 0; i < notes.Length; i++)
        {
            canvas.Text(Body, LeftMm, 229.4 + (i * 6.4), notes[i]);
        }
    }

    private static void Person(Canvas canvas, FormPage page, PiecePerson? person, string? municipality, string site)
    {
        if (person is null)
        {
            return;
        }

        Print(canvas, page, "municipality_name", municipality is null or "" ? "" : $"（宛先）{municipality}長", 11);
        if (page.Find("name")!.Type == FormItemType.Printed)
        {
            Print(canvas, page, "name", person.Masked ? new string('＊', 8) : Placeholders.Without(person.Name), 16);
            Print(canvas, page, "name_kana", Placeholders.Without(person.NameKana), 12);
            Print(canvas, page, "alternative_letters", Placeholders.Without(person.AlternativeLetters), 12);
            Print(canvas, page, "birth_date", person.BirthDate is { } birth ? Wording.Both(birth) : "", 12);
            Print(canvas, page, "sex", Wording.Sex(person.Sex), 12);
            Print(canvas, page, "address", person.Masked ? new string('＊', 12) : Placeholders.Without(person.Address), 13);
            Print(canvas, page, "stay_until", person.StayUntil is { } stay ? Wording.Western(stay) : "", 12);
            Print(canvas, page, "issued_on", person.IssuedOn is { } issued ? Wording.Western(issued) : "", 11);
        }

        if (page.Find("qr") is { } qr && person.ApplicationId is { Length: > 0 } id)
        {
            Print(canvas, page, "application_id", id, 13);
            canvas.Qr(qr.Box, QrText(site, id));
        }
    }

    // Read back by machine: Gothic, 10 points or more, and 1.5 mm away from the frame on both sides.
    private static void Print(Canvas canvas, FormPage page, string name, string text, double maxPt)
    {
        if (text.Length > 0 && page.Find(name) is { } item)
        {
            const double inset = 1.5;
            var box = new Box(item.Box.XMm + inset, item.Box.YMm, item.Box.WidthMm - (2 * inset), item.Box.HeightMm);
            canvas.Fit(Typeface.Gothic, box, text, maxPt, ReadBackPtMin);
        }
    }

    /// <summary>Smallest size of text that a machine reads back, points (DESIGN.md, Printing).</summary>
    public const double ReadBackPtMin = 10;
}
