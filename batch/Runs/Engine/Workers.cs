using System.Globalization;
using MyNumber.Batch.Database;
using Npgsql;

namespace MyNumber.Batch.Runs.Engine;

/// <summary>A worker that its host has just evicted.</summary>
/// <param name="Id">Its row.</param>
/// <param name="HeldPart">What it held, if that is not worked alone already.</param>
public sealed record DeadWorker(long Id, long? HeldPart);

/// <summary>
/// The rows of worker processes. A worker is alive or dead; dead is final, and frees what it held. Evicting says that
/// another one is dead.
/// </summary>
public static class Workers
{
    /// <summary>Writes a row for this process.</summary>
    /// <param name="database">The database; its connection string's Application Name names the sessions.</param>
    /// <param name="ownsSessions">
    /// Every session of this name is this worker's, on all hosts: they are ended when it is evicted, so that a process
    /// that stands still in the middle of a transaction (or of a COPY, which no idle timeout ends) keeps no row from others.
    /// </param>
    /// <returns>The worker's id.</returns>
    public static async Task<long> RegisterAsync(
        NpgsqlDataSource database, bool ownsSessions, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        var pid = Environment.ProcessId;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Sql.ScalarAsync<long>(
            connection, null,
            """
            INSERT INTO worker (host, boot, pid, started, sessions)
            VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN nullif(current_setting('application_name'), '') END) RETURNING id
            """,
            cancellation, Environment.MachineName, Boot(), pid, Started(pid) ?? "", ownsSessions);
    }

    /// <summary>
    /// The statement that evicts other workers which match a condition, for good, and ends their sessions; it answers how
    /// many there were, the first one's id, and the part that this one held. A part that is worked alone is not remembered:
    /// its deaths count as it is.
    /// </summary>
    internal static string EvictSql(string which) => $"""
        WITH evicted AS (
          UPDATE worker SET state = 'dead', held_part = (
            SELECT part.id FROM part
            WHERE part.worker_id = worker.id AND part.state = 'leased' AND part.lost < {Claims.LostMax} LIMIT 1)
          WHERE state = 'alive' AND {which} RETURNING id, sessions, held_part)
        SELECT (SELECT count(*) FROM evicted)::int, (
          SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
          WHERE datname = current_database() AND application_name IN (SELECT sessions FROM evicted)),
          (SELECT id FROM evicted ORDER BY id LIMIT 1), (SELECT held_part FROM evicted ORDER BY id LIMIT 1)
        """;

    /// <summary>The caller's own worker takes nothing more; what it held can be claimed from now on.</summary>
    public static async Task MarkDeadAsync(NpgsqlDataSource database, long workerId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await Sql.ExecuteAsync(
            connection, null, "UPDATE worker SET state = 'dead' WHERE id = $1 AND state = 'alive'", cancellation, workerId);
        await RunTransitions.NotifyAsync(connection, null, cancellation);
    }

    /// <summary>
    /// Evicts the workers of this host whose process is no more: dead, another one under its number, or of the time
    /// before the last boot.
    /// </summary>
    /// <returns>How many were evicted.</returns>
    public static async Task<int> EvictDeadOfThisHostAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        var boot = Boot();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await Sql.QueryAsync(
            connection, null, "SELECT id, boot, pid, started FROM worker WHERE state = 'alive' AND host = $1 ORDER BY id",
            row => (Id: row.GetInt64(0), Boot: row.GetString(1), Pid: row.GetInt32(2), Started: row.GetString(3)),
            cancellation, Environment.MachineName);
        var dead = rows
            .Where(row => row.Boot == boot
                ? Started(row.Pid) != row.Started
                // Another container on the same boot numbers its processes on its own: its dead are not ours to see.
                : row.Boot.Split('/')[0] != boot.Split('/')[0])
            .Select(row => row.Id).ToArray();
        if (dead.Length > 0)
        {
            await Sql.ExecuteAsync(connection, null, EvictSql("id = ANY($1)"), cancellation, dead);
            await RunTransitions.NotifyAsync(connection, null, cancellation);
        }

        return dead.Length;
    }

    /// <summary>Evicts the worker that ran in a process of this host.</summary>
    /// <returns>Null where there is none, or where it was evicted before.</returns>
    public static async Task<DeadWorker?> EvictProcessAsync(
        NpgsqlDataSource database, int pid, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var dead = await Sql.QueryAsync(
            connection, null, EvictSql("host = $1 AND boot = $2 AND pid = $3"),
            row => row.IsDBNull(2) ? null : new DeadWorker(row.GetInt64(2), row.IsDBNull(3) ? null : row.GetInt64(3)),
            cancellation, Environment.MachineName, Boot(), pid);
        await RunTransitions.NotifyAsync(connection, null, cancellation);
        return dead[0];
    }

    /// <summary>
    /// A host that lived on says that this worker of its own died alone: what it held may have been the cause, and that
    /// claim counts (ENGINE.md, rule 5). Said once, however often it is called. Whether the part has been taken over
    /// meanwhile makes no difference: the claim counts it as lost, this takes that back.
    /// </summary>
    public static async Task DiedAloneAsync(NpgsqlDataSource database, long workerId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await Sql.ExecuteAsync(
            connection, null,
            """
            WITH dead AS (
              SELECT id, held_part FROM worker WHERE id = $1 AND state = 'dead' AND held_part IS NOT NULL FOR UPDATE),
            said AS (UPDATE worker SET held_part = NULL FROM dead WHERE worker.id = dead.id)
            UPDATE part SET attempts = attempts + 1, lost = lost - 1 FROM dead WHERE part.id = dead.held_part
            """,
            cancellation, workerId);
    }

    internal static async Task PutBackAllAsync(NpgsqlDataSource database, long workerId, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await Sql.ExecuteAsync(
            connection, null,
            """
            UPDATE part SET state = 'ready', worker_id = NULL, attempts = greatest(attempts - 1, 0)
            WHERE worker_id = $1 AND state = 'leased'
            """,
            cancellation, workerId);
    }

    // Boot id and process-number space: a pid means nothing in another of either.
    private static string Boot()
    {
        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        var space = new FileInfo("/proc/self/ns/pid").LinkTarget ?? "";
        return $"{boot}/{space}";
    }

    /// <summary>The start time of a process in kernel ticks; null where it is dead.</summary>
    private static string? Started(int pid)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            // The name in brackets may hold spaces and brackets itself; the fields after it are counted from its end.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : fields[19];
        }
        catch (IOException)
        {
            // No such process any more: its file is missing, or went while it was read.
            return null;
        }
    }
}
