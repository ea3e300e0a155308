using MyNumber.Templates.Documents;
using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Letters;

/// <summary>Issuance Notice on A4 for municipalities that send it in an envelope (R42): letter in front, reply behind.</summary>
internal static class IssuanceNoticeLetter
{
    private const double TableTopMm = 106, RowMm = 9.5, LabelMm = 34;

    /// <summary>Front and back: one sheet.</summary>
    public static IEnumerable<Page> Pages(PieceData piece)
    {
        yield return Letter.Page(IssuanceNotice.InEnvelope.Name, Front, canvas => Person(canvas, piece));
        yield return Letter.Page($"{IssuanceNotice.InEnvelope.Name}-back", Back, canvas => Guardian(canvas, piece));
    }

    private static void Front(Canvas canvas)
    {
        Letter.DoNotForward(canvas);
        var y = Letter.Heads(canvas, 78, "個人番号カード交付・電子証明書発行通知書兼照会書", "Issuance Notice for Your Individual Number Card");
        Letter.Paragraphs(canvas, Letter.Body, y,
        [
            "　個人番号カードの準備ができました。受取期限までに、次の場所へご本人がお越しください。",
        ]);
        Letter.Table(canvas, TableTopMm, RowMm, LabelMm, "交付場所", "所在地", "電話", "受取開始日", "受取期限");
        y = Letter.Section(canvas, TableTopMm + (RowMm * 5) + 11, "お持ちいただくもの",
            "□　この通知書（裏面の回答書に、住所と氏名を書いたもの）",
            "□　本人確認書類で有効期間内のもの：顔写真付きの公的な証明書1点、または「氏名と生年月日」か「氏名と住所」が書かれたもの2点",
            "□　お持ちの方だけ：通知カード、住民基本台帳カード、これまでの個人番号カード");
        Letter.Section(canvas, y + 2, "ご注意",
            "・お越しになる前に、受付時間と予約の要否を、上の電話番号で確かめてください。",
            "・15歳未満の方と成年被後見人の方は、法定代理人が同行し、代理権の確認書類をお持ちください。",
            "・病気などでやむを得ず本人が来られないときは、代理人が受け取れます。裏面の委任状にも記入してください。",
            "・受取期限を過ぎたカードは廃棄します。そのときは、あらためて申請が必要です。");
        Letter.Foot(canvas,
            "Your Individual Number Card is ready. Come in person to the place above between the two days shown, and bring this notice "
            + "with its back filled in, and your identity documents. A card that is not picked up in time is destroyed.");
    }

    private static void Person(Canvas canvas, PieceData piece)
    {
        Letter.Head(canvas, piece);
        string?[] rows =
        [
            piece.PickupPlace, piece.PickupAddress, piece.PickupPhone,
            piece.Earliest is { } earliest ? Wording.Both(earliest) : null,
            piece.Deadline is { } deadline ? Wording.Both(deadline) + "まで" : null,
        ];
        for (var i = 0; i < rows.Length; i++)
        {
            Letter.Cell(canvas, TableTopMm, RowMm, LabelMm, i, rows[i], 13, i == rows.Length - 1 ? Typeface.Bold : Typeface.Gothic);
        }

        if (piece.Reminder)
        {
            canvas.Text(Letter.Heading, 105, 70, "【再度のお知らせ】", Align.Centre);
        }
    }

    private static void Back(Canvas canvas)
    {
        canvas.Text(Letter.Title, 105, 22, "回　答　書", Align.Centre);
        Letter.Paragraphs(canvas, Letter.Body, 31, ["　私は、個人番号カードの交付および電子証明書の発行を申請したことに相違ありません。"]);
        Letter.Table(canvas, 36, 13, LabelMm, "回答日", "住所", "氏名（署名）");
        Letter.DateByHand(canvas, 36, 13, LabelMm, 0);
        canvas.Line(12, 88, 198, 88, 0.25, 1.5);
        canvas.Text(Letter.Title, 105, 99, "委任状（代理人が受け取る場合のみ）", Align.Centre);
        Letter.Paragraphs(canvas, Letter.Body, 108, ["　次の者を代理人と定め、個人番号カードの受領と暗証番号の設定に関することを委任します。"]);
        Letter.Table(canvas, 113, 12, LabelMm, "本人の住所", "本人の氏名", "代理人の住所", "代理人の氏名");
        Pins.Draw(canvas, 169, "暗証番号（記入したら、この太枠の全体を目隠しシールで覆ってください）",
            "電子証明書を希望しない方も、住民基本台帳用と券面事項入力補助用の暗証番号は必要です。");
        Letter.Paragraphs(canvas, Letter.Note, 254,
        [
            "・ご本人が受け取るときは、回答書だけに記入してください。委任状と暗証番号は書かないでください。",
            "・代理人が受け取れるのは、病気、身体の障がいなど、やむを得ない理由で本人が来られないときだけです。",
        ]);
    }

    private static void Guardian(Canvas canvas, PieceData piece)
    {
        if (piece.Under15OrWard)
        {
            canvas.Text(Letter.Strong, Letter.LeftMm, 270, "この方の受取りには、法定代理人の同行と、代理権の確認書類が必要です。");
        }
    }
}

/// <summary>The field of PINs on A4: nothing of it is ever read, cropped or stored (R42).</summary>
internal static class Pins
{
    /// <summary>Height of the field, mm.</summary>
    public const double HeightMm = 78;

    private const double CellMm = 9, CellHeightMm = 11;

    /// <summary>Draws the field; <paramref name="note"/> says who must fill in what.</summary>
    public static void Draw(Canvas canvas, double topMm, string title, string note)
    {
        canvas.Stroke(new Box(Letter.LeftMm, topMm, Letter.RightMm - Letter.LeftMm, HeightMm), 0.8);
        canvas.Text(Letter.Strong, 105, topMm + 7, title, Align.Centre);
        canvas.Text(Letter.Label, 26, topMm + 15, "署名用電子証明書（6文字から16文字）");
        Row(canvas, 26, topMm + 17, 16);
        canvas.Text(Letter.Note, 26, topMm + 32.5, "英大文字（A〜Z）と数字（0〜9）を、それぞれ1文字以上使ってください。");
        canvas.Text(Letter.Note, 26, topMm + 37, "まぎらわしい文字（0とO、1とIなど）には、ふりがなを付けてください。");
        foreach (var (x, label) in new[] { (26.0, "利用者証明用電子証明書"), (80.0, "住民基本台帳用"), (134.0, "券面事項入力補助用") })
        {
            canvas.Text(Letter.Label, x, topMm + 45.5, label);
            canvas.Text(Letter.Note, x, topMm + 50, "数字4桁");
            Row(canvas, x, topMm + 51.5, 4);
        }

        canvas.Text(Letter.Note, 26, topMm + 68, note);
        canvas.Text(Letter.Note, 26, topMm + 73.5, "生年月日や電話番号など、ほかの人が思い付きやすい番号は避けてください。");

        static void Row(Canvas canvas, double x, double y, int count)
        {
            for (var i = 0; i < count; i++)
            {
                canvas.Stroke(new Box(x + (i * CellMm), y, CellMm, CellHeightMm), 0.25);
            }
        }
    }
}
