using MyNumber.Batch.Printing;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Templates.Documents;
using MyNumber.Templates.Letters;

namespace MyNumber.Batch.Letters;

/// <summary>What `piece.subject` of a product names.</summary>
public enum SubjectKind
{
    /// <summary>A resident, or the household of one.</summary>
    Resident,

    /// <summary>A card, by its ref: its dates are loaded with the piece.</summary>
    Card,

    /// <summary>An application, by its key: its errors are loaded with the piece, and a reprint goes to its resident.</summary>
    Application,
}

/// <summary>On behalf of which municipality a piece goes out.</summary>
public enum Sender
{
    /// <summary>That in which the resident is registered on the day of printing.</summary>
    Residence,

    /// <summary>That which keeps the card: named when the piece is wanted, as are the deadlines for picking it up.</summary>
    CardKeeper,
}

/// <summary>A document of a product, with what the vendor puts beside it.</summary>
/// <param name="Document">What is printed.</param>
/// <param name="Enclosures">Names joined by `+`, as the manifest has them; empty where there are none.</param>
public sealed record ProductDocument(Document Document, string Enclosures);

/// <summary>Why a wanted piece of a product must not go out any more: one answer, asked by <see cref="Notices.Suppression"/>.</summary>
/// <param name="ReasonSql">
/// An expression that is the stable code of a reason, or NULL. It sees `piece`, its addressee as `resident` and what
/// <see cref="JoinSql"/> names; $1 business date, $2 days of R70, $3 days of R71, $4 months of R61.
/// </param>
public sealed record StopRule(string ReasonSql)
{
    /// <summary>A common table, as `name AS (…)`; null where there is none.</summary>
    public string? WithSql { get; init; }

    /// <summary>
    /// What else it sees, as LEFT JOIN of at most one row, for pieces of this product alone. No other product's join may
    /// have the same name.
    /// </summary>
    public string? JoinSql { get; init; }
}

/// <summary>A table beside the manifest of each drop of a product: one row a piece, by sequence.</summary>
/// <param name="Name">File name.</param>
/// <param name="Columns">Its header. The first two are `piece_id` and `sequence`; none may be personal.</param>
/// <param name="Sql">The rows of drop $1, ordered by sequence.</param>
public sealed record DropTable(string Name, IReadOnlyList<string> Columns, string Sql)
{
    /// <summary>The stable code of what is wrong with a row, and its column; null where it is good. Asked by preflight.</summary>
    public Func<IReadOnlyList<string>, (string Code, string Column)?> Fault { get; init; } = _ => null;
}

/// <summary>
/// A kind of letter, as data: all that a night needs to know about it. Steps, checks and laws ask the product; none of them
/// knows one by its name.
/// </summary>
/// <param name="Name">PRODUCT of FORMATS.md: in `piece.product`, in the names of drops and of their files.</param>
public sealed record Product(string Name)
{
    /// <summary>Every document of which its pieces are one.</summary>
    public required IReadOnlyList<ProductDocument> Documents { get; init; }

    /// <summary>What its pieces are about.</summary>
    public SubjectKind Subject { get; init; } = SubjectKind.Resident;

    /// <summary>Who sends them.</summary>
    public Sender Sender { get; init; } = Sender.Residence;

    /// <summary>
    /// Wants its pieces that are due and not yet wanted, each once, in the plan of step `notices`. Most products only
    /// say which: <see cref="Notices.WantedPieces.WantDue"/>.
    /// </summary>
    public required Func<StoreContext, NightServices, CancellationToken, Task> WantAsync { get; init; }

    /// <summary>
    /// When a wanted piece must not go out any more, besides that its addressee died or left; asked when it is wanted,
    /// frozen and sealed. Null where there is no other reason.
    /// </summary>
    public StopRule? StopRule { get; init; }

    /// <summary>What a piece prints, from the rows of the day: fills in <see cref="PieceDraft.Outside"/>.</summary>
    internal Func<PieceDraft, PieceData> Build { get; init; } = draft => draft.WithAddressee();

    /// <summary>The document of a piece on the day of printing: as it was wanted, unless the product says otherwise.</summary>
    internal Func<PieceRow, string> DocumentOf { get; init; } = row => row.Document;

    /// <summary>Kind of the form that its pieces may carry, as in the registry; null where none does.</summary>
    public string? FormKind { get; init; }

    /// <summary>
    /// Sheets of a piece with so many persons, where it is for all of a household who share an envelope (R43, R80): they are
    /// asked again who does when it is frozen, reprinted and sealed. Null where a piece is for its addressee alone.
    /// </summary>
    public Func<int, int>? SheetsOfPersons { get; init; }

    /// <summary>Goes by registered mail: each piece has a number from the range that the post office gave.</summary>
    public bool IsRegistered { get; init; }

    /// <summary>The tables of its drops beside the manifest.</summary>
    public IReadOnlyList<DropTable> Tables { get; init; } = [];

    /// <summary>What must hold of its pieces when step `notices` closes.</summary>
    public IReadOnlyList<BalanceCheck> Checks { get; init; } = [];

    /// <summary>True where several people may be in one envelope.</summary>
    public bool IsForHouseholds => SheetsOfPersons is not null;

    /// <summary>What the vendor puts beside a document.</summary>
    /// <exception cref="InvalidOperationException">The product has no such document.</exception>
    public string EnclosuresOf(string document) =>
        Documents.FirstOrDefault(one => one.Document.Name == document)?.Enclosures
        ?? throw new InvalidOperationException($"Product {Name} has no document `{document}`.");
}
