using System.Globalization;
using System.Security.Cryptography;
using MyNumber.Batch.Database;
using MyNumber.Batch.Files;
using MyNumber.Batch.People;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Storage;

/// <summary>One list of cards to be disposed of, as a municipality gets it (R47).</summary>
/// <param name="BusinessDate">Of the run that proposed it.</param>
/// <param name="Number">From 1, by municipality and day.</param>
/// <param name="State">`proposed`, `approved` or `withdrawn`.</param>
/// <param name="Cards">Cards on it that are still meant.</param>
/// <param name="ApprovedBy">Who has approved so far, in order.</param>
public sealed record DisposalList(
    string ListId, string MunicipalityCode, DateOnly BusinessDate, int Number, string State, long Cards,
    IReadOnlyList<string> ApprovedBy);

/// <summary>One card of a list: what an approver looks at.</summary>
/// <param name="StorageBegan">First day of its storage (R45).</param>
/// <param name="StorageEnded">Last day of its storage.</param>
/// <param name="State">`proposed`, `approved`, `withdrawn` or `disposed`.</param>
public sealed record DisposalCard(string CardId, DateOnly StorageBegan, DateOnly StorageEnded, string State);

/// <summary>What came of an approval.</summary>
public enum DisposalOutcome
{
    /// <summary>There is no such list, or it is not open any more. Nothing changed.</summary>
    NotOpen,

    /// <summary>The same person again: refused, nothing changed.</summary>
    SamePerson,

    /// <summary>The first of two; a different person must approve as well.</summary>
    First,

    /// <summary>Two people agree: the list lies in the outbox.</summary>
    Approved,

    /// <summary>Nothing on the list may be disposed of any more (R46): it was withdrawn.</summary>
    Withdrawn,
}

/// <summary>
/// R47. Disposal lists: proposed by a run, approved by two different people, written for the municipality. A card is
/// disposed of only when the municipality's return says so.
/// </summary>
public static class Disposals
{

    /// <summary>How approved lists leave the house.</summary>
    public static Handover HandoverOf(NightServices services) =>
        new("disposals", product => product.StartsWith("disposals-", StringComparison.Ordinal))
        {
            Render = (drop, _, stream, cancellation) => RenderAsync(services.Database, drop, stream, cancellation),
            IsDecidedByPeople = true,
        };

    /// <summary>All lists, open ones first, then the newest.</summary>
    public static async Task<IReadOnlyList<DisposalList>> ListAsync(
        NightServices services, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(services);
        await using var connection = await services.Database.OpenConnectionAsync(cancellation);
        return await Sql.QueryAsync(
            connection, null,
            """
            SELECT list.list_id, municipality_code, business_date, number, state,
                   (SELECT count(*) FROM disposal_item item WHERE item.list_id = list.list_id AND item.state <> 'withdrawn'),
                   array(SELECT person FROM approval WHERE kind = 'disposal' AND subject = list.list_id ORDER BY at, person)
            FROM disposal_list list
            ORDER BY state <> 'proposed', business_date DESC, municipality_code COLLATE "C", number
            """,
            row => new DisposalList(
                row.GetString(0), row.GetString(1), row.GetFieldValue<DateOnly>(2), row.GetInt32(3), row.GetString(4),
                row.GetInt64(5), row.GetFieldValue<string[]>(6)),
            cancellation);
    }

    /// <summary>The cards of a list; none where there is no such list.</summary>
    public static async Task<IReadOnlyList<DisposalCard>> CardsAsync(
        NightServices services, string listId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(services);
        await using var connection = await services.Database.OpenConnectionAsync(cancellation);
        return await Sql.QueryAsync(
            connection, null,
            """
            SELECT coalesce(card.card_id, card.ref), item.storage_began, item.storage_ended, item.state
            FROM disposal_item item JOIN card ON card.ref = item.card_ref
            WHERE item.list_id = $1 ORDER BY 1
            """,
            row => new DisposalCard(
                row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetFieldValue<DateOnly>(2), row.GetString(3)),
            cancellation, listId);
    }

    /// <summary>
    /// One person's approval. The second, by another person, decides in one transaction: what R46 forbids by now falls
    /// off the list, the rest is approved and the file recorded; then it is put in place.
    /// </summary>
    public static async Task<DisposalOutcome> ApproveAsync(
        NightServices services, string listId, string person, string reason, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(services);
        var at = services.Clock.GetUtcNow();
        await using (var connection = await services.Database.OpenConnectionAsync(cancellation))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            var outcome = await DecideAsync(services, connection, transaction, listId, person, reason, at, cancellation);
            if (outcome is DisposalOutcome.SamePerson or DisposalOutcome.NotOpen)
            {
                return outcome;
            }

            await transaction.CommitAsync(cancellation);
            if (outcome != DisposalOutcome.Approved)
            {
                return outcome;
            }
        }

        FaultPoints.Hit(FaultPoints.ApprovalCommitted);
        await services.Handovers.FinishPendingAsync([HandoverOf(services)], cancellation);
        return DisposalOutcome.Approved;
    }

    /// <summary>
    /// R46. Takes off open lists (all, or one) the lines whose cards are not due any more, and gives those cards back; a
    /// list without lines is withdrawn.
    /// </summary>
    internal static async Task WithdrawAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string? list, string[] stillDue, DateOnly on,
        string by, CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            connection, transaction,
            """
            WITH fallen AS (
              UPDATE disposal_item SET state = 'withdrawn'
              WHERE state = 'proposed' AND NOT card_ref = ANY ($1::text[]) AND ($4::text IS NULL OR list_id = $4)
              RETURNING card_ref, state_before),
            back AS (
              UPDATE card SET state = fallen.state_before, state_on = $2 FROM fallen
              WHERE card.ref = fallen.card_ref AND card.state = 'disposal-proposed'
              RETURNING card.ref)
            INSERT INTO history (subject_kind, subject, at, what, by, why)
            SELECT 'card', ref, $2, 'disposal-withdrawn', $3, 'R46' FROM back ORDER BY ref
            """,
            cancellation, stillDue, on, by, list);
        await Sql.ExecuteAsync(
            connection, transaction,
            """
            UPDATE disposal_list SET state = 'withdrawn'
            WHERE state = 'proposed'
              AND NOT EXISTS (SELECT FROM disposal_item item
                              WHERE item.list_id = disposal_list.list_id AND item.state = 'proposed')
            """,
            cancellation);
    }

    private static async Task<DisposalOutcome> DecideAsync(
        NightServices services, NpgsqlConnection connection, NpgsqlTransaction transaction, string list, string person, string reason,
        DateTimeOffset at, CancellationToken cancellation)
    {
        var rows = await Sql.QueryAsync(
            connection, transaction,
            "SELECT state, business_date FROM disposal_list WHERE list_id = $1 FOR UPDATE",
            row => (State: row.GetString(0), Date: row.GetFieldValue<DateOnly>(1)), cancellation, list);
        if (rows.Count == 0 || rows[0].State != "proposed")
        {
            return DisposalOutcome.NotOpen;
        }

        switch (await Approvals.ApproveAsync(connection, transaction, "disposal", list, person, reason, at, cancellation))
        {
            case ApprovalOutcome.SamePerson:
                return DisposalOutcome.SamePerson;
            case ApprovalOutcome.First:
                return DisposalOutcome.First;
        }

        var today = DateOnly.FromDateTime(at.ToOffset(NightHours.Japan).DateTime);
        var stillDue = (await StoredCard.LoadAsync(connection, transaction, cancellation))
            .Where(card => card.State == "disposal-proposed" && card.IsDisposable(rows[0].Date))
            .Select(card => card.Ref).ToArray();
        await WithdrawAsync(
            connection, transaction, list, stillDue, today, person, cancellation);
        return await ApproveRestAsync(services, connection, transaction, list, today, person, cancellation)
            ? DisposalOutcome.Approved
            : DisposalOutcome.Withdrawn;
    }

    // The commit of this is the only decision, and what the file says is part of it: a card that is picked up afterwards stays on it.
    private static async Task<bool> ApproveRestAsync(
        NightServices services, NpgsqlConnection connection, NpgsqlTransaction transaction, string list, DateOnly today, string person,
        CancellationToken cancellation)
    {
        var approved = await Sql.ExecuteAsync(
            connection, transaction,
            "UPDATE disposal_item SET state = 'approved' WHERE list_id = $1 AND state = 'proposed'", cancellation, list);
        if (approved == 0)
        {
            return false;
        }

        await Sql.ExecuteAsync(
            connection, transaction,
            """
            WITH done AS (
              UPDATE disposal_list SET state = 'approved' WHERE list_id = $1),
            moved AS (
              UPDATE card SET state = 'disposal-approved', state_on = $2 FROM disposal_item item
              WHERE item.list_id = $1 AND item.state = 'approved' AND card.ref = item.card_ref RETURNING card.ref)
            INSERT INTO history (subject_kind, subject, at, what, by, why)
            SELECT 'card', ref, $2, 'disposal-approved', $3, 'R47 ' || $1 FROM moved
            UNION ALL SELECT 'list', $1, $2, 'approved', $3, 'R47'
            """,
            cancellation, list, today, person);
        var content = await ContentAsync(connection, transaction, list, cancellation);
        var (runId, asked) = (await Sql.QueryAsync(
            connection, transaction,
            "SELECT run_id, municipality_code, business_date, number FROM disposal_list WHERE list_id = $1",
            row => (
                row.GetInt64(0),
                new DropRow(
                    0, $"disposals/{row.GetString(1)}", DropShape.Flat, $"disposals-{row.GetString(1)}",
                    row.GetFieldValue<DateOnly>(2), row.GetInt32(3), "sealed", null)),
            cancellation, list)).Single();
        var file = new StagedFile(FileName(asked), Convert.ToHexStringLower(SHA256.HashData(content)), content.Length);
        var drop = await Drops.CreateSealedAsync(connection, transaction, runId, asked, file, cancellation);
        await services.Kept.KeepAsync(
            connection, transaction, drop, [(file.Path, new MemoryStream(content))], cancellation);
        return true;
    }

    private static string FileName(DropRow drop) =>
        string.Create(CultureInfo.InvariantCulture, $"{Drops.DateInNames(drop.BusinessDate)}-{drop.Number:D3}.csv");

    private static async Task<byte[]> ContentAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string list, CancellationToken cancellation)
    {
        var approvals = await Sql.QueryAsync(
            connection, transaction,
            "SELECT person, at FROM approval WHERE kind = 'disposal' AND subject = $1 ORDER BY at, person COLLATE \"C\"",
            row => (Person: row.GetString(0), At: row.GetFieldValue<DateTimeOffset>(1)), cancellation, list);
        var by = string.Join('+', approvals.Select(approval => approval.Person));
        var at = approvals.Max(approval => approval.At).ToOffset(NightHours.Japan)
            .ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
        var rows = await Sql.QueryAsync(
            connection, transaction,
            """
            SELECT card.card_id, item.storage_began, item.storage_ended
            FROM disposal_item item JOIN card ON card.ref = item.card_ref
            WHERE item.list_id = $1 AND item.state IN ('approved', 'disposed')
            ORDER BY card.card_id
            """,
            row => (IReadOnlyList<string>)
                [row.GetString(0), row.GetFieldValue<DateOnly>(1).ToString("O"), row.GetFieldValue<DateOnly>(2).ToString("O"), by, at],
            cancellation, list);
        return CsvText.Bytes("card_id,storage_began,storage_ended,approved_by,approved_at", rows);
    }

    // For what a version sealed that kept no bytes.
    private static async Task RenderAsync(
        NpgsqlDataSource database, DropRow drop, Stream stream, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var list = await Sql.ScalarAsync<string>(
            connection, null,
            "SELECT list_id FROM disposal_list WHERE 'disposals-' || municipality_code = $1 AND business_date = $2 AND number = $3",
            cancellation, drop.Product, drop.BusinessDate, drop.Number);
        await stream.WriteAsync(await ContentAsync(connection, null, list!, cancellation), cancellation);
    }
}
