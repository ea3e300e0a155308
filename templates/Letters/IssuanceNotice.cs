using MyNumber.Templates.Documents;
using MyNumber.Templates.Forms;
using MyNumber.Templates.Pdf;

namespace MyNumber.Templates.Letters;

/// <summary>
/// Issuance Notice as a postcard, 100 × 148 mm (R42). Front: on the right the address in columns, on the left, under the
/// peel-off sticker, place and days of pick-up. Back: the reply (回答書) and the representative's part, its PIN field under
/// a privacy seal.
/// </summary>
public static class IssuanceNotice
{
    /// <summary>The postcard.</summary>
    public const string Name = "issuance-notice";

    /// <summary>The postcard.</summary>
    public static Document Postcard { get; } = new(Name, Pages, Example) { HasFacts = IsKnownWhere };

    /// <summary>The letter, for municipalities that send it in an envelope.</summary>
    public static Document InEnvelope { get; } = new($"{Name}-letter", IssuanceNoticeLetter.Pages, Example)
    {
        HasFacts = IsKnownWhere,
    };

    internal static IReadOnlyList<Document> Documents { get; } = [Postcard, InEnvelope];

    internal const double WidthMm = 100;
    internal const double HeightMm = 148;

    // The frame under the sticker: left of the customer barcode and its clear space.
    private static readonly Box Sticker = new(7, 34, 46, 98);

    private const double PlaceTopMm = 49.5, AddressTopMm = 62.3, PhoneTopMm = 75.1, EarliestTopMm = 82.6,
        DeadlineTopMm = 91.6, BringTopMm = 102.4;

    private static readonly TextStyle Title = new(Typeface.Bold, 8.5);
    private static readonly TextStyle PartTitle = new(Typeface.Bold, 11);
    private static readonly TextStyle Label = new(Typeface.Gothic, 7.5);
    private static readonly TextStyle Small = new(Typeface.Gothic, 8);
    private static readonly TextStyle SmallBold = new(Typeface.Bold, 8.5);

    private static readonly TextStyle GuardianNote = new(Typeface.Bold, 7.5);

    // R41: without place, address and telephone nobody knows where to go; a day before the first helps nobody.
    private static bool IsKnownWhere(PieceData piece) =>
        !Facts.IsEmpty(piece.PickupPlace) && !Facts.IsEmpty(piece.PickupAddress) && !Facts.IsEmpty(piece.PickupPhone)
        && piece.Earliest is { } earliest && piece.Deadline >= earliest;

    private static PieceData Example(string document) => Examples.Mailed(document) with
    {
        PickupPlace = "台東区役所　１階　戸籍住民サービス課",
        PickupAddress = "東京都台東区東上野　４丁目５番６号",
        PickupPhone = "03-0000-0000",
        Earliest = new DateOnly(2026, 12, 1),
        Deadline = new DateOnly(2027, 2, 24),
    };

    // Front and back: one sheet.
    private static IEnumerable<Page> Pages(PieceData piece)
    {
        yield return new Page($"{Name}-front", WidthMm, HeightMm, Front, canvas => Person(canvas, piece));
        yield return new Page($"{Name}-back", WidthMm, HeightMm, Back, canvas => Guardian(canvas, piece));
    }

    private static void Front(Canvas canvas)
    {
        canvas.Text(Small, 50, 7, "郵　便　は　が　き", Align.Centre);
        PostagePaid(canvas);
        canvas.Stroke(new Box(31, 21, 22, 7), 0.5);
        canvas.Text(new TextStyle(Typeface.Bold, 13), 42, 26.2, "転送不要", Align.Centre);
        canvas.Stroke(Sticker, 0.4);
        canvas.Text(Title, Middle, 38.4, "個人番号カード交付・", Align.Centre);
        canvas.Text(Title, Middle, 42.4, "電子証明書発行通知書兼照会書", Align.Centre);
        foreach (var (top, label) in new[]
        {
            (PlaceTopMm, "交付場所"), (AddressTopMm, "所在地"), (PhoneTopMm, "電話"), (EarliestTopMm, "受取開始日"), (DeadlineTopMm, "受取期限"),
        })
        {
            canvas.Line(Sticker.XMm, top, Sticker.RightMm, top, 0.15);
            canvas.Text(Label, TextLeftMm, top + 3.3, label);
        }

        canvas.Line(Sticker.XMm, BringTopMm, Sticker.RightMm, BringTopMm, 0.4);
        canvas.Text(SmallBold, TextLeftMm, BringTopMm + 4.2, "お持ちいただくもの");
        for (var i = 0; i < ToBring.Length; i++)
        {
            canvas.Text(Label, TextLeftMm, BringTopMm + 8.6 + (i * 3.9), ToBring[i]);
        }
    }

    private static readonly string[] ToBring =
    [
        "・この通知書（裏面を記入）", "・本人確認書類（有効期間内）", "　顔写真付き1点、またはほか2点", "・お持ちの方は、通知カード、",
        "　住民基本台帳カード、", "　個人番号カード",
    ];

    private static double Middle => Sticker.XMm + (Sticker.WidthMm / 2);

    private static double TextLeftMm => Sticker.XMm + 1.8;

    // 20 mm square in the upper left, within 35 × 70 mm. The name of the posting office is left out, as the piece names
    // its sender.
    private static void PostagePaid(Canvas canvas)
    {
        canvas.Stroke(new Box(8, 8, 20, 20), 0.4);
        canvas.Text(new TextStyle(Typeface.Gothic, 10), 18, 17, "料金後納", Align.Centre);
        canvas.Text(new TextStyle(Typeface.Gothic, 10), 18, 22.2, "郵　　便", Align.Centre);
    }

    private static void Person(Canvas canvas, PieceData piece)
    {
        AddressArea.OnPostcard(canvas, piece);
        canvas.Fit(Typeface.Gothic, new Box(8, 29, 45, 4.6), Letter.Sender(piece), 9, 6);
        canvas.Text(SmallBold, Middle, 47.6, piece.Reminder ? "【再度のお知らせ】" : "カードの準備ができました", Align.Centre);
        Value(canvas, PlaceTopMm + 3.6, 9, piece.PickupPlace, 10);
        Value(canvas, AddressTopMm + 3.6, 9, piece.PickupAddress, 10);
        Value(canvas, PhoneTopMm + 1.2, 5.6, piece.PickupPhone, 11, leftMm: 10);
        Value(canvas, EarliestTopMm + 3.4, 5.4, piece.Earliest is { } earliest ? Wording.Western(earliest) : null, 11);
        Value(canvas, DeadlineTopMm + 3.6, 6.8,
            piece.Deadline is { } deadline ? Wording.Western(deadline) + "まで" : null, 13, Typeface.Bold);
    }

    private static void Value(
        Canvas canvas, double topMm, double heightMm, string? text, double maxPt, Typeface typeface = Typeface.Gothic,
        double leftMm = 0)
    {
        if (!string.IsNullOrEmpty(text))
        {
            var box = new Box(TextLeftMm + leftMm, topMm, Sticker.WidthMm - 3 - leftMm, heightMm);
            canvas.Fit(typeface, box, text, maxPt, 6, oneLinePt: 9.5);
        }
    }

    private static void Back(Canvas canvas)
    {
        canvas.Text(PartTitle, 50, 10, "回　答　書", Align.Centre);
        canvas.Text(Label, 8, 14.6, "私は、個人番号カードの交付等を申請したことに相違ありません。");
        Fields(canvas, 16, ("回答日", 6.5), ("住所", 8.5), ("氏名（署名）", 9));
        canvas.Text(Label, 60, 20.4, "年　　　　月　　　　日", Align.Centre);
        canvas.Line(6, 42.5, 94, 42.5, 0.2, 1);
        canvas.Text(PartTitle, 50, 48, "委任状（代理人が受け取る場合のみ）", Align.Centre);
        canvas.Text(Label, 8, 52.4, "次の者を代理人と定め、カードの受領と暗証番号の設定を委任します。");
        Fields(canvas, 54, ("本人の住所", 7.5), ("本人の氏名", 8), ("代理人の住所", 7.5), ("代理人の氏名", 8));
        PinFields(canvas, 87);
        canvas.Text(Label, 8, 125.8, "・15歳未満の方、成年被後見人の方は、法定代理人の同行が必要です。");
        canvas.Text(Label, 8, 129.4, "・代理人の受取りは、病気などで本人が来られないときだけです。");
        canvas.Text(Label, 8, 133, "・受取期限を過ぎたカードは廃棄します。あらためて申請が必要です。");
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
        canvas.Stroke(new Box(8, topMm, 84, 33.5), 0.6);
        canvas.Text(SmallBold, 50, topMm + 4, "暗証番号（記入後、この太枠を目隠しシールで覆う）", Align.Centre);
        canvas.Text(Label, 10, topMm + 8.4, "署名用：英大文字A〜Zと数字0〜9を各1文字以上、6〜16文字");
        Cells(canvas, 10, topMm + 9.6, 16);
        foreach (var (x, label) in new[] { (10.0, "利用者証明用 4桁"), (38.0, "住民基本台帳用 4桁"), (66.0, "入力補助用 4桁") })
        {
            canvas.Text(Label, x, topMm + 20.2, label);
            Cells(canvas, x, topMm + 21.4, 4);
        }

        canvas.Text(Label, 10, topMm + 31.8, "電子証明書が不要でも、住民基本台帳用と入力補助用は必要です。");

        static void Cells(Canvas canvas, double x, double y, int count)
        {
            for (var i = 0; i < count; i++)
            {
                canvas.Stroke(new Box(x + (i * 5), y, 5, 6.5), 0.2);
            }
        }
    }

    private static void Guardian(Canvas canvas, PieceData piece)
    {
        if (piece.Under15OrWard)
        {
            canvas.Text(GuardianNote, 8, 123.2, "この方の受取りには、法定代理人の同行と代理権の確認書類が必要です。");
        }
    }
}
