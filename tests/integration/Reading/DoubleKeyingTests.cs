using MyNumber.Batch;
using MyNumber.Batch.Intake;
using MyNumber.Batch.Keying;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Reading;
using MyNumber.Tests.Integration.Intake;

namespace MyNumber.Tests.Integration.Reading;

/// <summary>What the reader was sure of is keyed once more, blind: how often it is wrong is measured, and nothing waits.</summary>
public sealed class DoubleKeyingTests
{
    private static readonly string[] Measured =
        ["application_date", "application_id", "braille", "no_signature_certificate", "no_user_certificate"];

    [Fact]
    public async Task Sure_values_are_keyed_once_more_and_one_who_differs_is_asked_about_with_another_person()
    {
        await using var home = await ReadAsync();
        var items = await Reviews.ListAsync(home.Services.Database, CancellationToken.None);
        Assert.Equal(Measured, items.Select(item => item.Field).Order(StringComparer.Ordinal));
        Assert.All(items, item => Assert.True(item.Blind));
        Assert.Equal("received", await home.ScalarAsync<string>("SELECT state FROM application"));
        Assert.NotNull(await new ReviewCrops(home.Services).CropPngAsync(Item(items, "braille"), CancellationToken.None));

        Assert.Equal(ReviewOutcome.Rekeyed, await KeyAsync(home, items, "application_id", FilledForm.ApplicationId, "anna"));
        Assert.Equal(ReviewOutcome.NotOpen, await KeyAsync(home, items, "application_id", FilledForm.ApplicationId, "ben"));
        Assert.Equal(ReviewOutcome.ValueRefused, await KeyAsync(home, items, "application_date", "2026-13-01", "anna"));
        // A slip of anna's: ben reads what the reader read.
        Assert.Equal(ReviewOutcome.Rekeyed, await KeyAsync(home, items, "application_date", "2026-11-21", "anna"));
        Assert.Equal(ReviewOutcome.AnotherPerson, await KeyAsync(home, items, "application_date", "2026-11-20", "anna"));
        Assert.DoesNotContain("application_date",
            (await Reviews.ListAsync(home.Services.Database, CancellationToken.None, "anna")).Select(item => item.Field));
        Assert.Equal(ReviewOutcome.Rekeyed, await KeyAsync(home, items, "application_date", "2026-11-20", "ben"));
        // Nobody can read it.
        Assert.Equal(ReviewOutcome.Rekeyed, await KeyAsync(home, items, "no_user_certificate", DoubleKeying.Illegible, "anna"));
        Assert.Equal(ReviewOutcome.Rekeyed, await KeyAsync(home, items, "no_user_certificate", DoubleKeying.Illegible, "ben"));

        Assert.Equal(
            "application_date agreed, application_id agreed, braille open, no_signature_certificate open, no_user_certificate unclear",
            await home.ScalarAsync<string>("SELECT string_agg(field || ' ' || state, ', ' ORDER BY field) FROM rekey_item"));
        Assert.Equal(5, await home.ScalarAsync<long>("SELECT count(*) FROM audit WHERE action = 'review-rekey'"));
        Assert.Equal(0, await home.ScalarAsync<long>("SELECT count(*) FROM review_item"));
        Assert.Equal(0, await home.ScalarAsync<long>("SELECT count(*) FROM rekey_item WHERE value_cipher IS NOT NULL"));
    }

    [Fact]
    public async Task Two_people_who_agree_against_the_reader_are_believed_and_a_scanner_that_misreads_is_an_alert()
    {
        await using var home = await ReadAsync();
        var items = await Reviews.ListAsync(home.Services.Database, CancellationToken.None);
        await home.ExecuteAsync("UPDATE application SET to_validate = false");
        await KeyAsync(home, items, "braille", "0", "anna");
        Assert.Equal("differs", await StateAsync(home, "braille"));
        Assert.False(await home.ScalarAsync<bool>("SELECT to_validate FROM application"));
        await KeyAsync(home, items, "braille", "0", "ben");
        Assert.Equal("misread", await StateAsync(home, "braille"));
        Assert.True(await home.ScalarAsync<bool>("SELECT to_validate FROM application"));
        var reading = Assert.Single(await ReadingStore.LoadAsync(
            home.Services.Database, home.Services.Keys, ["E1-1"], CancellationToken.None));
        Assert.False(reading.Front!.Reading!.Marks["braille"].Filled);

        // Decided meanwhile: it cannot be mended, so a person must know.
        await home.ExecuteAsync("UPDATE application SET state = 'rejected'");
        await KeyAsync(home, items, "application_date", "2026-11-19", "anna");
        await KeyAsync(home, items, "application_date", "2026-11-19", "ben");
        Assert.Equal("application E1-1 application_date",
            await home.ScalarAsync<string>("SELECT subject FROM alert WHERE code = 'value-misread'"));

        Assert.Equal("complete", await home.NightAsync(IntakeHome.Date.AddDays(1)));
        Assert.Equal("mail", await home.ScalarAsync<string>(
            "SELECT subject FROM alert WHERE code = 'scanner-misreads' AND resolved_at IS NULL"));
        // Long after, the rate is no longer so.
        await home.ExecuteAsync("UPDATE rekey_item SET opened_on = '2026-01-01'");
        Assert.Equal("complete", await home.NightAsync(IntakeHome.Date.AddDays(2)));
        Assert.Null(await home.ScalarAsync<string?>("SELECT subject FROM alert WHERE code = 'scanner-misreads' AND resolved_at IS NULL"));
    }

    [Fact]
    public void The_share_is_the_same_on_every_run_and_another_under_another_key()
    {
        const int perMille = 20, values = 20_000;
        var sampled = Sampled(new Ids([1, 2, 3]));
        Assert.Equal(sampled, Sampled(new Ids([1, 2, 3])));
        Assert.InRange(sampled.Count, values * perMille / 1000 * 8 / 10, values * perMille / 1000 * 12 / 10);
        Assert.True(sampled.Intersect(Sampled(new Ids([4, 5, 6]))).Count() < sampled.Count / 5);
        Assert.False(new Ids([1, 2, 3]).IsRekeyed("E-1", "front", "braille", 0));
        Assert.True(new Ids([1, 2, 3]).IsRekeyed("E-1", "front", "braille", 1000));

        static List<int> Sampled(Ids ids) =>
            [.. Enumerable.Range(0, values).Where(n => ids.IsRekeyed($"E-{n}", "front", "braille", perMille))];
    }

    [Theory]
    [InlineData("20261124-mail", "mail")]
    [InlineData("mailroom_b-20261124-003", "mailroom-b")]
    [InlineData("scanner2.20261124", "scanner2")]
    [InlineData("20261124", "scanner")]
    public void A_scanner_is_what_its_drops_have_in_common(string drop, string scanner) =>
        Assert.Equal(scanner, SureValues.ScannerOf(drop));

    [Theory]
    [InlineData(0, 0, 0, 1)]            // Nothing keyed: nothing known.
    [InlineData(3_000, 0, 0, 0.000998)] // None wrong: at most 3 in as many.
    [InlineData(1_000, 5, 0.001972, 0.010484)]
    [InlineData(10, 10, 0.741134, 1)]
    public void The_bounds_of_a_rate_are_those_of_clopper_and_pearson(long keyed, long wrong, double lower, double upper)
    {
        var rate = new MisreadRate("mail", keyed, wrong);
        Assert.Equal(lower, rate.LowerBound, 0.00001);
        Assert.Equal(upper, rate.UpperBound, 0.00001);
    }

    private static async Task<IntakeHome> ReadAsync()
    {
        var home = await IntakeHome.CreateAsync(
            services => [new IntakeStep(services).Definition, new ReadStep(services).Definition],
            new Policy { RekeyPerMille = 1000 });
        using var scan = FilledForm.Fill();
        home.Scans("20261124-mail", [("a.png", FilledForm.Png(scan))], "E1,1,front,a.png,1,2026-11-24,form");
        Assert.Equal("complete", await home.NightAsync());
        return home;
    }

    private static string Item(IReadOnlyList<ReviewItem> items, string field) => items.Single(item => item.Field == field).Item;

    private static Task<ReviewOutcome> KeyAsync(
        IntakeHome home, IReadOnlyList<ReviewItem> items, string field, string value, string person) => Reviews.DecideAsync(
            home.Services.Database, home.Services.Keys, Item(items, field), value, person, "Read from the crop.",
            TimeProvider.System.GetUtcNow(), CancellationToken.None);

    private static Task<string> StateAsync(IntakeHome home, string field) =>
        home.ScalarAsync<string>("SELECT state FROM rekey_item WHERE field = @field", new { field });
}
