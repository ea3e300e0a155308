using System.Text;
using MyNumber.Batch.Database;
using MyNumber.Batch.Files;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Notices;

/// <summary>
/// R51. Rejected applications of every channel: `outbox/rejections/DATE.csv` tells the municipality, each once. By mail no
/// letter goes out, so it alone can tell the applicant.
/// </summary>
/// <remarks>
/// Told is the resident's municipality; where nobody could be identified that of the resident whose form or Individual Number
/// was used, as it is the one that can help or wants to know. Neither that nor any name is in the file. Empty where the form
/// and the number are in no register: then no municipality has to do with it.
/// </remarks>
public static class Rejections
{
    /// <summary>The flat drop's product and folder.</summary>
    public const string Product = "rejections";

    private const string DueSql = """
        FROM application
        JOIN finding ON finding.application_key = application.key AND finding.severity = 'reject'
        LEFT JOIN resident
          ON resident.resident_id = coalesce(application.resident_id, application.presumed_resident_id)
        WHERE application.state = 'rejected'
          AND NOT EXISTS (SELECT 1 FROM rejection WHERE rejection.application_key = application.key)
        """;

    /// <summary>True where there is something to tell.</summary>
    public static Task<bool> AnyAsync(StoreContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Sql.ScalarAsync<bool>(
            context.Connection, context.Transaction, $"SELECT EXISTS (SELECT 1 {DueSql})", cancellation);
    }

    /// <summary>Puts every rejection that nobody was told of yet into a drop.</summary>
    public static Task FreezeAsync(StoreContext context, long dropId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            $"""
            INSERT INTO rejection (application_key, rule, municipality_code, business_date, drop_id)
            SELECT DISTINCT application.key, finding.rule, coalesce(resident.municipality_code, ''), $1::date, $2::bigint
            {DueSql}
            """,
            cancellation, context.BusinessDate, dropId);
    }

    /// <summary>The file's content, from the rows alone.</summary>
    public static async Task<byte[]> ContentAsync(NpgsqlDataSource database, long dropId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await Sql.QueryAsync(
            connection, null,
            """
            SELECT application_key, municipality_code, rule, application.channel
            FROM rejection JOIN application ON application.key = application_key WHERE drop_id = $1
            ORDER BY application_key COLLATE "C", rule COLLATE "C"
            """,
            row => (IReadOnlyList<string>)[.. Enumerable.Range(0, row.FieldCount).Select(row.GetString)], cancellation, dropId);
        return CsvText.Bytes("key,municipality_code,rule,channel", rows);
    }
}
