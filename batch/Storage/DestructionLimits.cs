using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Storage;

/// <summary>
/// How much a night may destroy or propose for it by itself: so many times the largest number of the last nights, and never
/// less than a floor. Whatever makes far more of it due (a wrong date, a wrong setting, a wrong register) is a person's matter.
/// </summary>
/// <param name="Keys">Keys that may still be destroyed.</param>
/// <param name="Disposals">Cards that may still be proposed.</param>
internal sealed record DestructionLimits(long Keys, long Disposals)
{
    // Runs of one date share its limit: a proposal on the same day must not double it. What two people released is not
    // reckoned in, or one release would lift the limit of the nights after it.
    private const string LimitsSql = """
        WITH night AS (
          SELECT business_date FROM run WHERE kind = 'night' AND state = 'complete' AND business_date < $1
          ORDER BY business_date DESC LIMIT $2),
        day AS (
          SELECT destruction.business_date, sum(keys)::bigint AS keys, sum(disposals)::bigint AS disposals
          FROM destruction JOIN run ON run.id = destruction.run_id WHERE run.state <> 'set-aside'
          GROUP BY destruction.business_date),
        largest AS (
          SELECT coalesce(max(keys), 0) AS keys, coalesce(max(disposals), 0) AS disposals
          FROM night JOIN day USING (business_date)),
        used AS (
          SELECT coalesce(sum(keys), 0)::bigint AS keys, coalesce(sum(disposals), 0)::bigint AS disposals
          FROM destruction WHERE business_date = $1)
        SELECT greatest($3, $4 * largest.keys) - used.keys, greatest($3, $4 * largest.disposals) - used.disposals
        FROM largest, used
        """;

    public static async Task<DestructionLimits> LoadAsync(
        StoreContext context, Policy policy, CancellationToken cancellation) =>
        (await Sql.QueryAsync(
            context.Connection, context.Transaction, LimitsSql,
            row => new DestructionLimits(Math.Max(0, row.GetInt64(0)), Math.Max(0, row.GetInt64(1))), cancellation,
            context.BusinessDate, policy.DestructionNights, (long)policy.DestructionMin, (long)policy.DestructionTimesMax)).Single();

    /// <summary>Remembers what this run did of its own accord.</summary>
    public static Task RecordAsync(StoreContext context, long keys, long disposals, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            "INSERT INTO destruction (run_id, business_date, keys, disposals) VALUES ($1, $2, $3, $4)", cancellation,
            context.Run.Id, context.BusinessDate, keys, disposals);
}
