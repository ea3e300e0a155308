using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MyNumber.Tests.Integration.Nights;

namespace MyNumber.Tests.Integration.Recovery;

/// <summary>
/// Two nights with a backup between them, told once: in the second one cards are ordered and letters handed over, and the
/// partners take them. Then everything here is lost that a test says is lost.
/// </summary>
public sealed class LostWorld : IDisposable
{
    public const string FirstNight = "2026-11-24";
    public const string SecondNight = "2026-11-25";
    public const string ThirdNight = "2026-11-26";

    private readonly string _folder = Directory.CreateTempSubdirectory("mynumber-lost-").FullName;

    public LostWorld()
    {
        using var product = new Product("before");
        product.Appoint("operator", "operator");
        product.Appoint("another", "approver");
        product.RunOk("fixtures", "night", "--applications", "6", "--seed", "7", "--out", product.Inbox);
        var late = Directory.GetDirectories(Path.Combine(product.Inbox, "scans")).Order(StringComparer.Ordinal).Last();
        Backup.Copy(late, Path.Combine(Late, "scans", Path.GetFileName(late)));
        Directory.Delete(late, recursive: true);
        var online = Path.Combine(product.Inbox, "online");
        Directory.Move(online, Path.Combine(_folder, "online"));
        Residents = [.. File.ReadLines(Directory.GetFiles(Path.Combine(product.Inbox, "events"), "*.csv").Single()).Skip(1)
            .Select(line => line.Split(',')).Where(cells => cells[2] == "form-reissue-requested").Select(
                cells => $"{cells[3]},{cells[4]}")];
        product.RunOk("night", "--date", FirstNight);

        Backup.Copy(Path.Combine(_folder, "online"), online);
        WriteEvent(product.Inbox, "20261125-municipalities", Residents[0]);
        WriteEvent(Late, "20261125-late", Residents[1]);
        foreach (var drop in product.Drops("card-orders"))
        {
            product.RunOk("factory", "simulate", drop, "--date", SecondNight);
        }

        FirstDrops = product.Drops("print").Concat(product.Drops("card-orders")).Select(drop => Path.GetFileName(drop)).ToHashSet();
        Backup.Copy(product.Home, HomeBefore);
        Backup.Dump(product, DumpBefore);
        product.RunOk("night", "--date", SecondNight);
        Backup.Copy(product.Home, HomeAfter);
        Backup.Dump(product, DumpAfter);

        foreach (var drop in product.Drops("print").Concat(product.Drops("card-orders")).Where(IsOfTheSecondNight))
        {
            // What the partner got, without the big files: that is what is asked back of them.
            var copy = Directory.CreateDirectory(Path.Combine(_folder, "partners", Path.GetFileName(drop))).FullName;
            foreach (var file in Directory.GetFiles(drop).Where(file => Path.GetExtension(file) is ".json" or ".csv"))
            {
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            }

            if (Directory.GetParent(drop)!.Name == "print")
            {
                product.RunOk("vendor", "simulate", drop, "--date", SecondNight);
            }
        }

        Backup.Copy(Path.Combine(product.Inbox, "vendor"), Answers);
        using var database = new HomeQueries(product);
        Pieces = database.Lines(PiecesSql);
        Cards = database.Lines(CardsSql);
    }

    /// <summary>Where every piece went, and what the paper says.</summary>
    public const string PiecesSql = """
        SELECT concat_ws(' ', piece_id, folder, sequence, first_page, pages, sheets, postal_code, enclosures, registered_number,
          deadline, application_id)
        FROM piece JOIN drop ON drop.id = drop_id ORDER BY piece_id COLLATE "C"
        """;

    public const string CardsSql = """
        SELECT concat_ws(' ', ref, folder, photo, braille, signature_certificate, user_certificate)
        FROM card JOIN drop ON drop.id = drop_id ORDER BY ref
        """;

    public string HomeBefore => Path.Combine(_folder, "home-before");

    public string HomeAfter => Path.Combine(_folder, "home-after");

    public string DumpBefore => Path.Combine(_folder, "before.dump");

    public string DumpAfter => Path.Combine(_folder, "after.dump");

    public string Answers => Path.Combine(_folder, "answers");

    /// <summary>An inbox with a drop of scans and a request that came only after the restore.</summary>
    public string Late => Path.Combine(_folder, "late");

    public IReadOnlyList<string> Residents { get; }

    /// <summary>Names of the drops of the first night.</summary>
    public IReadOnlySet<string> FirstDrops { get; }

    /// <summary>After the second night, before anything was lost.</summary>
    public IReadOnlyList<string> Pieces { get; }

    public IReadOnlyList<string> Cards { get; }

    /// <summary>Folders with control file and lists of what the partners got in the second night.</summary>
    public string[] AtThePartners => [.. Directory.GetDirectories(Path.Combine(_folder, "partners")).Order(StringComparer.Ordinal)];

    /// <summary>A home on a new disk, from a copy of the old one, with a database from a dump.</summary>
    internal static Product Restore(string home, string dump)
    {
        var product = new Product("after");
        Backup.Copy(home, product.Home);
        // A name of its own on the test's server; the restored database is another one in any case.
        File.WriteAllText(Path.Combine(product.Home, "home.id"), $"{RandomNumberGenerator.GetHexString(8, lowercase: true)}\n");
        Backup.Load(product, dump);
        return product;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private bool IsOfTheSecondNight(string drop) => !FirstDrops.Contains(Path.GetFileName(drop));

    private static void WriteEvent(string inbox, string name, string resident)
    {
        var folder = Directory.CreateDirectory(Path.Combine(inbox, "events")).FullName;
        var content = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"event_id,occurred_at,kind,municipality_code,subject,value,note\nE.{name},2026-11-25T09:00:00+09:00,form-reissue-requested,{resident},,\n"));
        File.WriteAllBytes(Path.Combine(folder, $"{name}.csv"), content);
        File.WriteAllText(Path.Combine(folder, $"{name}.done"), $"{Convert.ToHexStringLower(SHA256.HashData(content))}  {name}.csv\n");
    }
}
