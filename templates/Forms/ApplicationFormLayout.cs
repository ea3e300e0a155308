using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Forms;

/// <summary>By what a form is known when it comes back.</summary>
public enum FormIdentity
{
    /// <summary>The printed Application ID and its QR code (R01).</summary>
    ApplicationId,

    /// <summary>The Individual Number, written into cells by the applicant (R06).</summary>
    IndividualNumber,
}

/// <summary>Who fills in what the register knows.</summary>
public enum FormFilling
{
    /// <summary>We print it from the register.</summary>
    Printed,

    /// <summary>The applicant writes it.</summary>
    Handwritten,
}

/// <summary>
/// The one layout behind all application forms: A4, page 1 with everything that is read, page 2
/// (<see cref="ApplicationFormBackLayout"/>) with the legal representative's part and the small print. Read it from top to
/// bottom as the page: fields, boxes, and the frames and words around them. What a version adds or moves stands under a
/// question for <see cref="FormPageBuilder.Version"/>; what an older version had stays, as its paper comes back for years.
/// </summary>
public static class ApplicationFormLayout
{
    /// <summary>A4, mm.</summary>
    public const double WidthMm = 210;

    /// <summary>A4, mm.</summary>
    public const double HeightMm = 297;

    /// <summary>Side of a registration mark, mm.</summary>
    public const double RegistrationMm = 6;

    /// <summary>Left and right edge of the ruled tables, mm.</summary>
    public const double LeftMm = 14;

    /// <summary>Right edge of the ruled tables, mm.</summary>
    public const double RightMm = 196;

    /// <summary>Where the label column ends and what is filled in begins, mm.</summary>
    public const double ValueMm = 44;

    /// <summary>Right edge of the printed table beside the QR code, mm.</summary>
    public const double TableRightMm = 160;

    /// <summary>Width of a digit cell, mm.</summary>
    public const double CellWidthMm = 6;

    /// <summary>Height of a digit cell, mm.</summary>
    public const double CellHeightMm = 8;

    /// <summary>Side of a box to fill in, mm.</summary>
    public const double MarkMm = 4;

    // Where the table of the register's data begins; the applicant's part, with room above it for the longest register
    // table; and the part on certificates and Braille. mm from the top.
    private const double RegisterTopMm = 32;
    private const double RegisterBottomMm = 111;
    private const double ApplicantTopMm = 116;
    private const double ApplicantBottomMm = 167;
    private const double WishesTopMm = 176;

    private static readonly TextStyle Title = new(Typeface.Bold, 15);
    private static readonly TextStyle Subtitle = new(Typeface.Gothic, 10.5);
    private static readonly TextStyle Label = new(Typeface.Gothic, 9.5);
    private static readonly TextStyle Small = new(Typeface.Gothic, 8);
    private static readonly TextStyle Body = new(Typeface.Gothic, 9.5);

    /// <summary>Builds the form; the same positions for all kinds where they share an item.</summary>
    public static FormDefinition Define(string kind, int version, FormIdentity identity, FormFilling filling) =>
        new(kind, version, [Front(kind, version, identity, filling), ApplicationFormBackLayout.Define(kind, version)]);

    private static FormPage Front(string kind, int version, FormIdentity identity, FormFilling filling)
    {
        var page = new FormPageBuilder(kind, version, 1);
        page.Marks();
        page.Words(Title, 64, 14.2, "個人番号カード交付申請書");
        page.Words(Subtitle, 64, 19.6, "兼 電子証明書発行申請書" + Suffix(kind));
        Identity(page, identity);
        if (filling == FormFilling.Printed)
        {
            PrintedRegister(page, identity);
        }
        else
        {
            HandwrittenRegister(page);
        }

        Applicant(page);
        Wishes(page);
        Notes(page, identity);
        return page.Build();
    }

    private static string Suffix(string kind) => kind switch
    {
        FormKinds.Handwritten => "（手書き用）",
        FormKinds.Renewal => "（更新用）",
        FormKinds.Reapplication => "（再申請用）",
        _ => "",
    };

    // The Application ID stands at the top right (R01). The QR code fills its box whatever its version: its modules
    // are 25 mm / (17 + 4 × version), 0.43 mm or more up to version 10.
    private static void Identity(FormPageBuilder page, FormIdentity identity)
    {
        if (identity == FormIdentity.ApplicationId)
        {
            var id = page.Add(
                new FormField("application_id", FieldAnswer.Digits, "申請書ID")
                {
                    EnglishLabel = "Application ID", DigitCount = 23, Rule = "R02", IsMeasured = true,
                },
                FormItemType.Printed, new Box(130, 19, 64, 7));
            page.Words(Label, id.Box.XMm - 1, id.Box.YMm + 4.7, id.Field.Label, Align.Right);
            page.Frame(id.Box, 0.25);
            var qr = page.Add(new FormField("qr", FieldAnswer.Nothing, ""), FormItemType.Qr, new Box(167, 36, 25, 25)).Box;
            page.Words(Small, qr.XMm + (qr.WidthMm / 2), qr.BottomMm + 5.5, "スマートフォンでの申請は", Align.Centre);
            page.Words(Small, qr.XMm + (qr.WidthMm / 2), qr.BottomMm + 9, "このコードから", Align.Centre);
        }
        else
        {
            var number = page.AddCells(
                new FormField("individual_number", FieldAnswer.Digits, "個人番号")
                {
                    EnglishLabel = "Individual Number", DigitCount = 12, Rule = "R06", IsMeasured = true,
                },
                ValueMm + 2, RegisterTopMm + 1, 12);
            page.RowLabel(number, "（マイナンバー12桁）");
            page.CellFrames(number);
        }
    }

    private static readonly FormField Name = new("name", FieldAnswer.Text, "氏名") { Rule = "R06" };
    private static readonly FormField NameKana = new("name_kana", FieldAnswer.Text, "フリガナ") { EnglishLabel = "name in kana", Rule = "R14" };
    private static readonly FormField AlternativeLetters = new("alternative_letters", FieldAnswer.Text, "代替文字") { Rule = "R15" };
    private static readonly FormField BirthDate =
        new("birth_date", FieldAnswer.Date, "生年月日") { EnglishLabel = "date of birth", Rule = "R06", IsMeasured = true };
    private static readonly FormField Sex = new("sex", FieldAnswer.Text, "性別");
    private static readonly FormField Address = new("address", FieldAnswer.Text, "住所") { Rule = "R04" };
    private static readonly FormField StayUntil =
        new("stay_until", FieldAnswer.Date, "在留期間の満了日") { EnglishLabel = "end of the period of stay" };

    // Rows leave room below the printed text: corrections are written there by hand (R05).
    private static void PrintedRegister(FormPageBuilder page, FormIdentity identity)
    {
        const double width = TableRightMm - ValueMm;
        // The Individual Number's row takes the place above the table where the form has one.
        var hasId = identity == FormIdentity.ApplicationId;
        page.Add(
            new FormField("municipality_name", FieldAnswer.Text, "宛先"), FormItemType.Printed,
            new Box(LeftMm, hasId ? 29 : 22, 80, 7));
        var issued = page.Add(
            new FormField("issued_on", FieldAnswer.Date, "この申請書の発行日"), FormItemType.Printed, new Box(164, 78, 32, 8));
        FormItem Add(FormField field, double y, double height) =>
            page.Add(field, FormItemType.Printed, new Box(ValueMm, y, width, height));
        var name = Add(Name, 43, 14);
        var kana = Add(NameKana, 57, 9);
        var letters = Add(AlternativeLetters, 66, 9);
        var birth = page.Add(BirthDate, FormItemType.Printed, new Box(ValueMm, 75, 74, 9));
        var sex = page.Add(Sex, FormItemType.Printed, new Box(136, 75, TableRightMm - 136, 9));
        var address = Add(Address, 84, 18);
        var stay = Add(StayUntil, 102, 9);

        page.Words(Small, LeftMm, hasId ? 41.2 : 31.2, "【印字内容】印字に誤りや変更があるときは、二重線で消し、余白に正しい内容を書いてください。");
        page.RowLabel(name);
        page.RowLabel(kana, label: "点字用カナ");
        page.RowLabel(letters, "（電子証明書用）");
        page.RowLabel(address);
        SexLabel(page, sex);
        page.RowLabel(birth);
        page.RowLabel(stay, "（外国人住民の方）");
        page.Words(Small, issued.Box.XMm, issued.Box.YMm - 1.2, issued.Field.Label);
        page.Frame(issued.Box, 0.6);
        page.Words(Small, issued.Box.XMm, issued.Box.BottomMm + 4, "何枚もあるときは、");
        page.Words(Small, issued.Box.XMm, issued.Box.BottomMm + 7.6, "新しいものを使う");
        Table(page, hasId ? name.Box.YMm : RegisterTopMm, TableRightMm, [name, kana, letters, birth, address, stay]);
    }

    private static void HandwrittenRegister(FormPageBuilder page)
    {
        const double width = RightMm - ValueMm;
        FormItem Add(FormField field, double y, double height, double wide = width) =>
            page.Add(field, FormItemType.Line, new Box(ValueMm, y, wide, height));
        var kana = Add(NameKana, 43, 9);
        var name = Add(Name, 52, 12);
        var letters = Add(AlternativeLetters, 64, 9, 90);
        var sex = page.Add(Sex, FormItemType.Line, new Box(164, 64, RightMm - 164, 9));
        var birth = page.AddDate(BirthDate, 74);
        var address = Add(Address, 83, 18);
        var stay = page.AddDate(StayUntil, 102);

        page.Words(Small, LeftMm, 31.2, "【ご記入欄】黒のボールペンではっきりと書いてください。");
        page.RowLabel(name);
        page.RowLabel(kana, "（点字用）");
        page.RowLabel(letters, "（電子証明書用）");
        page.RowLabel(address);
        SexLabel(page, sex);
        page.DateRow(birth);
        page.DateRow(stay);
        Table(page, RegisterTopMm, RightMm, [kana, name, letters, birth[0], address, stay[0]]);
    }

    private static void SexLabel(FormPageBuilder page, FormItem sex)
    {
        page.Words(Label, sex.Box.XMm - 1.5, sex.Box.YMm + (sex.Box.HeightMm / 2) + 1.1, sex.Field.Label, Align.Right);
        page.Rule(sex.Box.XMm - 14, sex.Box.YMm, sex.Box.XMm - 14, sex.Box.BottomMm);
    }

    // The outer frame, a rule above each row, and one between labels and values. Cells stand 1 mm below their row's rule.
    private static void Table(FormPageBuilder page, double top, double right, FormItem[] rows)
    {
        page.Frame(new Box(LeftMm, top, right - LeftMm, RegisterBottomMm - top), 0.4);
        foreach (var y in rows.Select(row => row.Type == FormItemType.Cells ? row.Box.YMm - 1 : row.Box.YMm).Where(y => y > top))
        {
            page.Rule(LeftMm, y, right, y);
        }

        page.Rule(ValueMm - 1, top, ValueMm - 1, RegisterBottomMm);
    }

    // The signature's field is high: who may not have an ordinary photograph writes the reason into it (R22).
    private static void Applicant(FormPageBuilder page)
    {
        var name = page.Add(
            new FormField("applicant_name", FieldAnswer.Text, "申請者氏名") { EnglishLabel = "applicant's signature", Rule = "R11" },
            FormItemType.Signature, new Box(ValueMm, 122, 100, 22));
        var date = page.AddDate(
            new FormField("application_date", FieldAnswer.Date, "申請日")
            {
                EnglishLabel = "date of application", Rule = "R11", IsMeasured = true,
            },
            146);
        var phone = page.AddCells(new FormField("phone", FieldAnswer.Digits, "電話番号") { EnglishLabel = "telephone" }, ValueMm + 2, 157, 11);
        var photo = page.Add(
            new FormField("photo", FieldAnswer.Nothing, "顔写真貼付欄") { Rule = "R20" }, FormItemType.Photo, new Box(154, 122, 35, 45)).Box;

        var (top, right) = (name.Box.YMm, name.Box.RightMm + 4);
        page.Heading(ApplicantTopMm + 3.8, "申請者が記入する欄");
        page.Frame(new Box(LeftMm, top, name.Box.RightMm - LeftMm + 4, ApplicantBottomMm - top), 0.4);
        page.Rule(ValueMm - 1, top, ValueMm - 1, ApplicantBottomMm);
        page.RowLabel(name, "署名または記名押印");
        page.Words(Small, name.Box.XMm + 1, name.Box.BottomMm - 1, "規格外の写真を使う理由があるときは、この欄に書いてください。");
        page.Rule(LeftMm, name.Box.BottomMm + 0.5, right, name.Box.BottomMm + 0.5);
        page.DateRow(date);
        page.Rule(LeftMm, phone.Box.YMm - 1.5, right, phone.Box.YMm - 1.5);
        page.RowLabel(phone, "（日中・左詰め）");
        page.CellFrames(phone);
        page.Words(Small, LeftMm, ApplicantBottomMm + 4,
            "元号番号：1 明治　2 大正　3 昭和　4 平成　5 令和。西暦で書くときは空欄にし、年を4桁で書いてください。");

        page.Frame(photo, 0.25);
        var middle = photo.XMm + (photo.WidthMm / 2);
        page.Words(Label, middle, photo.YMm + 10, "顔写真貼付欄", Align.Centre);
        string[] words = ["縦4.5cm×横3.5cm", "6か月以内に撮影", "正面・無帽・無背景", "裏面に氏名・", "生年月日を書き、", "のりで貼る"];
        for (var i = 0; i < words.Length; i++)
        {
            page.Words(Small, middle, photo.YMm + 17 + (i * 4.6), words[i], Align.Centre);
        }
    }

    private static void Wishes(FormPageBuilder page)
    {
        page.Heading(WishesTopMm + 3.8, "電子証明書・点字表記の希望");
        page.Words(Label, 80, WishesTopMm + 3.8, "あてはまる場合だけ、□を■のように黒く塗りつぶしてください。");
        page.Frame(new Box(LeftMm, 183, RightMm - LeftMm, 30), 0.4);
        page.Rule(LeftMm, 193, RightMm, 193);
        page.Rule(LeftMm, 203, RightMm, 203);
        Wish(page, 186,
            new FormField("no_signature_certificate", FieldAnswer.Mark, "署名用電子証明書")
            {
                EnglishLabel = "no signature certificate", Rule = "R13", IsMeasured = true,
            },
            "希望しない場合のみ塗りつぶす（15歳未満の方などには発行されません）", "不要");
        Wish(page, 196,
            new FormField("no_user_certificate", FieldAnswer.Mark, "利用者証明用電子証明書")
            {
                EnglishLabel = "no user certificate", Rule = "R13", IsMeasured = true,
            },
            "希望しない場合のみ塗りつぶす", "不要");
        Wish(page, 206,
            new FormField("braille", FieldAnswer.Mark, "点字表記") { EnglishLabel = "Braille", Rule = "R14", IsMeasured = true },
            "カードに氏名の点字表記（11マスまで）を希望する場合のみ塗りつぶす", "希望する");
    }

    // One box to fill in, with its name, when to fill it, and what a filled box says.
    private static void Wish(FormPageBuilder page, double yMm, FormField field, string explanation, string word)
    {
        var box = page.Add(field, FormItemType.Mark, new Box(180, yMm, MarkMm, MarkMm)).Box;
        page.Frame(box, 0.3);
        page.Words(Label, LeftMm + 1.5, box.YMm + 3.2, field.Label);
        page.Words(Small, 59, box.YMm + 3.1, explanation);
        page.Words(Label, box.XMm - 1.5, box.YMm + 3.2, word, Align.Right);
    }

    private static void Notes(FormPageBuilder page, FormIdentity identity)
    {
        var online = identity == FormIdentity.ApplicationId;
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
        page.Heading(222, "記入上の注意");
        for (var i = 0; i < notes.Length; i++)
        {
            page.Words(Body, LeftMm, 229.4 + (i * 6.4), notes[i]);
        }
    }
}
