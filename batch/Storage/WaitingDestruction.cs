using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Storage;

/// <summary>What a run takes of all that is due.</summary>
/// <param name="Subjects">In the order given.</param>
/// <param name="OwnAccord">How many of them no person released.</param>
internal sealed record Taken(IReadOnlyList<string> Subjects, long OwnAccord);

/// <summary>What was over a night's limit: it waits, with an alert, until two people release it.</summary>
internal static class WaitingDestruction
{
    public const string Key = "key";
    public const string Disposal = "disposal";
    public const string AlertCode = "destruction-waits";

    /// <summary>Takes what was released and, up to the limit, what is newly due; the rest waits from now on.</summary>
    /// <param name="kind"><see cref="Key"/> or <see cref="Disposal"/>.</param>
    /// <param name="due">All that is due, in the order in which it is taken.</param>
    /// <param name="limit">How many more may be taken unasked.</param>
    public static async Task<Taken> TakeAsync(
        StoreContext context, string kind, IReadOnlyList<string> due, long limit, CancellationToken cancellation)
    {
        // What is not due any more waits for nobody.
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            "DELETE FROM destruction_waiting WHERE kind = $1 AND subject <> ALL ($2)", cancellation, kind, due.ToArray());
        var waiting = (await Sql.QueryAsync(
                context.Connection, context.Transaction, "SELECT subject, released FROM destruction_waiting WHERE kind = $1",
                row => (Subject: row.GetString(0), Released: row.GetBoolean(1)), cancellation, kind))
            .ToDictionary(one => one.Subject, one => one.Released);
        var fresh = due.Where(subject => !waiting.ContainsKey(subject)).ToList();
        var own = fresh.Take((int)Math.Min(limit, int.MaxValue)).ToHashSet();
        var taken = due.Where(subject => own.Contains(subject) || waiting.GetValueOrDefault(subject)).ToList();
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            WITH gone AS (DELETE FROM destruction_waiting WHERE kind = $1 AND subject = ANY ($2))
            INSERT INTO destruction_waiting (kind, subject, since) SELECT $1, subject, $4 FROM unnest($3::text[]) AS subject
            """,
            cancellation, kind, taken.ToArray(), fresh.Skip(own.Count).ToArray(), context.BusinessDate);
        return new(taken, own.Count);
    }

    /// <summary>An alert for each night whose rest still waits; those of the others are resolved.</summary>
    public static async Task TellAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now, CancellationToken cancellation)
    {
        var nights = await NightsAsync(connection, transaction, cancellation);
        foreach (var night in nights)
        {
            await Alerts.RaiseWhileAsync(
                connection, transaction, AlertCode, Subject(night.Since),
                FormattableString.Invariant(
                    $"{night.Keys} keys to destroy and {night.Disposals} cards to dispose of were far more than in the nights before: they wait. ")
                + FormattableString.Invariant(
                    $"Look whether dates, settings and register are right; then two people say `purge release --date {night.Since:yyyy-MM-dd}`."),
                now, cancellation);
        }

        await Alerts.ResolveOthersAsync(
            connection, transaction, AlertCode, nights.Select(night => Subject(night.Since)), now, cancellation);
    }

    /// <summary>What waits unreleased, by the night that it was too much for.</summary>
    public static Task<IReadOnlyList<WaitingNight>> NightsAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellation) =>
        Sql.QueryAsync(
            connection, transaction,
            """
            SELECT since, count(*) FILTER (WHERE kind = 'key'), count(*) FILTER (WHERE kind = 'disposal')
            FROM destruction_waiting WHERE NOT released GROUP BY since ORDER BY since
            """,
            row => new WaitingNight(row.GetFieldValue<DateOnly>(0), row.GetInt64(1), row.GetInt64(2)), cancellation);

    private static string Subject(DateOnly since) => FormattableString.Invariant($"night of {since:yyyy-MM-dd}");
}

/// <summary>What was over one night's limit and waits for two people.</summary>
/// <param name="Since">The night.</param>
/// <param name="Disposals">Cards to be proposed for disposal.</param>
public sealed record WaitingNight(DateOnly Since, long Keys, long Disposals);
