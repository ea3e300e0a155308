using MyNumber.Batch.Database;
using MyNumber.Batch.Feeds;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Register;

/// <summary>
/// Applies a register feed: COPY into temporary tables, references checked set-based, then a few upserts. What changed is
/// found by comparing with what was there: moves and departures (R36, R09), changed numbers (R37, R80).
/// </summary>
public static class RegisterStore
{
    /// <summary>Applies one feed, or says what of it refers to nothing and applies none of it.</summary>
    /// <returns>Faults; empty where the feed was applied.</returns>
    public static async Task<IReadOnlyList<FeedFault>> ApplyAsync(
        StoreContext context, CheckedFeed feed, NumberVault numbers, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(feed);
        ArgumentNullException.ThrowIfNull(numbers);
        var residents = feed.Table(RegisterFeed.Residents, RegisterFeed.ResidentColumns);
        await TempTable.CopyAsync(
            context, "new_municipality", feed.Table(RegisterFeed.Municipalities, RegisterFeed.MunicipalityColumns), null, [],
            cancellation);
        await TempTable.CopyAsync(
            context, "new_resident", residents, "individual_number",
            [
                new("number_hash", row => numbers.Hash(residents.Text(row, "individual_number"))),
                new("number_cipher", row => numbers.Encrypt(residents.Text(row, "individual_number"))),
            ],
            cancellation);
        await TempTable.CopyAsync(
            context, "new_form", feed.Table(RegisterFeed.Forms, RegisterFeed.FormColumns), null, [], cancellation);
        await TempTable.CopyAsync(
            context, "new_card", feed.Table(RegisterFeed.Cards, RegisterFeed.CardColumns), null, [], cancellation);

        var faults = await Sql.QueryAsync(
            context.Connection, context.Transaction, RegisterSql.Faults,
            row => new FeedFault(row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetString(3), row.GetString(4)),
            cancellation, FeedTable.FaultsMax);
        if (faults.Count > 0)
        {
            return faults;
        }

        await DatedAsync(context, ResidenceSql.Place, cancellation);
        foreach (var statement in RegisterSql.Undated)
        {
            await Sql.ExecuteAsync(context.Connection, context.Transaction, statement, cancellation);
        }

        await DatedAsync(context, RegisterSql.Dated, cancellation);
        await DatedAsync(context, ResidenceSql.Note, cancellation);
        return [];
    }

    /// <summary>Moves that were planned and whose day has come; call it once all feeds of the night are in.</summary>
    public static Task BeginResidencesAsync(StoreContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        return DatedAsync(context, [ResidenceSql.Begin], cancellation);
    }

    private static async Task DatedAsync(
        StoreContext context, IReadOnlyList<string> statements, CancellationToken cancellation)
    {
        foreach (var statement in statements)
        {
            // Several statements in one take no parameter, so not every one has the day.
            object?[] day = statement.Contains("$1", StringComparison.Ordinal) ? [context.BusinessDate] : [];
            await Sql.ExecuteAsync(context.Connection, context.Transaction, statement, cancellation, day);
        }
    }
}
