using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Documents;

/// <summary>Issuance Notice on A4 for municipalities that send it in an envelope (R42): letter in front, reply behind.</summary>
internal static class IssuanceNoticeLetter
{
    private const double TableTopMm = 118, RowMm = 9, LabelMm = 38;

    /// <summary>Front and back: one sheet.</summary>
    public static IEnumerable<Page> Pages(PieceData piece)
    {
        yield return Letter.Page("issuance-notice-letter", Front, canvas => Person(canvas, piece));
        yield return Letter.Page("issuance-notice-letter-back", Back, Page.Nothing);
    }

    private static void Front(Canvas canvas)
    {
        Letter.DoNotForward(canvas);
        canvas.Text(Letter.Title, 105, 78, "個人番号カード交付・電子証明書発行通知書兼照会書", Align.Centre);
        Letter.Paragraphs(canvas, Letter.Body, 91,
        [
            "　申請のありました個人番号カードの交付の準備ができましたので、お知らせします。裏面の回答書に記入のうえ、次の場所に"
            + "本人がお越しください。",
        ]);
        Letter.Table(canvas, TableTopMm, RowMm, LabelMm, "交付場所", "所在地", "電話", "受取開始日", "受取期限");
        canvas.Text(Letter.Heading, Letter.LeftMm, 175, "お持ちいただくもの");
        Letter.Paragraphs(canvas, Letter.Body, 183,
        [
            "・この通知書（裏面の回答書に記入したもの）",
            "・本人確認書類（顔写真付きの公的な証明書1点、または「氏名と生年月日」か「氏名と住所」が書かれたもの2点）",
            "・通知カード、住民基本台帳カード、これまでの個人番号カード（お持ちの方）",
        ]);
        canvas.Text(Letter.Heading, Letter.LeftMm, 216, "ご注意");
        Letter.Paragraphs(canvas, Letter.Body, 224,
        [
            "・15歳未満の方と成年被後見人の方は、法定代理人が同行し、代理権の確認書類をお持ちください。",
            "・病気などやむを得ない理由で本人が来られないときは、代理人が受け取れます。裏面の委任状に記入してください。",
            "・受取期限を過ぎたカードは廃棄されることがあります。その場合は、あらためて申請が必要です。",
        ]);
        Letter.InEnglish(canvas, 258,
            "Your Individual Number Card is ready. Come in person to the place above between the two days shown, and bring this "
            + "notice with its back filled in, and your identity documents. A card that is not picked up is destroyed.");
    }

    private static void Person(Canvas canvas, PieceData piece)
    {
        Letter.Head(canvas, piece);
        string?[] rows =
        [
            piece.PickupPlace, piece.PickupAddress, piece.PickupPhone,
            piece.Earliest is { } earliest ? Wording.Western(earliest) : null,
            piece.Deadline is { } deadline ? Wording.Western(deadline) : null,
        ];
        for (var i = 0; i < rows.Length; i++)
        {
            Letter.Cell(canvas, TableTopMm, RowMm, LabelMm, i, rows[i]);
        }

        if (piece.Reminder)
        {
            canvas.Text(Letter.Heading, 105, 70, "【再度のお知らせ】", Align.Centre);
        }
    }

    private static void Back(Canvas canvas)
    {
        canvas.Text(Letter.Title, 105, 26, "回　答　書", Align.Centre);
        Letter.Paragraphs(canvas, Letter.Body, 36, ["　私は、個人番号カードの交付および電子証明書の発行を申請したことに相違ありません。"]);
        Letter.Table(canvas, 41, 13, LabelMm, "回答日", "住所", "氏名（署名）");
        canvas.Line(12, 92, 198, 92, 0.25, 1.5);
        canvas.Text(Letter.Title, 105, 104, "委任状（代理人が受け取る場合のみ）", Align.Centre);
        Letter.Paragraphs(canvas, Letter.Body, 114, ["　次の者を代理人と定め、個人番号カードの受領と暗証番号の設定に関することを委任します。"]);
        Letter.Table(canvas, 119, 12, LabelMm, "本人の住所", "本人の氏名（署名）", "代理人の住所", "代理人の氏名");
        Pins.Draw(canvas, 178);
    }
}

/// <summary>The field of PINs on A4: nothing of it is ever read, cropped or stored (R42).</summary>
internal static class Pins
{
    public static void Draw(Canvas canvas, double topMm)
    {
        const double cell = 8;
        canvas.Stroke(new Box(Letter.LeftMm, topMm, Letter.RightMm - Letter.LeftMm, 70), 0.6);
        canvas.Text(Letter.Heading, 105, topMm + 7, "暗証番号（記入したら、この太枠の上に目隠しシールを貼ってください）", Align.Centre);
        canvas.Text(Letter.Label, 26, topMm + 15, "署名用電子証明書：英大文字（A〜Z）と数字（0〜9）をそれぞれ1文字以上使い、6文字から16文字まで");
        Row(canvas, 26, topMm + 18, 16);
        foreach (var (x, label) in new[] { (26.0, "利用者証明用電子証明書（4桁）"), (80.0, "住民基本台帳用（4桁）"), (134.0, "券面事項入力補助用（4桁）") })
        {
            canvas.Text(Letter.Label, x, topMm + 38, label);
            Row(canvas, x, topMm + 41, 4);
        }

        canvas.Text(Letter.Label, 26, topMm + 62, "電子証明書を希望しない方も、住民基本台帳用と券面事項入力補助用の暗証番号は必要です。");

        static void Row(Canvas canvas, double x, double y, int count)
        {
            for (var i = 0; i < count; i++)
            {
                canvas.Stroke(new Box(x + (i * cell), y, cell, 10), 0.25);
            }
        }
    }
}
