using Npgsql;

namespace MyNumber.Batch.Database;

/// <summary>
/// The planner's statistics of what a night writes. Autovacuum comes a minute later, and never sees what the open transaction
/// wrote: a plan that believes in one row, joined to a million, does not end (measured: an answer of 1,000,000 lines).
/// </summary>
internal static class Statistics
{
    /// <summary>Below this a plan that is wrong costs nothing, and small nights are not slowed down.</summary>
    public const int RowsChangedMin = 100;

    // In the order of names, so that two transactions never wait for each other's tables.
    private const string StaleSql = """
        SELECT quote_ident(seen.schemaname) || '.' || quote_ident(seen.relname)
        FROM pg_stat_user_tables AS seen
        JOIN pg_stat_xact_user_tables AS own ON own.relid = seen.relid
        JOIN pg_class ON pg_class.oid = seen.relid
        WHERE seen.schemaname = 'public'
          AND seen.n_mod_since_analyze + own.n_tup_ins + own.n_tup_upd + own.n_tup_del
            > greatest($1, 0.1 * greatest(pg_class.reltuples, 0))
        ORDER BY seen.relname COLLATE "C"
        """;

    /// <summary>Looks anew at every table of which much has changed, also by this very transaction.</summary>
    public static async Task RenewAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        var stale = await Sql.QueryAsync(
            connection, transaction, StaleSql, row => row.GetString(0), cancellation, RowsChangedMin);
        if (stale.Count > 0)
        {
            await Sql.ExecuteAsync(connection, transaction, $"ANALYZE {string.Join(", ", stale)}", cancellation);
        }
    }
}
