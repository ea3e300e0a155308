using System.Globalization;
using System.Text.RegularExpressions;
using MyNumber.Templates.Documents;

namespace MyNumber.Tests.Integration.OfTemplates;

/// <summary>Every document as other programs see it: four PDF tools, a code reader, and our own read-back.</summary>
public sealed partial class PrintedDocumentsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("templates-");

    public static TheoryData<string> Documents => [.. PieceDocuments.Names];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_document_is_clean_in_every_tool(string document)
    {
        var file = Print(Piece(document));
        Assert.Equal(0, Tool.Run("qpdf", "--check", file).ExitCode);

        var mutool = Tool.Run("mutool", "draw", "-r", "30", "-o", file + "-%d.png", file);
        Assert.Equal(0, mutool.ExitCode);
        // Debian's mutool is built without colour management and says so; everything else it may say is about the file.
        Assert.DoesNotMatch("(?i)error|warning: (?!ICC support is not available)", mutool.Errors);

        var ghostscript = Tool.Run("gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=nullpage", file);
        Assert.Equal((0, "", ""), ghostscript);
        // Ghostscript says what hinders it from writing PDF/A of our file, and stops there (policy 2).
        var archived = Tool.Run("gs", "-q", "-dNOPAUSE", "-dBATCH", "-dPDFA=2", "-dPDFACompatibilityPolicy=2",
            "-sColorConversionStrategy=Gray",
            "-sDEVICE=pdfwrite", "-o", file + "-archived.pdf", file);
        Assert.Equal((0, "", ""), archived);

        var fonts = Tool.Run("pdffonts", file).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2).ToList();
        Assert.NotEmpty(fonts);
        Assert.All(fonts, font => Assert.Matches(@"CID TrueType +Identity-[HV] +yes yes yes", font));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Nothing_is_printed_near_the_edge_of_the_paper(string document)
    {
        var words = Tool.Run("pdftotext", "-bbox", "-cropbox", Print(Piece(document)), "-").Output;
        var (width, height) = (0.0, 0.0);
        foreach (var line in words.Split('\n'))
        {
            if (PageSize().Match(line) is { Success: true } page)
            {
                (width, height) = (Number(page.Groups[1].Value), Number(page.Groups[2].Value));
            }
            else if (WordPlace().Match(line) is { Success: true } word)
            {
                // 5 mm are 14.2 points: presses and scanners lose what is nearer.
                Assert.True(Number(word.Groups[1].Value) > 14.2, line);
                Assert.True(Number(word.Groups[2].Value) < width - 14.2 && Number(word.Groups[3].Value) < height, line);
            }
        }

        Assert.True(width > 0);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void The_same_piece_gives_the_same_bytes_and_reads_back_as_itself(string document)
    {
        var piece = Piece(document);
        var (first, second) = (File.ReadAllBytes(Print(piece)), File.ReadAllBytes(Print(piece)));
        Assert.Equal(first, second);
        using var stream = new MemoryStream(first);
        Assert.Null(ReadBack.Mismatch(piece, [.. ReadBack.Read(stream)]));
    }

    [Fact]
    public void Another_piece_in_the_same_place_is_noticed()
    {
        var piece = Piece("application-form");
        using var stream = File.OpenRead(Print(piece));
        var pages = ReadBack.Read(stream).ToList();
        Assert.Equal("piece-mark", ReadBack.Mismatch(piece with { PieceId = "0123456789ABCDEG" }, pages));
        Assert.Equal("address", ReadBack.Mismatch(piece with { ToName = "山田　次郎" }, pages));
        Assert.Equal("qr", ReadBack.Mismatch(piece with { ApplicationId = "00000000000000000000009" }, pages));
        Assert.Equal("pages", ReadBack.Mismatch(piece, pages[..2]));
        // What no code and no zone holds is compared letter by letter.
        Assert.Equal("text", ReadBack.Mismatch(piece with { Name = "山田　次郎" }, pages));
        Assert.Equal("text", ReadBack.Mismatch(piece with { BirthDate = new DateOnly(1985, 1, 24) }, pages));
    }

    [Fact]
    public void A_damaged_file_is_refused_by_one_kind_of_exception_or_reads_as_itself()
    {
        var piece = Piece("application-form");
        var bytes = File.ReadAllBytes(Print(piece));
        var random = new Random(5);
        var refused = 0;
        for (var round = 0; round < 600; round++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                // A byte without a meaning (a glyph's outline, the second copy of the file's /ID) changes nothing.
                refused += ReadBack.Mismatch(piece, [.. ReadBack.Read(new MemoryStream(damaged))]) is null ? 0 : 1;
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.True(refused > 60);
    }

    [Theory]
    [InlineData(200)] // The coarsest scan that we take.
    [InlineData(300)]
    public void A_code_reader_reads_form_and_piece_mark(int dpi)
    {
        var piece = Piece("application-form");
        var file = Print(piece);
        Tool.Run("pdftoppm", "-cropbox", "-r", dpi.ToString(CultureInfo.InvariantCulture), "-gray", file, file);
        var codes = Tool.Run("zbarimg", "-q", file + "-3.pgm").Output;
        Assert.Contains($"QR-Code:https://net.kojinbango-card.go.jp/apply?id={piece.ApplicationId}\n", codes, StringComparison.Ordinal);
        Assert.Contains($"CODE-128:{piece.PieceId}0202\n", codes, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("山田　太郎")]
    [InlineData("髙﨑　𠮷右衛門")]
    [InlineData("葛\U000E0102城　辻\U000E0102本")]
    [InlineData("口日人氏")] // Glyphs that the font shares with radicals must stay what they were.
    public void Text_extracts_to_exactly_what_was_put_in(string name)
    {
        var text = Tool.Run("pdftotext", "-raw", Print(Piece("application-form") with { Name = name, ToName = name }), "-").Output;
        Assert.Contains(Blankless(name), Blankless(text), StringComparison.Ordinal);
    }

    [Fact]
    public void Boxes_are_exact_and_black_is_one_ink()
    {
        var file = Print(Piece("issuance-notice"));
        var boxes = Tool.Run("pdfinfo", "-box", file).Output;
        // 100 × 148 mm, with 3 mm of bleed around it.
        Assert.Matches(@"MediaBox: +0\.00 +0\.00 +300\.47 +436\.53", boxes);
        Assert.Matches(@"TrimBox: +8\.50 +8\.50 +291\.97 +428\.03", boxes);
        Assert.Matches(@"BleedBox: +0\.00 +0\.00 +300\.47 +436\.53", boxes);
        var ink = Tool.Run("gs", "-q", "-o", "-", "-sDEVICE=inkcov", file).Output;
        Assert.All(ink.Split('\n', StringSplitOptions.RemoveEmptyEntries), page =>
            Assert.Matches(@"^ *0\.00000 +0\.00000 +0\.00000 ", page));
    }

    [Fact]
    public void A_thousand_pieces_stay_small_and_balance()
    {
        var pieces = Enumerable.Range(0, 1000).Select(i => Examples.Of("application-form") with
        {
            PieceId = i.ToString("D16", CultureInfo.InvariantCulture),
            ApplicationId = i.ToString("D23", CultureInfo.InvariantCulture),
        }).ToList();
        using var file = new MemoryStream();
        var rendered = PieceDocuments.Render(pieces, file);
        Assert.Equal(4, rendered[0].Pages);
        Assert.Equal((3997, 2), (rendered[^1].FirstPage, rendered[^1].Sheets));
        Assert.InRange(file.Length / 1000, 0, 2_300); // Four pages, a QR code, a customer barcode, four piece marks.
        file.Position = 0;
        var last = ReadBack.Read(file).Skip(3996).ToList();
        Assert.Null(ReadBack.Mismatch(pieces[^1], last));
    }

    private static PieceData Piece(string document)
    {
        var example = Examples.Of(document);
        return example with
        {
            PieceId = "0123456789ABCDEF",
            ToName = example.ToName ?? "山田　太郎",
            ToPostalCode = example.ToPostalCode ?? "1100016",
            ToAddress = example.ToAddress ?? "東京都台東区台東　１丁目２番３－４０５号　上野ハイツ",
            PrintedOn = new DateOnly(2026, 11, 24),
        };
    }

    private string Print(PieceData piece)
    {
        Assert.Null(PieceDocuments.Check(piece));
        var path = Path.Combine(_folder.FullName, piece.Document + ".pdf");
        using var file = File.Create(path);
        PieceDocuments.Render([piece], file);
        return path;
    }

    private static string Blankless(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("<page width=\"([0-9.]+)\" height=\"([0-9.]+)\"")]
    private static partial Regex PageSize();

    [GeneratedRegex("<word xMin=\"([0-9.]+)\" yMin=\"[0-9.]+\" xMax=\"([0-9.]+)\" yMax=\"([0-9.]+)\"")]
    private static partial Regex WordPlace();
}
