using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Batch.People;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;

namespace MyNumber.Batch.Recovery;

/// <summary>What a person's word that a night was a mistake brought.</summary>
public enum SetAsideOutcome
{
    /// <summary>It is no complete night after today: nothing changed.</summary>
    NotSuch,

    /// <summary>The same person again: refused.</summary>
    SamePerson,

    /// <summary>The first of two.</summary>
    First,

    /// <summary>Two people said so: its date no longer counts.</summary>
    SetAside,
}

/// <summary>
/// A complete night that lies after today was a mistake: until it is set aside, every night up to its date is refused. What it
/// decided stays and has left the house; its date no longer counts as the last, and on its day the night is played as any other.
/// </summary>
public static class NightsSetAside
{
    private const string Kind = "night-set-aside";

    // The answers to inquiries are those of the mistaken night until the next real one replaces them: they must look older
    // than it, or they would stand beside its own.
    private const string SetAsideSql = """
        WITH aside AS (UPDATE run SET state = 'set-aside' WHERE id = $1 RETURNING id)
        UPDATE status_answer SET business_date = (
          SELECT coalesce(max(business_date), DATE '1900-01-01') FROM run, aside
          WHERE run.kind = 'night' AND run.state = 'complete' AND run.id <> aside.id)
        WHERE business_date = $2 AND EXISTS (SELECT FROM aside)
        """;

    /// <summary>One person's word.</summary>
    public static async Task<SetAsideOutcome> DeclareAsync(
        NightServices services, long runId, Because because, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(because);
        var now = services.Clock.GetUtcNow();
        await using var connection = await services.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await RunOpener.LockNightsAsync(connection, transaction, cancellation);
        var night = await Sql.QueryAsync(
            connection, transaction,
            "SELECT business_date FROM run WHERE id = $1 AND kind = 'night' AND state = 'complete' AND business_date > $2 FOR UPDATE",
            row => row.GetFieldValue<DateOnly>(0), cancellation, runId, RunDates.Today(now));
        if (night.Count == 0)
        {
            return SetAsideOutcome.NotSuch;
        }

        // The run's number belongs to it: a date may be mistaken twice, and takes two people each time.
        var subject = string.Create(CultureInfo.InvariantCulture, $"{night[0]:yyyy-MM-dd} run {runId}");
        var approval = await Approvals.ApproveAsync(
            connection, transaction, Kind, subject, because.By, because.Reason, now, cancellation);
        if (approval == ApprovalOutcome.SamePerson)
        {
            return SetAsideOutcome.SamePerson;
        }

        if (approval == ApprovalOutcome.Complete)
        {
            await Sql.ExecuteAsync(connection, transaction, SetAsideSql, cancellation, runId, night[0]);
            await Alerts.ResolveAsync(
                connection, transaction, RunMonitor.AfterToday, RunMonitor.Subject(night[0]), now, cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return approval == ApprovalOutcome.Complete ? SetAsideOutcome.SetAside : SetAsideOutcome.First;
    }
}
