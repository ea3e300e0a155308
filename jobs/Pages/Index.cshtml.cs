using Dapper;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Npgsql;

namespace MyNumber.Jobs.Pages;

/// <summary>One night in the list.</summary>
/// <param name="Id">Its run.</param>
/// <param name="Kind">`night`, `disposal` …</param>
/// <param name="OpenedAt">UTC.</param>
/// <param name="CompletedAt">UTC; null while it runs.</param>
public sealed record NightRow(
    long Id, string Kind, DateOnly BusinessDate, string State, DateTime OpenedAt, DateTime? CompletedAt, long Steps,
    long Closed, long Failed)
{
    /// <summary>How long it took, or has taken so far.</summary>
    public string Took { get; init; } = "";
}

/// <summary>Something that waits, with the page that shows it.</summary>
/// <param name="What">In two words.</param>
public sealed record WaitTile(string What, long Count, string Link);

/// <summary>First page: the nights, newest first, and what waits for a person.</summary>
/// <param name="clock">For durations of what still runs.</param>
public sealed class IndexModel(NpgsqlDataSource database, TimeProvider clock) : PageModel
{
    /// <summary>Rows on the page.</summary>
    public const int NightsMax = 60;

    private const string Sql = """
        SELECT run.id, run.kind, run.business_date AS businessdate, run.state, run.opened_at AS openedat,
          run.completed_at AS completedat, count(DISTINCT step.id) AS steps,
          count(DISTINCT step.id) FILTER (WHERE step.state = 'closed') AS closed,
          count(part.id) FILTER (WHERE part.state = 'failed') AS failed
        FROM run
        LEFT JOIN step ON step.run_id = run.id
        LEFT JOIN part ON part.step_id = step.id AND part.state = 'failed'
        GROUP BY run.id ORDER BY run.business_date DESC, run.id DESC LIMIT @max
        """;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<NightRow> Nights { get; private set; } = [];

    /// <summary>What waits for a person.</summary>
    public IReadOnlyList<WaitTile> Waiting { get; private set; } = [];

    /// <summary>The page.</summary>
    public async Task OnGetAsync(CancellationToken cancellation)
    {
        Nights = await LoadAsync(cancellation);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        Waiting =
        [
            new("fields to review", await CountAsync(connection, "review_item WHERE state = 'open'"), "/review"),
            new("open alerts", await CountAsync(connection, "alert WHERE acknowledged_at IS NULL"), "/alerts"),
            new("pieces withheld", await CountAsync(connection, "piece WHERE state = 'withheld'"), "/drops"),
            new("disposal lists to approve", await CountAsync(connection, "disposal_list WHERE state = 'proposed'"), "/disposals"),
        ];
    }

    /// <summary>The table alone, for htmx.</summary>
    public async Task<IActionResult> OnGetLiveAsync(CancellationToken cancellation) =>
        Partial("_Nights", await LoadAsync(cancellation));

    private async Task<IReadOnlyList<NightRow>> LoadAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync<NightRow>(
            new CommandDefinition(Sql, new { max = NightsMax }, cancellationToken: cancellation));
        return [.. rows.Select(row => row with { Took = Show.Duration(row.OpenedAt, row.CompletedAt, clock.GetUtcNow()) })];
    }

    // The tables and conditions are the four above, never what somebody typed.
    private static Task<long> CountAsync(NpgsqlConnection connection, string from) =>
        connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {from}");
}
