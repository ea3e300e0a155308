using MyNumber.Templates.Documents;
using MyNumber.Templates.Forms;
using UglyToad.PdfPig;

namespace MyNumber.Tests.Integration.OfTemplates;

/// <summary>
/// How pages look, as far as a machine can tell: nothing overlaps, nothing crosses a rule or leaves the margins, codes have
/// their clear space, and every page says what its rules demand. Over the examples, and over the longest values at once.
/// </summary>
public sealed class LayoutTests
{
    private const double MmPerPt = 25.4 / 72;

    // Boxes of letters are as wide as their ink: a tenth of a square millimetre is seen.
    private const double OverlapMm2 = 0.1;

    public static TheoryData<string, bool> Documents
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var name in PieceDocuments.Names)
            {
                data.Add(name, false);
                data.Add(name, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Nothing_overlaps_and_nothing_crosses_a_rule_or_the_margin(string document, bool isLong)
    {
        using var pdf = Open(Piece(document, isLong));
        foreach (var page in pdf.GetPages())
        {
            var letters = page.Letters.Where(letter => !string.IsNullOrWhiteSpace(letter.Value))
                .Select(letter => (letter.Value, Box: BoxOf(letter, page))).ToList();
            var (marginMm, height) = (page.Width * MmPerPt < 150 ? 6.5 : 13, page.Height * MmPerPt);
            var faults = letters
                .Where(letter => letter.Box.XMm < marginMm || letter.Box.RightMm > (page.Width * MmPerPt) - marginMm
                    || letter.Box.YMm < 4 || letter.Box.BottomMm > height - 4)
                .Select(letter => $"{letter} leaves the margin").ToList();
            for (var i = 0; i < letters.Count; i++)
            {
                // The next letter of a word may reach under the arm of an f.
                faults.AddRange(letters.Skip(i + 2).Where(other => AreaMm2(letters[i].Box, other.Box) > OverlapMm2)
                    .Select(other => $"{letters[i]} lies over {other}"));
            }

            foreach (var rule in Rules(page))
            {
                faults.AddRange(letters.Where(letter => AreaMm2(letter.Box, rule) > OverlapMm2).Select(
                    letter => $"{letter} lies over the rule {rule}"));
            }

            foreach (var code in Fills(page))
            {
                faults.AddRange(letters.Where(letter => AreaMm2(letter.Box, code) > 0).Select(
                    letter => $"{letter} lies over the code {code}"));
            }

            Assert.True(faults.Count == 0, $"Page {page.Number}: {string.Join("; ", faults.Take(3))}");
        }
    }

    [Theory]
    [InlineData("issuance-notice")]
    [InlineData("issuance-notice-letter")]
    [InlineData("address-mount")]
    public void The_customer_barcode_has_its_place_and_its_clear_space(string document)
    {
        using var pdf = Open(Piece(document, isLong: true));
        var page = pdf.GetPage(1);
        // 67 bars of 0.54 mm, however they run.
        var bars = Fills(page).Where(box => Math.Abs(Math.Min(box.WidthMm, box.HeightMm) - 0.54) < 0.01
            && Math.Max(box.WidthMm, box.HeightMm) < 4).ToList();
        Assert.Equal(67, bars.Count);
        var (left, top) = (bars.Min(bar => bar.XMm), bars.Min(bar => bar.YMm));
        var code = new Box(left, top, bars.Max(bar => bar.RightMm) - left, bars.Max(bar => bar.BottomMm) - top);
        var (width, height) = (page.Width * MmPerPt, page.Height * MmPerPt);
        Assert.True(code.XMm >= 10 && code.YMm >= 10 && code.RightMm <= width - 10
            && code.BottomMm <= height - 10, $"{code} is too near the edge");
        var clear = new Box(code.XMm - 2, code.YMm - 2, code.WidthMm + 4, code.HeightMm + 4);
        Assert.All(page.Letters.Where(letter => !string.IsNullOrWhiteSpace(letter.Value)),
            letter => Assert.False(AreaMm2(BoxOf(letter, page), clear) > 0, $"{letter.Value} stands in the clear space"));
        Assert.All(Rules(page), rule => Assert.False(AreaMm2(rule, clear) > 0, $"{rule} runs through the clear space"));
        if (width < 150)
        {
            // A postcard is cancelled in its upper left, 35 mm wide and 70 mm high.
            Assert.Equal(0, AreaMm2(code, new Box(0, 0, 35, 70)));
        }
    }

    [Theory]
    // R01, R60, A5, A14: the ID, the print date in its box; no Individual Number.
    [InlineData("application-form", "申請書ID|00000000000000000000001|この申請書の発行日|2026年11月24日|（宛先）台東区長|点字用カナ|代替文字")]
    // R11, R20, R22, R13, R14, R05: what is filled in, and how.
    [InlineData("application-form", "申請者氏名|署名または記名押印|申請日|縦4.5cm×横3.5cm|6か月以内|正面・無帽・無背景|裏面に氏名・生年月日|不要|希望する|黒く塗りつぶし|二重線|11マス")]
    // R10, R12, R16, A36, A50, A60: the back.
    [InlineData("application-form", "法定代理人の記入欄|本人との関係|暗証番号を書かないで|50gまで|期限はなく、手数料はかかりません|219-8650|規格に合う写真がない")]
    // R06, V1: without an ID by mail only, with the number's twelve digits.
    [InlineData("handwritten-application-form", "手書き用|個人番号|12桁|郵送でのみ|元号番号")]
    [InlineData("renewal-application-form", "更新用|個人番号|12桁|郵送でのみ")]
    // R41, R42, R45, A36, A44, A45, A53, A54, A56, A57.
    [InlineData("issuance-notice", "郵便はがき|料金後納郵便|転送不要|個人番号カード交付・電子証明書発行通知書兼照会書|台東区役所|03-0000-0000|2026年12月1日|2027年2月24日まで")]
    [InlineData("issuance-notice", "お持ちいただくもの|本人確認書類|通知カード|住民基本台帳カード|回答書|氏名（署名）|代理人の氏名|目隠しシール|英大文字A〜Z|各1文字以上、6〜16文字")]
    [InlineData("issuance-notice", "4桁|電子証明書が不要でも|15歳未満の方、成年被後見人|病気などで本人が来られない|廃棄|1枚中1枚目")]
    [InlineData("issuance-notice-letter", "転送不要|台東区役所|2027年2月24日（令和9年）まで|回答書|委任状|目隠しシール|電子証明書を希望しない方も|15歳未満|廃棄|Issuance Notice")]
    // R70, R72, R74, V1, V2.
    [InlineData("validity-notice-card", "転送不要|有効期限通知書|有効期限が到来するもの|更新手続|2027年1月23日|3か月前の日の翌日|手数料はかかりません|今のカードは、そのときにお返し")]
    [InlineData("validity-notice-card", "Notification of Validation Period|すでに更新の手続きをした方")]
    // R73, V3 to V9.
    [InlineData("validity-notice-certificates", "窓口|インターネットではできません|3か月前の日の翌日|任意|手数料はかかりません|照会書兼回答書|同封の封筒|この書面が使える最後の日|2027年1月23日")]
    [InlineData("validity-notice-certificates", "通知がなくても手続きできます|予約|6文字から16文字|数字4桁|代理人の顔写真付きの本人確認書類")]
    [InlineData("validity-notice-both", "有効期限が到来するもの|電子証明書は新しいカードに入ります|照会書兼回答書|申請者氏名")]
    // R50, R52, A66.
    [InlineData("incomplete-notice", "転送不要|不備のお知らせ|不備の内容|署名、または記名押印がありません|顔写真が貼られていません|2028年5月31日|原本の照合番号|E0000001-001|再申請用|もう使えません")]
    // R80, N1, N2, N7, N8.
    [InlineData("individual-number-notice", "簡易書留|313-60-00000-5|転送不要|申請書ID（2名分|1234 5678 9018|2109 8765 4320|山田　さくら|山田　健太|2026年10月30日（令和8年）|再発行はされません|本人確認の書類としては使えません|東京都台東区長")]
    // R98, A2: the mount.
    [InlineData("address-mount", "転送不要|申請書ID|00000000000000000000001|この封筒に入っているもの|返信用封筒|6か月間|大切に保管")]
    public void A_document_says_what_its_rules_demand(string document, string demanded)
    {
        using var pdf = Open(Piece(document, isLong: false));
        var text = Blankless(string.Concat(pdf.GetPages().SelectMany(page => page.Letters).Select(letter => letter.Value)));
        Assert.All(demanded.Split('|'), fact => Assert.Contains(Blankless(fact), text, StringComparison.Ordinal));
    }

    private static PieceData Piece(string document, bool isLong)
    {
        // A blank form is nobody's mail.
        var example = Examples.Of(document) with { PieceId = document == "handwritten-application-form" ? "" : "0123456789ABCDEF" };
        const string address = "東京都千代田区霞が関三丁目　１２番３４－５６号　グランドメゾン千代田中央セントラルタワー北棟　３１０５号室　山田様方";
        return !isLong ? example : example with
        {
            Name = "ALEXANDRA MARIA GONZALEZ DE LA CRUZ FERNANDEZ VILLANUEVA",
            NameKana = "アレクサンドラ　マリア　ゴンザレス　デ　ラ　クルス",
            ToName = "ALEXANDRA MARIA GONZALEZ DE LA CRUZ FERNANDEZ VILLANUEVA",
            Address = address,
            ToAddress = address,
            ToPostalCode = "1000013",
            StayUntil = new DateOnly(2027, 12, 31),
            PickupPlace = "千代田区役所　二階　総合窓口課　マイナンバーカード交付臨時特設会場",
            PickupAddress = "東京都千代田区九段南　一丁目２番１号　千代田区役所本庁舎",
            Under15OrWard = true,
            Reminder = true,
            Errors = example.Errors is null ? null : [.. Enumerable.Repeat(example.Errors, 4).SelectMany(errors => errors)],
        };
    }

    private static PdfDocument Open(PieceData piece)
    {
        Assert.Null(PieceDocuments.Check(piece));
        using var file = new MemoryStream();
        PieceDocuments.Render([piece], file);
        return PdfDocument.Open(file.ToArray());
    }

    private static IEnumerable<Box> Fills(UglyToad.PdfPig.Content.Page page) =>
        page.Paths.Where(path => path.IsFilled).SelectMany(path => path).Select(path => path.GetBoundingRectangle())
            .OfType<UglyToad.PdfPig.Core.PdfRectangle>().Select(box => BoxOf(box, page.Height));

    // Every stroked line, and every side of a stroked box.
    private static IEnumerable<Box> Rules(UglyToad.PdfPig.Content.Page page) =>
        from path in page.Paths
        where path.IsStroked
        from part in path
        let bounds = part.GetBoundingRectangle()
        where bounds is not null
        from side in Sides(BoxOf(bounds.Value, page.Height))
        select side;

    private static Box[] Sides(Box box)
    {
        const double thin = 0.2;
        return box.WidthMm < thin || box.HeightMm < thin
            ? [new Box(box.XMm - (thin / 2), box.YMm - (thin / 2), box.WidthMm + thin, box.HeightMm + thin)]
            :
            [
                new Box(box.XMm, box.YMm, box.WidthMm, thin), new Box(box.XMm, box.BottomMm - thin, box.WidthMm, thin),
                new Box(box.XMm, box.YMm, thin, box.HeightMm), new Box(box.RightMm - thin, box.YMm, thin, box.HeightMm),
            ];
    }

    // PdfPig hangs an upright letter of a column by its left and its baseline, not by the middle of its upper edge.
    private static Box BoxOf(UglyToad.PdfPig.Content.Letter letter, UglyToad.PdfPig.Content.Page page)
    {
        var box = BoxOf(letter.BoundingBox, page.Height);
        var isUpright = page.Number == 1 && page.Width * MmPerPt < 150
            && letter.TextOrientation == UglyToad.PdfPig.Content.TextOrientation.Horizontal
            && letter.StartBaseLine.X * MmPerPt > 61 && (page.Height - letter.StartBaseLine.Y) * MmPerPt is > 23 and < 130;
        var em = letter.PointSize * MmPerPt;
        return isUpright ? new Box(box.XMm - (em / 2), box.YMm + (0.88 * em), box.WidthMm, box.HeightMm) : box;
    }

    private static Box BoxOf(UglyToad.PdfPig.Core.PdfRectangle box, double height)
    {
        var (left, right) = (Math.Min(box.Left, box.Right), Math.Max(box.Left, box.Right));
        var (bottom, top) = (Math.Min(box.Bottom, box.Top), Math.Max(box.Bottom, box.Top));
        return new Box(left * MmPerPt, (height - top) * MmPerPt, Math.Max(0.001, (right - left) * MmPerPt),
            Math.Max(0.001, (top - bottom) * MmPerPt));
    }

    private static double AreaMm2(Box a, Box b) =>
        Math.Max(0, Math.Min(a.RightMm, b.RightMm) - Math.Max(a.XMm, b.XMm)) * Math.Max(
            0, Math.Min(a.BottomMm, b.BottomMm) - Math.Max(a.YMm, b.YMm));

    private static string Blankless(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
