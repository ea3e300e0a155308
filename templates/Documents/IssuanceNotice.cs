using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Documents;

/// <summary>
/// Issuance Notice as a postcard, 100 × 148 mm (R42): front with address and, under the peel-off sticker, place and days
/// of pick-up; back with the reply (回答書) and the representative's part, its PIN field under a privacy seal.
/// </summary>
internal static class IssuanceNotice
{
    public const double WidthMm = 100;
    public const double HeightMm = 148;
    private const double StickerTopMm = 80;

    private static readonly TextStyle Title = new(Typeface.Gothic, 8.5);
    private static readonly TextStyle Label = new(Typeface.Gothic, 7);
    private static readonly TextStyle Small = new(Typeface.Gothic, 6.5);

    /// <summary>Front and back: one sheet.</summary>
    public static IEnumerable<Page> Pages(PieceData piece)
    {
        yield return new Page("issuance-notice-front", WidthMm, HeightMm, Front, canvas => Person(canvas, piece));
        yield return new Page("issuance-notice-back", WidthMm, HeightMm, Back, canvas => Guardian(canvas, piece));
    }

    private static void Front(Canvas canvas)
    {
        canvas.Text(Label, 50, 6, "郵　便　は　が　き", Align.Centre);
        canvas.Stroke(new Box(9, 8, 20, 20), 0.3);
        canvas.Line(9, 13.5, 29, 13.5);
        canvas.Line(9, 22.5, 29, 22.5);
        canvas.Text(Small, 19, 12, "差出事業所", Align.Centre);
        canvas.Text(Label, 19, 19, "料金後納郵便", Align.Centre);
        canvas.Stroke(new Box(66, 23, 26, 7), 0.4);
        canvas.Text(new TextStyle(Typeface.Gothic, 13), 79, 28.2, "転送不要", Align.Centre);
        canvas.Stroke(new Box(8, StickerTopMm, 84, 50), 0.3);
        canvas.Text(Title, 50, StickerTopMm + 4.6, "個人番号カード交付・電子証明書発行通知書兼照会書", Align.Centre);
        foreach (var (row, label) in new[] { (0, "交付場所"), (1, "所在地"), (2, "電話"), (3, "受取開始日"), (4, "受取期限") })
        {
            var y = StickerTopMm + 7 + (row * 6.2);
            canvas.Line(8, y, 92, y, 0.15);
            canvas.Text(Label, 10, y + 4, label);
        }

        canvas.Line(28, StickerTopMm + 7, 28, StickerTopMm + 38, 0.15);
        canvas.Line(8, StickerTopMm + 38, 92, StickerTopMm + 38, 0.15);
        canvas.Text(Small, 10, StickerTopMm + 41.4, "お持ちいただくもの：この通知書、本人確認書類（1点または2点）、");
        canvas.Text(Small, 10, StickerTopMm + 44.6, "通知カード・住民基本台帳カード・旧個人番号カード（お持ちの方）。");
        canvas.Text(Small, 10, StickerTopMm + 47.8, "受取期限を過ぎたカードは廃棄されることがあります。");
    }

    private static void Person(Canvas canvas, PieceData piece)
    {
        AddressArea.OnPostcard(canvas, piece);
        canvas.Fit(Typeface.Gothic, new Box(10, 75, 80, 4), Letter.Sender(piece), 8, 6, Align.Right);
        string?[] rows =
        [
            piece.PickupPlace, piece.PickupAddress, piece.PickupPhone,
            piece.Earliest is { } earliest ? Wording.Western(earliest) : null,
            piece.Deadline is { } deadline ? Wording.Western(deadline) : null,
        ];
        for (var i = 0; i < rows.Length; i++)
        {
            if (!string.IsNullOrEmpty(rows[i]))
            {
                canvas.Fit(Typeface.Gothic, new Box(29.5, StickerTopMm + 7.2 + (i * 6.2), 61.5, 5.8), rows[i]!, 10, 6);
            }
        }

        if (piece.Reminder)
        {
            canvas.Text(Title, 10, 33, "【再度のお知らせ】");
        }
    }

    private static void Back(Canvas canvas)
    {
        canvas.Text(Title, 50, 9, "回　答　書", Align.Centre);
        canvas.Text(Small, 8, 13.5, "私は、個人番号カードの交付等を申請したことに相違ありません。");
        Fields(canvas, 15.5, ("回答日", 6), ("住所", 8), ("氏名（署名）", 9));
        canvas.Line(6, 42, 94, 42, 0.2, 1);
        canvas.Text(Title, 50, 47, "委任状（代理人が受け取る場合のみ）", Align.Centre);
        canvas.Text(Small, 8, 51.2, "次の者を代理人と定め、カードの受領と暗証番号の設定を委任します。");
        Fields(canvas, 53, ("本人住所", 7), ("本人氏名", 8), ("代理人住所", 7), ("代理人氏名", 8));
        PinFields(canvas, 86);
    }

    private static void Fields(Canvas canvas, double topMm, params (string Label, double HeightMm)[] rows)
    {
        var y = topMm;
        foreach (var (label, height) in rows)
        {
            canvas.Stroke(new Box(8, y, 84, height), 0.2);
            canvas.Text(Label, 9.5, y + (height / 2) + 0.9, label);
            y += height;
        }

        canvas.Line(27, topMm, 27, y);
    }

    // Under the privacy seal; nobody of ours ever reads, crops or stores it (R42).
    private static void PinFields(Canvas canvas, double topMm)
    {
        canvas.Stroke(new Box(8, topMm, 84, 34), 0.5);
        canvas.Text(Label, 50, topMm + 3.6, "暗証番号（この太枠の上に目隠しシールを貼ってください）", Align.Centre);
        canvas.Text(Small, 10, topMm + 8.2, "署名用電子証明書　英大文字A〜Zと数字0〜9を各1文字以上、6〜16文字");
        for (var i = 0; i < 16; i++)
        {
            canvas.Stroke(new Box(10 + (i * 5), topMm + 9.5, 5, 6), 0.2);
        }

        foreach (var (x, label) in new[] { (10.0, "利用者証明用（4桁）"), (37.0, "住民基本台帳用（4桁）"), (64.0, "券面事項入力補助用") })
        {
            canvas.Text(Small, x, topMm + 20, label);
            for (var i = 0; i < 4; i++)
            {
                canvas.Stroke(new Box(x + (i * 5), topMm + 21.5, 5, 6), 0.2);
            }
        }

        canvas.Text(Small, 10, topMm + 31.6, "電子証明書を希望しない方も、下段の中央と右は必要です。");
    }

    private static void Guardian(Canvas canvas, PieceData piece)
    {
        if (piece.Under15OrWard)
        {
            canvas.Fit(Typeface.Gothic, new Box(8, 121.5, 84, 7),
                "15歳未満の方・成年被後見人の方は、法定代理人が同行し、代理権を確認できる書類をお持ちください。", 7, 6);
        }
    }
}
