using System.Globalization;
using System.IO.Compression;
using System.Text;
using CsCheck;
using MyNumber.Templates.Documents;
using MyNumber.Templates.Forms;
using OpenCvSharp;
using UglyToad.PdfPig;

namespace MyNumber.Tests.Integration.OfTemplates;

/// <summary>
/// Any name and any address of up to 60 characters prints whole inside its box, or withholds the piece: seeded, over kana,
/// JIS X 0213 and all of IPAmj Mincho's kanji, variation sequences, Latin with and without marks, and what no font has.
/// </summary>
public sealed class AnyTextTests : IDisposable
{
    private const double MmPerPt = 25.4 / 72;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("any-text-");

    private static readonly Gen<string> Usual = Gen.Frequency(
        (4, AnyOf([.. TownKanji()])),
        (2, Gen.Int[0x3041, 0x30FE].Select(Text)),
        (1, Gen.Int[0xFF61, 0xFF9F].Select(Text)),              // Half-width kana.
        (1, AnyOf("　", " ", "－", "‐", "ー", "・", "々", "（", "）", "０", "９", "1", "番", "号", "丁目")),
        (1, Gen.Char['A', 'z'].Select(c => c.ToString())));

    private static readonly Gen<string> Rare = Gen.Frequency(
        (6, Gen.Int[0x4E00, 0x9FA5].Select(Text)),
        (3, Gen.Int[0x3400, 0x4DB5].Select(Text)),
        (3, Gen.Int[0x20000, 0x2A6D6].Select(Text)),
        (2, Gen.Int[0xF900, 0xFAD9].Select(Text)),
        (1, Gen.Int[0x2F800, 0x2FA1D].Select(Text)),
        (1, Gen.Int[0x2F00, 0x2FD5].Select(Text)),              // Radicals, which share glyphs with kanji.
        (4, Gen.Select(AnyOf("葛", "辻", "邉", "邊", "斎", "齋", "祇", "樋", "芦"), Gen.Int[0xE0100, 0xE0108],
            (kanji, selector) => kanji + Text(selector))),
        (1, Gen.Int[0xC0, 0x17F].Select(Text)),
        (1, Gen.Select(AnyOf("か", "は", "e", "o"), AnyOf("\u3099", "\u309A", "\u0301", "\u0302"), (letter, mark) => letter + mark)));

    private static readonly Gen<string> Unprintable = AnyOf(
        "\uE000", "\uD800", "\u0000", "\n", "\u200B", "\u202E", "😀", "👨\u200D👩\u200D👧", "ก", "ש", "م", "\u200F",
            "\u202B", "葛\U000E01EF", "\U000E0100", "\u3099", "\uFFFE");

    // Most texts are usual, some have rare characters, few have what cannot be printed.
    private static readonly Gen<string> Texts = Gen.Frequency(
        (6, Usual.Array[1, 30]), (3, Gen.Frequency((9, Usual), (1, Rare)).Array[1, 40]),
        (1, Gen.Frequency((20, Usual), (1, Unprintable)).Array[1, 40]))
        .Select(parts => Cut(string.Concat(parts))).Where(text => !string.IsNullOrWhiteSpace(text));

    private static readonly Gen<(string Name, string Address, string Id, string Piece)[]> Pieces = Gen.Select(
        Texts, Texts, Gen.Char['0', '9'].Array[23], Gen.OneOf(Gen.Char['0', '9'], Gen.Char['A', 'Z']).Array[16],
        (name, address, id, piece) => (name, address, new string(id), new string(piece))).Array[60];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_text_prints_whole_inside_its_box_and_extracts_as_it_was_or_is_withheld() =>
        Pieces.Sample(Check, seed: "0000KCXBv6v4", iter: 3, threads: 1);

    [Fact]
    public void A_postcard_prints_a_text_whole_in_its_columns_or_is_withheld() =>
        Pieces.Sample(CheckPostcards, seed: "0000KCXBv6v6", iter: 2, threads: 1);

    [Fact]
    public void Every_code_decodes_to_what_was_put_in() => Pieces.Sample(CheckCodes, seed: "0000KCXBv6v5", iter: 1, threads: 1);

    private void Check((string Name, string Address, string Id, string Piece)[] given)
    {
        var pieces = given.Select(one => Piece(one) with { ToPostalCode = "1100016", MunicipalityName = "台東区" }).ToList();
        var printed = pieces.Where(piece => PieceDocuments.Check(piece) is null).ToList();
        // The generator must reach both ends.
        Assert.InRange(printed.Count, 20, 58);
        Assert.All(pieces.Except(printed), piece =>
            Assert.Contains(PieceDocuments.Check(piece), new[] { "missing-glyph", "does-not-fit" }));
        var file = Print(printed);
        var poppler = Encoding.UTF8.GetString(Tool.Bytes("pdftotext", "-raw", file, "-")).Split('\f');
        var mutool = WithPairs(Tool.Bytes("mutool", "draw", "-q", "-F", "text", file)).Split('\f');
        using var pig = PdfDocument.Open(file);
        var form = FormDefinitions.ApplicationForm.Pages[0];
        for (var i = 0; i < printed.Count; i++)
        {
            var page = (4 * i) + 3;
            var (name, address) = (Blankless(printed[i].Name!), Blankless(printed[i].Address!));
            foreach (var text in new[] { poppler[page - 1], mutool[page - 1] })
            {
                Assert.Contains(name, Blankless(text), StringComparison.Ordinal);
                Assert.Contains(address, Blankless(text), StringComparison.Ordinal);
            }

            var letters = pig.GetPage(page).Letters;
            Inside(letters, pig.GetPage(page).Height, form.Find("name")!.Box, name);
            Inside(letters, pig.GetPage(page).Height, form.Find("address")!.Box, address);
        }
    }

    // The letters whose baselines begin in the box are the text, and each ends in the box as well.
    private static void Inside(IReadOnlyList<UglyToad.PdfPig.Content.Letter> letters, double pageHeight, Box box, string expected)
    {
        var own = letters.Where(letter =>
            letter.StartBaseLine.X * MmPerPt >= box.XMm && letter.StartBaseLine.X * MmPerPt <= box.RightMm
            && (pageHeight - letter.StartBaseLine.Y) * MmPerPt >= box.YMm
                && (pageHeight - letter.StartBaseLine.Y) * MmPerPt <= box.BottomMm).ToList();
        Assert.Equal(expected, Blankless(string.Concat(own.Select(letter => letter.Value))));
        Assert.All(own, letter =>
        {
            Assert.True(letter.EndBaseLine.X * MmPerPt <= box.RightMm + 0.01);
            Assert.True((pageHeight - letter.StartBaseLine.Y) * MmPerPt - (0.88 * letter.PointSize * MmPerPt) >= box.YMm - 0.01);
            Assert.True((pageHeight - letter.StartBaseLine.Y) * MmPerPt + (0.12 * letter.PointSize * MmPerPt) <= box.BottomMm + 0.01);
        });
    }

    private void CheckPostcards((string Name, string Address, string Id, string Piece)[] given)
    {
        var pieces = given.Select(text =>
            Examples.Of("issuance-notice") with { PieceId = text.Piece, ToName = text.Name, ToAddress = text.Address }).ToList();
        var printed = pieces.Where(piece => PieceDocuments.Check(piece) is null).ToList();
        Assert.InRange(printed.Count, 20, 58);
        Assert.All(pieces.Except(printed), piece =>
            Assert.Contains(PieceDocuments.Check(piece), new[] { "missing-glyph", "does-not-fit" }));
        var file = Print(printed, pages: 2);
        var poppler = Encoding.UTF8.GetString(Tool.Bytes("pdftotext", "-raw", file, "-")).Split('\f');
        for (var i = 0; i < printed.Count; i++)
        {
            var text = Blankless(poppler[2 * i]);
            Assert.Contains(Blankless(printed[i].ToAddress!), text, StringComparison.Ordinal);
            Assert.Contains(Blankless(printed[i].ToName!) + "様", text, StringComparison.Ordinal);
            Columns(file, (2 * i) + 1);
        }
    }

    // What poppler paints of address and name: ink in their columns, and none around them.
    private void Columns(string file, int page)
    {
        const int dpi = 100;
        var picture = Path.Combine(_folder.FullName, "postcard");
        Tool.Run("pdftoppm", "-cropbox", "-singlefile", "-r", $"{dpi}", "-gray", "-png", "-f", $"{page}", "-l", $"{page}", file, picture);
        using var pixels = Cv2.ImRead(picture + ".png", ImreadModes.Grayscale);
        int Ink(double left, double top, double width, double height)
        {
            using var zone = new Mat(pixels,
                new Rect((int)(left * dpi / 25.4), (int)(top * dpi / 25.4), (int)(width * dpi / 25.4), (int)(height * dpi / 25.4)));
            using var dark = new Mat();
            Cv2.Threshold(zone, dark, 160, 255, ThresholdTypes.BinaryInv);
            return Cv2.CountNonZero(dark);
        }

        Assert.True(Ink(76, 26, 16, 102) > 0 && Ink(62, 38, 13, 90) > 0);
        // Right of the address, below both, above the name.
        Assert.Equal((0, 0, 0), (Ink(93, 22, 6, 108), Ink(61, 129.5, 38, 4), Ink(61.5, 24, 13, 13)));
    }

    private void CheckCodes((string Name, string Address, string Id, string Piece)[] given)
    {
        var pieces = given.Take(12).Select(piece => Piece(("山田", "東京都台東区台東　１－２", piece.Id, piece.Piece))).ToList();
        var file = Print(pieces);
        using var detector = new QRCodeDetector();
        for (var i = 0; i < pieces.Count; i++)
        {
            var (page, picture) = ((4 * i) + 3, Path.Combine(_folder.FullName, $"page{i}"));
            Tool.Run("pdftoppm", "-cropbox", "-singlefile", "-r", "200", "-gray", "-png", "-f", $"{page}", "-l", $"{page}", file, picture);
            var expected = $"https://net.kojinbango-card.go.jp/apply?id={pieces[i].ApplicationId}";
            var codes = Tool.Run("zbarimg", "-q", picture + ".png").Output;
            Assert.Contains($"QR-Code:{expected}\n", codes, StringComparison.Ordinal);
            Assert.Contains($"CODE-128:{pieces[i].PieceId}0202\n", codes, StringComparison.Ordinal);
            using var pixels = Cv2.ImRead(picture + ".png", ImreadModes.Grayscale);
            // The second decoder sees the code alone, as a telephone's camera is pointed at it.
            var zone = FormDefinitions.ApplicationForm.Pages[0].Find("qr")!.Box;
            using var code = new Mat(pixels,
                new Rect(Pixel(zone.XMm - 4), Pixel(zone.YMm - 4), Pixel(zone.WidthMm + 8), Pixel(zone.HeightMm + 8)));
            Assert.Equal(expected, detector.DetectAndDecode(code, out _));
        }
    }

    private static int Pixel(double mm) => (int)Math.Round(mm / 25.4 * 200);

    private static PieceData Piece((string Name, string Address, string Id, string Piece) given) => new()
    {
        Document = "application-form",
        PieceId = given.Piece,
        Name = given.Name,
        Address = given.Address,
        ToName = "山田　太郎",
        ToAddress = "東京都台東区台東　１－２",
        ApplicationId = given.Id,
    };

    private string Print(IReadOnlyList<PieceData> pieces, int pages = 4)
    {
        var path = Path.Combine(_folder.FullName, "pieces.pdf");
        using (var file = File.Create(path))
        {
            PieceDocuments.Render(pieces, file);
        }

        using var back = File.OpenRead(path);
        var read = ReadBack.Read(back).ToList();
        for (var i = 0; i < pieces.Count; i++)
        {
            Assert.Null(ReadBack.Mismatch(pieces[i], read[(pages * i)..(pages * (i + 1))]));
        }

        return path;
    }

    // Where a glyph stands for two characters mutool writes the halves of a surrogate pair as three bytes each: ED Ax xx
    // ED Bx xx (it does so well where a glyph stands for one).
    private static string WithPairs(byte[] output)
    {
        var text = new StringBuilder();
        var start = 0;
        for (var i = 0; i + 5 < output.Length; i++)
        {
            if (output[i] == 0xED && output[i + 1] is >= 0xA0 and <= 0xAF && output[i + 3] == 0xED && output[i + 4] >= 0xB0)
            {
                text.Append(Encoding.UTF8.GetString(output, start, i - start));
                text.Append(Half(output, i)).Append(Half(output, i + 3));
                (start, i) = (i + 6, i + 5);
            }
        }

        return text.Append(Encoding.UTF8.GetString(output, start, output.Length - start)).ToString();
    }

    private static char Half(byte[] bytes, int at) => (char)(0xD000 | ((bytes[at + 1] & 0x3F) << 6) | (bytes[at + 2] & 0x3F));

    private static string Blankless(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    // Some 2,300 kanji that names of Japanese towns are written with.
    private static IEnumerable<string> TownKanji()
    {
        using var towns = typeof(PieceData).Assembly.GetManifestResourceStream("MyNumber.Templates.Codes.Data.towns.txt.gz")!;
        using var reader = new StreamReader(new GZipStream(towns, CompressionMode.Decompress));
        return [.. reader.ReadToEnd().Where(c => c is >= '一' and <= '鿿').Distinct().Order().Select(c => c.ToString())];
    }

    private static Gen<string> AnyOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static string Text(int codePoint) => char.ConvertFromUtf32(codePoint);

    // Sixty characters as the register counts them: a pair of surrogates is one, a selector belongs to its kanji.
    private static string Cut(string text)
    {
        var clusters = StringInfo.ParseCombiningCharacters(text);
        return clusters.Length <= 60 ? text : text[..clusters[60]];
    }
}
