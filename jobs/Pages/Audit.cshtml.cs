using Dapper;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyNumber.Batch.Runs.Auditing;
using Npgsql;

namespace MyNumber.Jobs.Pages;

/// <summary>One entry of the audit table.</summary>
/// <param name="Sequence">Its number in the chain.</param>
/// <param name="At">UTC.</param>
/// <param name="Subject">To what.</param>
public sealed record AuditRow(long Sequence, DateTime At, string Person, string Action, string Subject, string Reason);

/// <summary>Every act of a person, newest first, and whether the chain is whole.</summary>
public sealed class AuditModel(NpgsqlDataSource database) : PageModel
{
    /// <summary>Rows on the page.</summary>
    public const int RowsMax = 500;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<AuditRow> Entries { get; private set; } = [];

    /// <summary>First entry that does not fit the chain; null where all do.</summary>
    public long? Broken { get; private set; }

    /// <summary>The page.</summary>
    public async Task OnGetAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        Entries = [.. await connection.QueryAsync<AuditRow>(new CommandDefinition(
            "SELECT sequence, at, person, action, subject, reason FROM audit ORDER BY sequence DESC LIMIT @max",
            new { max = RowsMax }, cancellationToken: cancellation))];
        Broken = await Audit.FirstBrokenAsync(connection, cancellation);
    }
}
