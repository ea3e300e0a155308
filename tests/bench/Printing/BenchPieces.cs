using System.Globalization;
using System.IO.Compression;
using MyNumber.Templates.Documents;

namespace MyNumber.Tests.Bench.Printing;

/// <summary>
/// Pieces of invented people: every address lies in another of Japan's towns, every name is of other kanji, so that fonts
/// are as large as a real drop's.
/// </summary>
internal static class BenchPieces
{
    private const string Kana = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ";
    private static readonly string[] Rare = ["𠮷田", "葛\U000E0102城", "辻\U000E0102本", "髙﨑"];
    private static readonly DateOnly Day = new(2026, 11, 24);

    /// <summary>A form as `print` gives it: two pages.</summary>
    public static PieceData[] Forms(int count, int seed) => Make(count, seed, (piece, _) => piece);

    /// <summary>A form as it is mailed: behind an address mount, with a mark on each of four pages.</summary>
    public static PieceData[] MailedForms(int count, int seed) => Make(count, seed, (piece, id) => piece with { PieceId = id });

    /// <summary>Issuance Notices: postcards.</summary>
    public static PieceData[] Postcards(int count, int seed) => Make(count, seed, (piece, id) => piece with
    {
        Document = "issuance-notice",
        PieceId = id,
        PickupPlace = "台東区役所　１階　戸籍住民サービス課",
        PickupAddress = "東京都台東区東上野　４丁目５番６号",
        PickupPhone = "03-0000-0000",
        Earliest = new DateOnly(2026, 12, 1),
        Deadline = new DateOnly(2027, 2, 24),
    });

    private static PieceData[] Make(int count, int seed, Func<PieceData, string, PieceData> finish)
    {
        var random = new Random(seed);
        // Not kept: what the pieces are made of is no part of what is measured.
        var towns = LoadTowns();
        char[] kanji = [.. towns.SelectMany(line => line.Skip(8)).Where(c => c is >= '一' and <= '鿿').Distinct().Order()];
        string Name(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => kanji[random.Next(kanji.Length)]));
        string Reading(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => Kana[random.Next(Kana.Length)]));
        string Digits(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => (char)('0' + random.Next(10))));
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var town = towns[random.Next(towns.Length)];
            var places = town[8..].Split('\t');
            return finish(
                new PieceData
                {
                    Document = "application-form",
                    // One name in fifty has a character beyond JIS or a variant: every real file has some.
                    Name = (random.Next(50) == 0 ? Rare[random.Next(Rare.Length)] : Name(2)) + "　" + Name(2),
                    NameKana = Reading(3) + "　" + Reading(3),
                    BirthDate = new DateOnly(1930 + random.Next(90), 1 + random.Next(12), 1 + random.Next(28)),
                    Sex = random.Next(2) == 0 ? "M" : "F",
                    PostalCode = town[..7],
                    Address = string.Create(
                        CultureInfo.InvariantCulture,
                        $"{places[0]}{places[1]}　{random.Next(1, 9)}丁目{random.Next(1, 40)}番{random.Next(1, 30)}－{random.Next(101, 999)}号"),
                    ApplicationId = Digits(23),
                    IssuedOn = Day,
                    PrintedOn = Day,
                    MunicipalityName = "台東区",
                    Prefecture = "東京都",
                },
                Digits(16));
        })];
    }

    private static string[] LoadTowns()
    {
        using var resource = typeof(PieceData).Assembly.GetManifestResourceStream("MyNumber.Templates.Codes.Data.towns.txt.gz")!;
        using var reader = new StreamReader(new GZipStream(resource, CompressionMode.Decompress));
        return [.. reader.ReadToEnd().Split('\n').Where(line => line.Length > 9 && line.Contains('\t', StringComparison.Ordinal))];
    }
}
