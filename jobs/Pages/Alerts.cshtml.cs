using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Auditing;
using Npgsql;

namespace MyNumber.Jobs.Pages;

/// <summary>One alert.</summary>
/// <param name="Id">Its number.</param>
/// <param name="At">UTC.</param>
/// <param name="Code">Stable code.</param>
/// <param name="WhatToDo">A sentence.</param>
/// <param name="AcknowledgedAt">UTC.</param>
public sealed record AlertRow(
    long Id, DateTime At, string Code, string Subject, string WhatToDo, string? AcknowledgedBy, DateTime? AcknowledgedAt);

/// <summary>What needs a person, open ones first.</summary>
/// <param name="clock">For the audit table.</param>
public sealed class AlertsModel(NpgsqlDataSource database, TimeProvider clock) : PageModel
{
    /// <summary>Rows on the page.</summary>
    public const int RowsMax = 200;

    private const string Sql = """
        SELECT id, at, code, subject, what_to_do AS whattodo, acknowledged_by AS acknowledgedby, acknowledged_at AS acknowledgedat
        FROM alert ORDER BY (acknowledged_at IS NULL) DESC, at DESC LIMIT @max
        """;

    /// <summary>Open ones first.</summary>
    public IReadOnlyList<AlertRow> Alerts { get; private set; } = [];

    /// <summary>Where alerts are told, and how that goes.</summary>
    public IReadOnlyList<ChannelView> Channels { get; private set; } = [];

    /// <summary>The page.</summary>
    public async Task OnGetAsync(CancellationToken cancellation)
    {
        Channels = await AlertOutbox.ChannelsAsync(database, cancellation);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        Alerts = [.. await connection.QueryAsync<AlertRow>(
            new CommandDefinition(Sql, new { max = RowsMax }, cancellationToken: cancellation))];
    }

    /// <summary>An operator has seen it.</summary>
    public async Task<IActionResult> OnPostAsync(long id, string? reason, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            TempData["Refused"] = "A reason is needed.";
            return Redirect("/alerts");
        }

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var (person, now) = (User.Identity!.Name!, clock.GetUtcNow());
        var changed = await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE alert SET acknowledged_by = @person, acknowledged_at = @now WHERE id = @id AND acknowledged_at IS NULL",
            new { person, now = now.UtcDateTime, id }, transaction, cancellationToken: cancellation));
        if (changed == 1)
        {
            await Audit.WriteAsync(
                connection, transaction, person, "alert-seen", string.Create(CultureInfo.InvariantCulture, $"alert {id}"),
                reason.Trim(), now, cancellation);
            await transaction.CommitAsync(cancellation);
        }

        return Redirect("/alerts");
    }
}
