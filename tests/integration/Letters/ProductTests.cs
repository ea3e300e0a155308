using System.Text.RegularExpressions;
using Dapper;
using MyNumber.Batch.Letters;
using MyNumber.Batch.Printing;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Operators;
using MyNumber.Templates.Letters;
using MyNumber.Tests.Integration.Printing;

namespace MyNumber.Tests.Integration.Letters;

/// <summary>
/// A product is one thing: with its file, its line in the list and its migration a letter goes through whole nights. One
/// that the list lacks, or a piece that is forgotten for whatever reason, stops the night and is named.
/// </summary>
public sealed partial class ProductTests
{
    private static readonly Because Because = new("operator-1", "a test of letters");

    [Fact]
    public async Task The_database_allows_the_products_of_the_list_and_no_other()
    {
        await using var world = await PieceWorld.MakeAsync();
        var check = await world.OneAsync<string>(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'piece_product_check'");
        Assert.Equal(
            Products.All.Names.Order(StringComparer.Ordinal),
            Quoted().Matches(check).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_document_that_goes_by_mail_is_of_one_product()
    {
        // Forms that nobody is mailed for themselves, and the mount, which lies in front of other documents.
        string[] alone = ["renewal-application-form", "handwritten-application-form", "reapplication-form", "address-mount"];
        Assert.Equal(
            DocumentList.All.Select(document => document.Name).Except(alone).Order(StringComparer.Ordinal),
            Products.All.List.SelectMany(product => product.Documents).Select(one => one.Document.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_letter_of_the_list_is_wanted_printed_sealed_handed_over_and_printed_again()
    {
        await using var world = await WithResidentsAsync(ToyLetter.Products);
        await world.RunAsync("UPDATE resident SET name = '山田 要らない' WHERE resident_id = 'R3'");
        Assert.True(await world.NightAsync(), await PrintNightTests.StuckAsync(world));

        var drop = world.Drop(ToyLetter.Name);
        Assert.True(File.Exists(Path.Combine(drop, "READY")));
        Assert.Empty(Preflight.Check(drop, ToyLetter.Products));
        Assert.Equal(["toy", "toy"], File.ReadLines(Path.Combine(drop, "manifest.csv")).Skip(1).Select(line => line.Split(',')[8]));
        Assert.Equal(["top", "top"], File.ReadLines(Path.Combine(drop, "toys.csv")).Skip(1).Select(line => line.Split(',')[2]));
        Assert.Equal(
            ["R1 sent", "R2 sent", "R3 suppressed wants-none"],
            await world.AllAsync<string>("SELECT concat_ws(' ', subject, state, reason) FROM piece ORDER BY subject"));

        await world.RunAsync("UPDATE piece SET state = 'spoiled' WHERE subject = 'R2'");
        Assert.True(await world.NightAsync(PieceWorld.Monday.AddDays(1)), await PrintNightTests.StuckAsync(world));
        Assert.Equal(
            ["R1 1 sent", "R2 1 spoiled", "R2 2 sent", "R3 1 suppressed"],
            await world.AllAsync<string>("SELECT concat_ws(' ', subject, generation, state) FROM piece ORDER BY subject, generation"));
        Assert.True(File.Exists(Path.Combine(world.Drop(ToyLetter.Name, PieceWorld.Monday.AddDays(1)), "READY")));
    }

    [Fact]
    public async Task A_wanted_piece_of_a_product_that_the_list_lacks_stops_the_night_until_a_program_lists_it()
    {
        await using var world = await WithResidentsAsync(Products.All);
        await world.CardAsync("R1", "arrived");
        await world.RunAsync(WantedToy);

        Assert.False(await world.NightAsync());
        Assert.Equal(["notices"], await world.AllAsync<string>("SELECT name FROM step WHERE state = 'unbalanced'"));
        var alert = await world.OneAsync<string>("SELECT what_to_do FROM alert WHERE code = 'law-broken' AND resolved_at IS NULL");
        Assert.Contains("batch/Letters/Products.cs", alert, StringComparison.Ordinal);
        Assert.Contains($"({ToyLetter.Name}: 1)", alert, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(world.Outbox, "print")));

        var engine = world.Engine(ToyLetter.Products);
        await new OperatorActs(engine).RerunAsync(1, null, Because, CancellationToken.None);
        Assert.True(await world.WorkAsync(engine, PieceWorld.Monday), await PrintNightTests.StuckAsync(world));
        Assert.Equal(["sent"], await world.AllAsync<string>("SELECT DISTINCT state FROM piece"));
        Assert.True(File.Exists(Path.Combine(world.Drop(ToyLetter.Name), "READY")));
    }

    [Fact]
    public async Task A_piece_that_nobody_printed_stops_the_night_before_anything_leaves_the_house()
    {
        await using var world = await WithResidentsAsync(Products.All);
        await world.CardAsync("R1", "arrived");
        world.BeforeSeal = context => context.Connection.ExecuteAsync(WantedToy);

        Assert.False(await world.NightAsync());
        Assert.Equal(["print"], await world.AllAsync<string>("SELECT name FROM step WHERE state = 'unbalanced'"));
        Assert.Contains(
            $"pieces left wanted = held tonight, each for a reason: 1 is not 0 ({ToyLetter.Name}: 1)",
            await world.OneAsync<string>("SELECT what_to_do FROM alert WHERE code = 'law-broken'"), StringComparison.Ordinal);
        Assert.Empty(await world.AllAsync<string>("SELECT product FROM drop WHERE state <> 'frozen'"));
        Assert.False(Directory.Exists(world.Drop("issuance-notice")));
    }

    [Fact]
    public async Task The_pieces_of_a_file_that_a_person_skips_are_held_by_name_and_printed_the_next_night()
    {
        await using var world = await WithResidentsAsync(Products.All);
        await world.CardAsync("R1", "arrived");
        await world.RunAsync(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no'' USING ERRCODE = ''23514''; END';
            CREATE TRIGGER refuse BEFORE INSERT ON file FOR EACH ROW WHEN (NEW.path LIKE '%.pdf') EXECUTE FUNCTION refuse();
            """);
        Assert.False(await world.NightAsync());

        var engine = world.Engine();
        var failed = Assert.Single(await new OperatorActs(engine).FailedAsync(1, CancellationToken.None));
        await new OperatorActs(engine).SkipAsync(failed.Id, Because, CancellationToken.None);
        Assert.True(await world.WorkAsync(engine, PieceWorld.Monday), await PrintNightTests.StuckAsync(world));
        Assert.Equal(
            ["wanted held file-skipped"],
            await world.AllAsync<string>(
                "SELECT concat_ws(' ', piece.state, item.outcome, item.reason) FROM piece JOIN item ON item.subject = piece.piece_id AND item.step_ordinal = 2"));

        await world.RunAsync("DROP TRIGGER refuse ON file");
        Assert.True(await world.NightAsync(PieceWorld.Monday.AddDays(1)), await PrintNightTests.StuckAsync(world));
        Assert.Equal(["sent"], await world.AllAsync<string>("SELECT DISTINCT state FROM piece"));
    }

    private const string WantedToy = $"""
        INSERT INTO piece (piece_id, product, subject, occasion, generation, state, document, resident_id, municipality_code,
          wanted_on, state_on)
        VALUES ('TTTTTTTTTTTTTTTT', '{ToyLetter.Name}', 'R2', 'first', 1, 'wanted', 'address-mount', 'R2', '131016',
          '2026-11-23', '2026-11-23')
        """;

    private static async Task<PieceWorld> WithResidentsAsync(Products products)
    {
        var world = await PieceWorld.MakeAsync(products: products);
        await world.RunAsync(ToyLetter.Migration);
        foreach (var id in new[] { "R1", "R2", "R3" })
        {
            await world.ResidentAsync(id);
        }

        return world;
    }

    [GeneratedRegex("'([a-z-]+)'")]
    private static partial Regex Quoted();
}
