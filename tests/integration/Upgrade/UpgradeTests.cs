using Dapper;
using MyNumber.Tests.Integration.Nights;
using Npgsql;

namespace MyNumber.Tests.Integration.Upgrade;

/// <summary>A new version takes over the half-finished night of an old one, and ends where a fresh night ends.</summary>
public sealed class UpgradeTests(UpgradeTests.Fresh fresh) : IClassFixture<UpgradeTests.Fresh>
{
    private const string Date = "2026-11-24";

    // What both nights must agree on, whatever the templates have become since.
    private static readonly IReadOnlyDictionary<string, string> Compared = new Dictionary<string, string>
    {
        ["applications"] = "SELECT key || ' ' || state FROM application ORDER BY key",
        ["findings"] = """SELECT application_key || ' ' || rule || ' ' || severity FROM finding ORDER BY application_key, rule COLLATE "C" """,
        ["cards"] = "SELECT ref || ' ' || state || ' ' || coalesce(photo, '') FROM card ORDER BY ref",
        // Not by their ids: those stand for what the program that wanted a piece called its subject.
        ["pieces"] = """
            SELECT piece.product || ' ' || resident_id || ' ' || piece.state || ' ' || generation || ' '
              || (application_id IS NOT NULL) || ' ' || coalesce(folder, '') || ' ' || coalesce(sequence, 0) || ' '
              || coalesce(registered_number, '')
            FROM piece LEFT JOIN drop ON drop.id = drop_id ORDER BY piece.product, resident_id, generation
            """,
        ["drops"] = """SELECT folder || ' ' || number || ' ' || state FROM drop ORDER BY folder COLLATE "C", number""",
    };

    [Fact]
    public async Task A_night_that_an_old_version_left_after_its_rules_is_finished()
    {
        using var old = OldHome.Restore("old-validated", "validated.sql.gz", "home.tar.gz");
        await FinishesAsFreshAsync(old);
        Assert.All(old.Drops("print"), drop => old.RunOk("preflight", drop));
    }

    // No preflight here: a reader follows the pages of its own version, and these were written by the old one.
    [Fact]
    public async Task A_night_that_an_old_version_left_while_it_handed_over_is_finished()
    {
        using var old = OldHome.Restore("old-printing", "printing.sql.gz", "home.tar.gz", "printing-outbox.tar.gz");
        var ready = old.Drops("print").Single(drop => File.Exists(Path.Combine(drop, "READY")));
        var before = Directory.GetFiles(ready).ToDictionary(file => file, File.ReadAllBytes);
        await FinishesAsFreshAsync(old);

        // What the vendor may have taken already is not touched.
        Assert.Equal(before.Keys.Order(), Directory.GetFiles(ready).Order());
        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
    }

    private async Task FinishesAsFreshAsync(Product old)
    {
        var moved = old.Run("night", "--date", Date);
        Assert.Equal(2, moved.ExitCode);
        Assert.Contains("/srv/mynumber/home", moved.Error, StringComparison.Ordinal);
        old.Appoint("tester", "operator");
        old.RunOk("adopt", "--by", "tester", "--reason", "new version on a new machine");
        old.RunOk("night", "--date", Date);
        old.RunOk("verify");

        foreach (var (what, sql) in Compared)
        {
            Assert.Equal((what, await LinesAsync(fresh.Product, sql)), (what, await LinesAsync(old, sql)));
        }

        Assert.NotEmpty(old.Drops("print"));
        Assert.Equal(Files(fresh.Product), Files(old));
        var printed = old.Drops("print").SelectMany(drop => File.ReadLines(Path.Combine(drop, "manifest.csv")).Skip(1))
            .Select(line => line.Split(',')[0]).ToList();
        Assert.Equal(printed.Distinct().Count(), printed.Count);
    }

    // What a version tells that the old one did not is told by the next night, where the step had closed under the old one.
    private static IEnumerable<string> Files(Product product) => product.OutboxDigest().Keys
        .Where(path => !path.Contains("email", StringComparison.Ordinal) && !path.Contains("rejections", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static async Task<string> LinesAsync(Product product, string sql)
    {
        var id = (await File.ReadAllTextAsync(Path.Combine(product.Home, "home.id"))).Trim();
        var server = new NpgsqlConnectionStringBuilder(TestDatabase.Server) { Database = $"mynumber_{id}", Pooling = false };
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        return string.Join('\n', await connection.QueryAsync<string>(sql));
    }

    /// <summary>The same input, worked by the current program alone.</summary>
    public sealed class Fresh : IDisposable
    {
        public Fresh()
        {
            OldHome.Unpack("inbox.tar.gz", Product.Home);
            Product.RunOk("night", "--date", Date);
        }

        public Product Product { get; } = new("fresh");

        public void Dispose() => Product.Dispose();
    }
}
