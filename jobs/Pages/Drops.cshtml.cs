using Dapper;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Npgsql;

namespace MyNumber.Jobs.Pages;

/// <summary>One drop with what the vendor said of its pieces.</summary>
/// <param name="Folder">Below the outbox.</param>
/// <param name="State">`frozen`, `sealed`, `published`.</param>
/// <param name="Pieces">Pieces in it; 0 where it is no print drop.</param>
/// <param name="Open">Sent or acknowledged, not posted.</param>
/// <param name="Spoiled">Spoiled or destroyed.</param>
/// <param name="Refused">Refused.</param>
public sealed record DropRowShown(
    string Folder, DateOnly BusinessDate, string State, long Files, long Pieces, long Posted, long Open, long Spoiled,
    long Refused);

/// <summary>A piece that waits for an operator.</summary>
/// <param name="Reason">Stable code.</param>
public sealed record WithheldRow(string PieceId, string Product, string? Reason, DateOnly StateOn);

/// <summary>Drops, newest first, and the pieces that were withheld from them.</summary>
public sealed class DropsModel(NpgsqlDataSource database) : PageModel
{
    /// <summary>Rows on the page.</summary>
    public const int RowsMax = 200;

    private const string DropsSql = """
        SELECT drop.folder, drop.business_date AS businessdate, drop.state,
          (SELECT count(*) FROM file WHERE file.drop_id = drop.id) AS files,
          count(piece.piece_id) AS pieces,
          count(*) FILTER (WHERE piece.state IN ('posted', 'returned')) AS posted,
          count(*) FILTER (WHERE piece.state IN ('sealed', 'sent', 'acknowledged')) AS open,
          count(*) FILTER (WHERE piece.state IN ('spoiled', 'destroyed')) AS spoiled,
          count(*) FILTER (WHERE piece.state = 'refused') AS refused
        FROM drop LEFT JOIN piece ON piece.drop_id = drop.id
        GROUP BY drop.id ORDER BY drop.business_date DESC, drop.folder COLLATE "C" LIMIT @max
        """;

    private const string WithheldSql = """
        SELECT piece_id AS pieceid, product, reason, state_on AS stateon FROM piece WHERE state = 'withheld'
        ORDER BY state_on, piece_id LIMIT @max
        """;

    /// <summary>Newest first.</summary>
    public IReadOnlyList<DropRowShown> Drops { get; private set; } = [];

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<WithheldRow> Withheld { get; private set; } = [];

    /// <summary>The page.</summary>
    public async Task OnGetAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        Drops = [.. await connection.QueryAsync<DropRowShown>(
            new CommandDefinition(DropsSql, new { max = RowsMax }, cancellationToken: cancellation))];
        Withheld = [.. await connection.QueryAsync<WithheldRow>(
            new CommandDefinition(WithheldSql, new { max = RowsMax }, cancellationToken: cancellation))];
    }
}
