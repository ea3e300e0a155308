using System.Text.Json;
using Npgsql;

namespace MyNumber.Batch.Status;

/// <summary>One thing that happened to a subject.</summary>
/// <param name="At">Business date.</param>
/// <param name="What">Stable code: a state, or what was done.</param>
/// <param name="By">Step, event id or person.</param>
/// <param name="Why">Rule, reason or empty.</param>
public sealed record SubjectEvent(DateOnly At, string What, string By, string Why);

/// <summary>What a rule says about an application.</summary>
/// <param name="Severity">`reject`, `incomplete`, `review`, `remark`.</param>
/// <param name="Detail">Stable code; may be empty.</param>
public sealed record SubjectFinding(string Rule, string Severity, string Detail);

/// <summary>One application: FORMATS.md, `application ID --json`. It names no person.</summary>
/// <param name="Key">ENVELOPE-SHEET by mail, FEED-ROW online.</param>
/// <param name="ApplicationId">23 digits as read; null where there is none.</param>
/// <param name="ResidentId">Whom it led to; null while unknown.</param>
/// <param name="Channel">`mail`, `online`, `booth`, `counter`.</param>
/// <param name="ReceivedOn">Day of receipt, Tokyo.</param>
/// <param name="State">One of the eleven states.</param>
/// <param name="Findings">By rule.</param>
/// <param name="CardId">The card made from it; null until one has arrived.</param>
/// <param name="SupersededBy">Key of the winner, where another won.</param>
public sealed record ApplicationSubject(
    string Key,
    string? ApplicationId,
    string? ResidentId,
    string Channel,
    DateOnly ReceivedOn,
    string State,
    IReadOnlyList<SubjectFinding> Findings,
    string? CardId,
    string? SupersededBy,
    IReadOnlyList<SubjectEvent> History);

/// <summary>One card: FORMATS.md, `card ID --json`. Dates are those of RULES.md R40 and R45.</summary>
/// <param name="CardId">Null until it has arrived.</param>
/// <param name="Key">Order id, which is the winner's key; null for cards that were fed.</param>
/// <param name="State">One of the eight states.</param>
/// <param name="IssuedOn">As the factory says.</param>
/// <param name="ValidUntil">R40.</param>
/// <param name="SignatureCertificateUntil">R40; null where there is none.</param>
/// <param name="UserCertificateUntil">R40; null where there is none.</param>
/// <param name="StorageBegan">R45.</param>
/// <param name="StorageEnds">Last day of storage; null while no end is known.</param>
/// <param name="DisposableFrom">The day after.</param>
/// <param name="PickupDeadline">As printed on the newest posted notice, or extended.</param>
/// <param name="Suspended">R90.</param>
/// <param name="Held">R46.</param>
public sealed record CardSubject(
    string? CardId,
    string ResidentId,
    string? Key,
    string State,
    DateOnly? IssuedOn,
    DateOnly? ValidUntil,
    DateOnly? SignatureCertificateUntil,
    DateOnly? UserCertificateUntil,
    DateOnly? StorageBegan,
    DateOnly? StorageEnds,
    DateOnly? DisposableFrom,
    DateOnly? PickupDeadline,
    bool Suspended,
    bool Held,
    IReadOnlyList<SubjectEvent> History);

/// <summary>One mailpiece: FORMATS.md, `piece ID --json`.</summary>
/// <param name="Product">Kind of drop.</param>
/// <param name="Generation">1 is the first.</param>
/// <param name="Replaces">The generation before; null for the first.</param>
/// <param name="State">One of the eleven states.</param>
/// <param name="Reason">Stable code of withheld, suppressed, spoiled, refused.</param>
/// <param name="Drop">The print drop that carries it.</param>
/// <param name="PostedOn">As the vendor says.</param>
/// <param name="SplitFrom">The piece whose people did not share an envelope any more (R43); no reprint of it.</param>
public sealed record PieceSubject(
    string PieceId,
    string Product,
    string Subject,
    string Occasion,
    int Generation,
    string? Replaces,
    string State,
    string? Reason,
    string? Drop,
    DateOnly? PostedOn,
    IReadOnlyList<SubjectEvent> History,
    string? SplitFrom = null);

/// <summary>One resident: what we hold about the process, never who it is.</summary>
/// <param name="ResidentId">As fed.</param>
/// <param name="LeftOn">Null while on the register.</param>
/// <param name="LeftReason">`died`, `abroad`, `unknown`.</param>
/// <param name="Applications">In R30's order.</param>
/// <param name="Cards">In order of their order or issue.</param>
/// <param name="Pieces">In order of the day they were wanted.</param>
public sealed record ResidentSubject(
    string ResidentId,
    string MunicipalityCode,
    DateOnly? LeftOn,
    string? LeftReason,
    IReadOnlyList<ApplicationSubject> Applications,
    IReadOnlyList<CardSubject> Cards,
    IReadOnlyList<PieceSubject> Pieces,
    IReadOnlyList<SubjectEvent> History);

/// <summary>One scan of an envelope.</summary>
/// <param name="Feed">The scan drop.</param>
/// <param name="Row">Row of its manifest, from 1.</param>
/// <param name="Side">`front`, `back`.</param>
/// <param name="Kind">`form`, `photo`, `other`.</param>
/// <param name="State">`received` until it was read; then `read`, `review`, `unreadable`, `duplicate`, `replaced`, `other`.</param>
/// <param name="Reason">Stable code.</param>
/// <param name="Locator">Where the paper lies.</param>
public sealed record EnvelopeScan(
    string Feed, int Row, string Side, string Kind, string State, string? Reason, string Locator);

/// <summary>One sheet of an envelope.</summary>
/// <param name="Sheet">Its number in the envelope.</param>
/// <param name="Key">The application that it brought in; null where it brought none.</param>
/// <param name="Scans">In order of arrival.</param>
public sealed record EnvelopeSheet(string Sheet, string? Key, string? State, IReadOnlyList<EnvelopeScan> Scans);

/// <summary>What the mailroom opened.</summary>
/// <param name="Sheets">By number.</param>
public sealed record EnvelopeSubject(string Envelope, DateOnly ReceivedOn, IReadOnlyList<EnvelopeSheet> Sheets);

/// <summary>
/// Looks one subject up, for the command line and the pages: its state, its findings, and everything that happened to
/// it in order. Each is one statement that builds the object in the database.
/// </summary>
public static class Subjects
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Every application that carries a key or an Application ID, in R30's order; empty where none does.</summary>
    public static Task<IReadOnlyList<ApplicationSubject>> ApplicationsAsync(
        NpgsqlDataSource database, string keyOrId, Policy policy, CancellationToken cancellation) =>
        LoadAsync<ApplicationSubject>(
            database, SubjectSql.Applications("application.key = $1 OR application.application_id = $1", policy), keyOrId, cancellation);

    /// <summary>The card of a card id or of an order id; empty where there is none.</summary>
    public static Task<IReadOnlyList<CardSubject>> CardsAsync(
        NpgsqlDataSource database, string cardOrOrderId, CancellationToken cancellation) =>
        LoadAsync<CardSubject>(database, SubjectSql.Cards("card.card_id = $1 OR card.ref = $1"), cardOrOrderId, cancellation);

    /// <summary>The piece of an id; empty where there is none.</summary>
    public static Task<IReadOnlyList<PieceSubject>> PiecesAsync(
        NpgsqlDataSource database, string pieceId, CancellationToken cancellation) =>
        LoadAsync<PieceSubject>(database, SubjectSql.Pieces("piece.piece_id = $1"), pieceId, cancellation);

    /// <summary>The envelope of a number; empty where there is none.</summary>
    public static Task<IReadOnlyList<EnvelopeSubject>> EnvelopesAsync(
        NpgsqlDataSource database, string number, CancellationToken cancellation) =>
        LoadAsync<EnvelopeSubject>(database, SubjectSql.Envelope, number, cancellation);

    /// <summary>The resident of an id with all applications, cards and pieces; null where there is none.</summary>
    public static async Task<ResidentSubject?> ResidentAsync(
        NpgsqlDataSource database, string residentId, Policy policy, CancellationToken cancellation)
    {
        var resident = await LoadAsync<ResidentSubject>(database, SubjectSql.Resident, residentId, cancellation);
        if (resident.Count == 0)
        {
            return null;
        }

        return resident[0] with
        {
            Applications = await LoadAsync<ApplicationSubject>(
                database, SubjectSql.Applications("application.resident_id = $1", policy), residentId, cancellation),
            Cards = await LoadAsync<CardSubject>(database, SubjectSql.Cards("card.resident_id = $1"), residentId, cancellation),
            Pieces = await LoadAsync<PieceSubject>(database, SubjectSql.Pieces(
                "piece.resident_id = $1 OR piece.piece_id IN (SELECT piece_id FROM form WHERE resident_id = $1)"),
                    residentId, cancellation),
        };
    }

    private static async Task<IReadOnlyList<T>> LoadAsync<T>(
        NpgsqlDataSource database, string sql, string id, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new List<T>();
        while (await reader.ReadAsync(cancellation))
        {
            found.Add(JsonSerializer.Deserialize<T>(reader.GetString(0), Json)!);
        }

        return found;
    }
}
