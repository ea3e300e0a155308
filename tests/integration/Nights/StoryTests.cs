using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Dapper;
using Npgsql;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>What must be true of whole nights, judged from outside: the command line and the files.</summary>
public sealed partial class StoryTests(Story story) : IClassFixture<Story>
{
    private Product Product => story.Product;

    [Fact]
    public void Every_application_ends_the_first_night_as_expected()
    {
        var wrong = new List<string>();
        foreach (var line in story.Expected.Skip(1))
        {
            var cells = line.Split(',');
            var expected = $"{cells[2]},{cells[3]}";
            var actual = story.OutcomesAfterTheFirstNight[cells[0]];
            if (actual != expected)
            {
                wrong.Add($"{cells[0]}: expected {expected}, is {actual}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(story.Expected.Count > Story.Applications / 2);
    }

    [Fact]
    public void Every_law_holds() => Product.RunOk("verify");

    [Fact]
    public void A_complete_night_run_again_changes_nothing()
    {
        var before = Product.OutboxDigest();
        Product.RunOk("night", "--date", Story.ThirdNight);
        Assert.Equal(before, Product.OutboxDigest());
    }

    [Fact]
    public void A_night_before_the_last_complete_one_is_refused() =>
        Assert.Equal(2, Product.Run("night", "--date", Story.FirstNight).ExitCode == 0
            ? Product.Run("night", "--date", "2026-11-20").ExitCode
            : 2);

    [Fact]
    public void Every_print_file_is_sound_in_other_peoples_tools()
    {
        var files = Product.Drops("print").SelectMany(drop => Directory.EnumerateFiles(drop, "*.pdf")).ToList();
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            Assert.Equal(0, Tool("qpdf", "--check", file).ExitCode);
            // Debian builds mutool without colour management; it says so of every file.
            var drawn = Tool("mutool", "draw", "-q", "-r", "40", "-o", "/dev/null", "-F", "png", file);
            Assert.Equal("", drawn.Error.Replace("warning: ICC support is not available", "", StringComparison.Ordinal).Trim());
            Assert.Equal(0, drawn.ExitCode);
            Assert.True(Tool("pdftotext", file, "-").Output.Trim().Length > 100);
        }
    }

    [Fact]
    public void The_code_on_every_printed_form_says_the_Application_ID_beside_it()
    {
        var checkedForms = 0;
        foreach (var file in Product.Drops("print").Where(drop => drop.Contains("-application-form-", StringComparison.Ordinal))
            .SelectMany(drop => Directory.EnumerateFiles(drop, "*.pdf")))
        {
            var folder = Directory.CreateTempSubdirectory();
            Assert.Equal(0, Tool("pdftoppm", "-r", "200", "-gray", "-png", file, Path.Combine(folder.FullName, "page")).ExitCode);
            var pages = folder.GetFiles("*.png").OrderBy(page => page.Name, StringComparer.Ordinal).ToList();
            for (var i = 0; i < pages.Count; i++)
            {
                var codes = ApplicationIdInQr().Matches(Tool("zbarimg", "-q", pages[i].FullName).Output);
                var text = Tool("pdftotext", "-f", $"{i + 1}", "-l", $"{i + 1}", file, "-").Output;
                foreach (Match code in codes)
                {
                    Assert.Contains(code.Groups[1].Value, Regex.Replace(text, @"[\s-]", ""), StringComparison.Ordinal);
                    checkedForms++;
                }
            }

            folder.Delete(recursive: true);
        }

        Assert.True(checkedForms > 0, "No form with a QR code was printed.");
    }

    [Fact]
    public void A_print_drop_says_nothing_about_persons_beside_its_pages()
    {
        foreach (var drop in Product.Drops("print"))
        {
            var manifest = File.ReadAllLines(Path.Combine(drop, "manifest.csv"));
            Assert.StartsWith(
                "piece_id,generation,sequence,file,first_page,pages,sheets,postal_code,enclosures,replaces",
                    manifest[0], StringComparison.Ordinal);
            Assert.DoesNotContain(manifest, line => Regex.IsMatch(line, @"(?<![0-9A-Z])[0-9]{12}(?![0-9A-Z])|[0-9]{23}|[一-龠ぁ-んァ-ヶ]"));
            Product.RunOk("preflight", drop);
        }
    }

    [Fact]
    public async Task No_personal_data_lies_where_it_must_not()
    {
        // residents.csv: resident_id, individual_number, name, name_kana …
        var rows = story.Residents.Select(line => line.Split(',')).Where(cells => cells.Length > 8).ToList();
        var numbers = rows.Select(cells => cells[1]).Where(number => number.Length == 12).ToHashSet();
        var names = rows.Select(cells => cells[2]).Where(name => name.Length >= 4 && !name.Contains('*')).ToHashSet();
        Assert.True(numbers.Count > 20 && names.Count > 20);

        var homeText = new StringBuilder();
        foreach (var path in Directory.EnumerateFiles(Product.Home, "*", SearchOption.AllDirectories))
        {
            homeText.AppendLine(Path.GetRelativePath(Product.Home, path));
            var inTheStore = Path.GetRelativePath(Product.Home, path).Split('/')[0] is "store" or "logs" or "keys";
            if (inTheStore || path.EndsWith(".json", StringComparison.Ordinal) || path.Contains("/report/", StringComparison.Ordinal))
            {
                homeText.AppendLine(Encoding.UTF8.GetString(File.ReadAllBytes(path)));
            }
        }

        foreach (var result in new[] { story.First, story.Second, story.Third })
        {
            homeText.AppendLine(result.Output).AppendLine(result.Error);
        }

        var everything = homeText.ToString() + await EngineTablesAsync();
        Assert.DoesNotContain(numbers, number => everything.Contains(number, StringComparison.Ordinal));
        Assert.DoesNotContain(names, name => everything.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Individual_Numbers_lie_encrypted_in_the_database()
    {
        await using var connection = await OpenDatabaseAsync();
        var ciphers = (await connection.QueryAsync<byte[]>("SELECT number_cipher FROM resident WHERE number_cipher IS NOT NULL")).ToList();
        Assert.NotEmpty(ciphers);
        Assert.All(ciphers, cipher => Assert.DoesNotMatch("[0-9]{12}", Encoding.Latin1.GetString(cipher)));
    }

    [Fact]
    public void Disposal_takes_two_different_people()
    {
        var list = Product.RunOk("purge", "list", "--json").Lines;
        Assert.NotEmpty(list);
        var id = list[0].EnumerateObject().First(property => property.Name is "list" or "list_id").Value.GetString()!;
        Product.RunOk("purge", "approve", id, "--by", "first.person", "--reason", "storage ended");
        Assert.Equal(2, Product.Run("purge", "approve", id, "--by", "first.person", "--reason", "again").ExitCode);
        Assert.False(Directory.Exists(Path.Combine(Product.Outbox, "disposals")));
        Product.RunOk("purge", "approve", id, "--by", "second.person", "--reason", "checked");
        var file = Assert.Single(Directory.EnumerateFiles(Path.Combine(Product.Outbox, "disposals"), "*.csv", SearchOption.AllDirectories));
        Assert.StartsWith("card_id,storage_began,storage_ended,approved_by,approved_at", File.ReadAllText(file), StringComparison.Ordinal);
        Product.RunOk("verify");
    }

    private async Task<NpgsqlConnection> OpenDatabaseAsync()
    {
        var database = $"mynumber_{(await File.ReadAllTextAsync(Path.Combine(Product.Home, "home.id"))).Trim()}";
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(TestDatabase.Server) { Database = database, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Every row, as text, of Hangfire's tables and of the engine's own.</summary>
    private async Task<string> EngineTablesAsync()
    {
        await using var connection = await OpenDatabaseAsync();
        var tables = await connection.QueryAsync<string>("""
            SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
            WHERE table_schema = 'hangfire'
               OR table_schema = 'public' AND table_name IN ('run', 'step', 'part', 'item', 'drop', 'file', 'audit', 'alert', 'history')
            """);
        var text = new StringBuilder();
        foreach (var table in tables)
        {
            foreach (var row in await connection.QueryAsync<string>($"SELECT t::text FROM {table} t"))
            {
                text.AppendLine(row);
            }
        }

        return text.ToString();
    }

    private static CommandResult Tool(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output.GetAwaiter().GetResult(), error);
    }

    [GeneratedRegex("(?<![0-9])([0-9]{23})(?![0-9])")]
    private static partial Regex ApplicationIdInQr();
}
