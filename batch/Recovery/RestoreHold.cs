using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Recovery;

/// <summary>
/// After a restore nothing leaves the house until a person has found out what is out already: the steps `order-cards` and
/// `print` refuse to plan and to publish. The hold stands from `restored` to `restored --over`, both in the audit table.
/// </summary>
public static class RestoreHold
{
    private const string Declared = "restored";
    private const string Ended = "restore-over";
    private const string AlertCode = "restored";

    /// <summary>Whether it stands.</summary>
    public static async Task<bool> StandsAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellation) =>
        await Sql.ScalarAsync<string>(
            connection, transaction,
            "SELECT action FROM audit WHERE action IN ($1, $2) ORDER BY sequence DESC LIMIT 1", cancellation, Declared,
            Ended) == Declared;

    /// <summary>A person says that the database was restored: the hold begins, with an alert.</summary>
    public static async Task DeclareAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Home home, string person, string reason,
        DateTimeOffset at, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(home);
        await Audit.WriteAsync(connection, transaction, person, Declared, home.Id, reason, at, cancellation);
        await Alerts.RaiseAsync(
            connection, transaction, AlertCode, home.Id,
            "The database was restored: nothing leaves the house. `reconcile` every drop that vendor and factory have and this "
            + "database does not, then say `restored --over`, then `rerun` the night (docs/runbook.md).",
            at, cancellation);
    }

    /// <summary>A person says that every drop that is out is known again: the hold ends.</summary>
    public static async Task EndAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Home home, string person, string reason,
        DateTimeOffset at, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(home);
        await Audit.WriteAsync(connection, transaction, person, Ended, home.Id, reason, at, cancellation);
        await Alerts.ResolveAsync(connection, transaction, AlertCode, home.Id, at, cancellation);
    }

    /// <summary>Called before anything is put in place that a partner takes.</summary>
    /// <exception cref="StepRefusedException">The hold stands, or a drop in the outbox is known to nobody.</exception>
    public static async Task RefuseAsync(NightServices services, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(services);
        await using var connection = await services.Database.OpenConnectionAsync(cancellation);
        await RefuseAsync(connection, null, services.Home, cancellation);
    }

    /// <summary>Called before anything is decided or put in place that a partner takes.</summary>
    /// <exception cref="StepRefusedException">The hold stands, or a drop in the outbox is known to nobody.</exception>
    public static async Task RefuseAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, Home home, CancellationToken cancellation)
    {
        if (await StandsAsync(connection, transaction, cancellation))
        {
            throw new StepRefusedException(
                "restored",
                "The database was restored. `reconcile` what vendor and factory have, say `restored --over`, then `rerun`.");
        }

        var unknown = await FoundDrops.UnknownInOutboxAsync(home, connection, transaction, cancellation);
        if (unknown.Count > 0)
        {
            throw new StepRefusedException(
                "unknown-drop",
                $"outbox/{unknown[0]} is READY and known to nobody ({unknown.Count} in all): was the database restored? "
                + "Say `restored`, or `reconcile` them, then `rerun`.");
        }
    }
}
