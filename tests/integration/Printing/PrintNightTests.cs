using System.Diagnostics;
using System.Text.Json;
using Dapper;
using MyNumber.Batch.Printing;
using MyNumber.Templates.Documents;

namespace MyNumber.Tests.Integration.Printing;

/// <summary>From rows to a drop that a vendor takes: freeze, render, read back, seal, publish.</summary>
public sealed class PrintNightTests
{
    [Fact]
    public async Task A_night_prints_every_product_once_and_the_drops_pass_preflight()
    {
        await using var world = await EverythingAsync();

        Assert.True(await world.NightAsync(), await StuckAsync(world));

        foreach (var product in MyNumber.Batch.Letters.Products.All.Names)
        {
            Assert.Empty(Preflight.Check(world.Drop(product)));
            foreach (var pdf in Directory.EnumerateFiles(world.Drop(product), "*.pdf"))
            {
                Assert.Equal(0, Run("qpdf", "--check", pdf));
            }
        }

        Assert.Equal(["sent"], await world.AllAsync<string>("SELECT DISTINCT state FROM piece"));
        Assert.Equal(0, await world.OneAsync<long>("SELECT count(*) FROM piece WHERE frozen_cipher IS NOT NULL"));
    }

    [Fact]
    public async Task A_complete_night_that_runs_again_sends_nothing_twice()
    {
        await using var world = await EverythingAsync();
        await world.NightAsync();
        var before = world.Published();

        await world.NightAsync();
        Assert.Equal(before, world.Published());

        // The next night finds nothing to say either: all of it was said once.
        Assert.True(await world.NightAsync(PieceWorld.Monday.AddDays(1)));
        Assert.Equal(before, world.Published());
    }

    [Fact]
    public async Task Two_homes_with_the_same_rows_publish_the_same_bytes()
    {
        await using var first = await EverythingAsync();
        await using var second = await EverythingAsync();
        await first.NightAsync();
        await second.NightAsync();
        Assert.Equal(first.Published(), second.Published());
    }

    [Fact]
    public async Task R71_What_is_stopped_between_freeze_and_seal_does_not_leave_the_house()
    {
        await using var world = await PieceWorld.MakeAsync(new MyNumber.Batch.Policy { PiecesPerFileMax = 2 });
        foreach (var id in new[] { "R1", "R2", "R3", "R4", "R5" })
        {
            await world.ResidentAsync(id);
            await world.CardAsync(id, "arrived");
        }

        // R3 dies, R4 gets a protected address: each touches one file only.
        world.BeforeSeal = context => context.Connection.ExecuteAsync(
            """
            UPDATE resident SET left_on = '2026-11-23', left_reason = 'died' WHERE resident_id = 'R3';
            UPDATE resident SET delivery_postal_code = '5300005', delivery_address = '大阪府大阪市北区中之島　2-2' WHERE resident_id = 'R4';
            """);
        Assert.True(await world.NightAsync(), await StuckAsync(world));

        Assert.Empty(Preflight.Check(world.Drop("issuance-notice")));
        Assert.Equal(["O-R3/suppressed/died"], await world.AllAsync<string>(
            "SELECT subject || '/' || state || '/' || reason FROM piece WHERE state <> 'sent'"));
        Assert.Equal("5300005", await world.OneAsync<string>("SELECT postal_code FROM piece WHERE subject = 'O-R4'"));
        Assert.Equal(4, File.ReadAllLines(Path.Combine(world.Drop("issuance-notice"), "manifest.csv")).Length - 1);
        // Rendered again were only the files that changed: one part more for that chunk.
        Assert.Equal(4, await world.OneAsync<long>("SELECT count(*) FROM part WHERE act = 'work' AND from_key LIKE '%issuance%'"));
    }

    [Fact]
    public async Task What_an_older_template_drew_is_drawn_again_at_the_seal_and_the_control_file_says_what_drew_it()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.CardAsync("R1", "arrived");
        world.BeforeSeal = context => context.Connection.ExecuteAsync(
            """UPDATE file SET made_with = replace(made_with, '"issuance-notice":"', '"issuance-notice":"0.') WHERE path LIKE '%.pdf'""");
        Assert.True(await world.NightAsync(), await StuckAsync(world));

        Assert.Equal(2, await world.OneAsync<long>("SELECT count(*) FROM part WHERE act = 'work' AND from_key LIKE '%issuance%'"));
        Assert.Empty(Preflight.Check(world.Drop("issuance-notice")));
        var control = Path.Combine(world.Drop("issuance-notice"), "control.json");
        Assert.Equal(
            PieceDocuments.TemplateVersions["issuance-notice"],
            JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(control)).GetProperty("templates").GetProperty(
                "issuance-notice").GetString());
    }

    [Fact]
    public async Task Hosts_that_draw_with_different_templates_stop_the_drop_instead_of_taking_turns_for_ever()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.CardAsync("R1", "arrived");
        await world.RunAsync(
            """
            CREATE FUNCTION other_host() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.made_with := ''other''; RETURN NEW; END';
            CREATE TRIGGER other_host BEFORE INSERT OR UPDATE ON file FOR EACH ROW EXECUTE FUNCTION other_host();
            """);

        Assert.False(await world.NightAsync());

        Assert.Contains("same font packages",
            await world.OneAsync<string>("SELECT what_to_do FROM alert WHERE code = 'drop-stopped'"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(world.Drop("issuance-notice")));
    }

    [Theory]
    [InlineData(8, "sent")]
    [InlineData(9, "withheld/render-died")]
    public async Task A_file_whose_workers_are_killed_is_tried_ten_times_before_its_letters_wait(int deaths, string expected)
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.CardAsync("R1", "arrived");
        await world.RunAsync(
            $"""
            CREATE FUNCTION died() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.attempts := {deaths}; RETURN NEW; END';
            CREATE TRIGGER died BEFORE INSERT ON part FOR EACH ROW
            WHEN (NEW.act = 'work' AND NEW.from_key LIKE '%issuance%') EXECUTE FUNCTION died();
            """);

        Assert.True(await world.NightAsync(), await StuckAsync(world));

        Assert.Equal(expected, await world.OneAsync<string>("SELECT state || coalesce('/' || reason, '') FROM piece"));
    }

    [Fact]
    public async Task R98_A_page_with_another_persons_data_stops_the_proof()
    {
        await using var world = await PieceWorld.MakeAsync();
        var (a, b) = (Form("A", "甲野 花子"), Form("B", "乙山 次郎"));
        using var pdf = new MemoryStream();
        var rendered = PieceDocuments.Render([a, b], pdf);
        PageBack[] pages = [.. ReadBack.Read(new MemoryStream(pdf.ToArray()))];

        Assert.Null(PageProof.FirstMismatch([a, b], rendered, pages));
        var flipped = rendered.Select(piece => piece with { PieceId = piece.PieceId == a.PieceId ? b.PieceId : a.PieceId }).ToList();
        Assert.StartsWith("order", PageProof.FirstMismatch([a, b], flipped, pages));
        Assert.StartsWith("address", PageProof.FirstMismatch([a with { ToName = "丙川 三郎" }, b], rendered, pages));
        Assert.StartsWith("qr", PageProof.FirstMismatch([a with { ApplicationId = b.ApplicationId }, b], rendered, pages));
        Assert.StartsWith("pages", PageProof.FirstMismatch([a, b], rendered, pages[..^1]));

        PieceData Form(string letter, string name) => new()
        {
            Document = "application-form",
            PieceId = new string(letter[0], 16),
            Name = name,
            NameKana = "カナ",
            BirthDate = new DateOnly(1990, 1, 1),
            Sex = "F",
            PostalCode = "1000001",
            Address = "東京都千代田区千代田　1-1",
            ToPostalCode = "1000001",
            ToAddress = "東京都千代田区千代田　1-1",
            ToName = name,
            ApplicationId = new string((char)('1' + letter[0] - 'A'), 23),
            IssuedOn = PieceWorld.Monday,
            MunicipalityName = "千代田区",
            Prefecture = "東京都",
            PrintedOn = PieceWorld.Monday,
        };
    }

    [Fact]
    public async Task R99_A_name_that_cannot_be_printed_withholds_the_piece_until_the_register_has_another()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1", name: "山田\U000F0000");
        await world.CardAsync("R1", "arrived");
        Assert.True(await world.NightAsync(), await StuckAsync(world));
        Assert.Equal("withheld/missing-glyph", await world.OneAsync<string>("SELECT state || '/' || reason FROM piece"));
        Assert.Equal(1, await world.OneAsync<long>("SELECT count(*) FROM alert WHERE code = 'pieces-withheld'"));

        await world.RunAsync("UPDATE resident SET name = '山田 太郎'");
        Assert.True(await world.NightAsync(PieceWorld.Monday.AddDays(1)));
        Assert.Equal("sent", await world.OneAsync<string>("SELECT state FROM piece"));
    }

    [Fact]
    public async Task The_control_files_of_a_product_form_a_chain()
    {
        await using var world = await PieceWorld.MakeAsync();
        await world.ResidentAsync("R1");
        await world.CardAsync("R1", "arrived");
        await world.NightAsync();
        await world.ResidentAsync("R2");
        await world.CardAsync("R2", "arrived");
        await world.NightAsync(PieceWorld.Monday.AddDays(1));

        var first = Control(world.Drop("issuance-notice"));
        var second = Control(world.Drop("issuance-notice", PieceWorld.Monday.AddDays(1)));
        Assert.Equal(JsonValueKind.Null, first.Json.GetProperty("previous_sha256").ValueKind);
        Assert.Equal(first.Sha256, second.Json.GetProperty("previous_sha256").GetString());

        static (JsonElement Json, string Sha256) Control(string drop)
        {
            var bytes = File.ReadAllBytes(Path.Combine(drop, "control.json"));
            return (JsonSerializer.Deserialize<JsonElement>(bytes),
                Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
        }
    }

    [Fact]
    public async Task Preflight_names_what_was_tampered_with()
    {
        await using var world = await EverythingAsync();
        await world.NightAsync();
        var drop = world.Drop("issuance-notice");
        File.AppendAllText(Path.Combine(drop, "manifest.csv"), "X,1,99,none.pdf,1,2,1,1000001,,\n");
        File.WriteAllText(Path.Combine(drop, "names.csv"), "name\n");
        File.Delete(Path.Combine(world.Drop("validity-notice"), "READY"));

        var codes = Preflight.Check(drop).Select(finding => finding.Code).ToHashSet();
        Assert.Subset(codes, new HashSet<string> { "hash-differs", "unlisted", "differs-from-control", "pieces-differ",
            "sequence-broken" });
        Assert.Contains(Preflight.Check(world.Drop("validity-notice")), finding => finding.Code == "ready-missing");
    }

    internal static async Task<PieceWorld> EverythingAsync()
    {
        var world = await PieceWorld.MakeAsync();
        foreach (var id in new[] { "R1", "R2", "R3", "R4", "R5", "R6" })
        {
            await world.ResidentAsync(id);
        }

        await world.CardAsync("R1", "arrived");
        await world.CardAsync("R2", "arrived");
        await world.ApplicationAsync("E1-001", "R3", "incomplete", "R11/signature-missing", "R20/photo-missing");
        await world.CardAsync("R4", "delivered",
            "valid_until = '2027-01-20', signature_certificate_until = '2027-01-20', issued_on = '2017-01-01'");
        await world.CardAsync("R5", "delivered", "user_certificate_until = '2027-01-20', issued_on = '2022-01-01'");
        await world.RunAsync(
            """
            INSERT INTO event VALUES ('EV1', 'F', 1, '2026-11-23', 'form-reissue-requested', '131016', 'R6', '', '', 'applied', NULL, '2026-11-23')
            """);
        await world.ResidentAsync("N1", household: "HN", numberAssigned: new(2026, 11, 10));
        await world.ResidentAsync("N2", household: "HN", numberAssigned: new(2026, 11, 10));
        return world;
    }

    internal static async Task<string> StuckAsync(PieceWorld world) => string.Join("; ", await world.AllAsync<string>(
        "SELECT act || ' ' || from_key || ' ' || state || ' ' || coalesce(error_class, '') || ' ' || coalesce(error_text, '') FROM part WHERE state <> 'done'"));

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
