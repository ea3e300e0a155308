using MyNumber.Batch.Database;
using MyNumber.Batch.Letters;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Notices;

/// <summary>A piece that is wanted, before it has an id.</summary>
/// <param name="Product">What it is one of.</param>
/// <param name="Subject">What it is about: card ref, application key, resident id, household id.</param>
/// <param name="Occasion">Why there is one: `first`, `reminder`, an event id, `card:2027-01-05` …</param>
/// <param name="Document">DOCUMENT of `print`.</param>
/// <param name="ResidentId">The addressee.</param>
/// <param name="MunicipalityCode">On whose behalf it goes out.</param>
public sealed record WantedPiece(
    Product Product, string Subject, string Occasion, string Document, string ResidentId, string MunicipalityCode)
{
    /// <summary>What it stands for in one word, before it has an id; no name, no number.</summary>
    public string Key => $"{Product.Name}/{Subject}/{Occasion}";

    /// <summary>The piece of which this one is the next generation (R98).</summary>
    public string? Replaces { get; init; }

    /// <summary>
    /// The piece whose people did not share an envelope any more, so that this one was wanted (R43); no reprint of it.
    /// </summary>
    public string? SplitFrom { get; init; }

    /// <summary>
    /// Whose forms it carries, of the product's kind: the addressee's own, those of the new persons of a household (R80),
    /// or nobody's.
    /// </summary>
    public IReadOnlyList<string> FormResidents { get; init; } = [];
}

/// <summary>Puts wanted pieces and the forms that they carry into their tables, each once.</summary>
public static class WantedPieces
{
    /// <summary>The kind of item that a piece is to whoever reads an alert.</summary>
    public const string Item = "piece";

    private const int AttemptsMax = 100;

    /// <summary>How a product wants its pieces that says no more than which of them are due and not yet wanted.</summary>
    public static Func<StoreContext, NightServices, CancellationToken, Task> WantDue(
        Func<StoreContext, Policy, CancellationToken, Task<IReadOnlyList<WantedPiece>>> due) =>
        async (context, services, cancellation) => await AddEachAsync(
            context, await due(context, services.Policy, cancellation),
            (some, cancel) => AddAsync(context, services.Ids, some, cancel), cancellation);

    /// <summary>Inserts them, each its own matter: one that an error fails is held and wanted again the next night.</summary>
    public static async Task AddEachAsync(
        StoreContext context, IReadOnlyList<WantedPiece> wanted,
        Func<IReadOnlyList<WantedPiece>, CancellationToken, Task> add, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        var failed = await context.StoreEachAsync(Item, wanted, piece => piece.Key, add, cancellation);
        await context.ReportAsync(failed, Item, "held", cancellation);
    }

    /// <summary>
    /// Inserts them with keyed ids. A piece's generation is the next of its product, subject and occasion; each form
    /// that it carries gets an Application ID of its own, checked against the registry (R01, R98).
    /// </summary>
    /// <returns>The ids, in the order given.</returns>
    public static async Task<IReadOnlyList<string>> AddAsync(
        StoreContext context, Ids ids, IReadOnlyList<WantedPiece> wanted, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(wanted);
        if (wanted.Count == 0)
        {
            return [];
        }

        var generations = await GenerationsAsync(context, wanted, cancellation);
        var pieceIds = wanted
            .Select((piece, i) => ids.PieceId(piece.Product.Name, piece.Subject, piece.Occasion, generations[i])).ToList();
        var forms = wanted.SelectMany((piece, i) => piece.FormResidents.Select(resident => new NewForm(
            pieceIds[i], resident, piece.Product.FormKind!, resident == piece.ResidentId ? piece.Subject : resident,
            piece.Occasion, generations[i]))).ToList();
        await NameFormsAsync(context, ids, forms, cancellation);
        var own = forms.GroupBy(form => form.PieceId).Where(group => group.Count() == 1)
            .ToDictionary(group => group.Key, group => group.First().ApplicationId);
        await InsertPiecesAsync(context, wanted, generations, pieceIds, own, cancellation);
        await InsertFormsAsync(context, forms, cancellation);
        return pieceIds;
    }

    private static Task<IReadOnlyList<int>> GenerationsAsync(
        StoreContext context, IReadOnlyList<WantedPiece> wanted, CancellationToken cancellation) =>
        Sql.QueryAsync(
            context.Connection, context.Transaction,
            """
            SELECT coalesce((SELECT max(generation) FROM piece
                             WHERE piece.product = new.product AND piece.subject = new.subject
                               AND piece.occasion = new.occasion), 0) + 1
            FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS new (product, subject, occasion, place)
            ORDER BY place
            """,
            row => row.GetInt32(0), cancellation,
            wanted.Select(piece => piece.Product.Name).ToArray(), wanted.Select(piece => piece.Subject).ToArray(),
            wanted.Select(piece => piece.Occasion).ToArray());

    // An id that the registry holds already is hashed again with the next attempt; so are two of this night alike.
    private static async Task NameFormsAsync(
        StoreContext context, Ids ids, List<NewForm> forms, CancellationToken cancellation)
    {
        var open = forms;
        var taken = new HashSet<string>();
        for (var attempt = 0; open.Count > 0; attempt++)
        {
            if (attempt == AttemptsMax)
            {
                throw new InvalidOperationException("No free Application ID was found.");
            }

            foreach (var form in open)
            {
                form.ApplicationId = ids.ApplicationId(form.Kind, form.Subject, form.Occasion, form.Generation, attempt);
            }

            var known = (await Sql.QueryAsync(
                context.Connection, context.Transaction, "SELECT application_id FROM form WHERE application_id = ANY ($1)",
                row => row.GetString(0), cancellation, [open.Select(form => form.ApplicationId).ToArray()])).ToHashSet();
            open = [.. open.Where(form => known.Contains(form.ApplicationId) || !taken.Add(form.ApplicationId))];
        }
    }

    private static async Task InsertPiecesAsync(
        StoreContext context, IReadOnlyList<WantedPiece> wanted, IReadOnlyList<int> generations, List<string> pieceIds,
        Dictionary<string, string> own, CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            INSERT INTO piece (piece_id, product, subject, occasion, generation, replaces, state, document, resident_id,
              municipality_code, wanted_on, state_on, application_id, split_from)
            SELECT piece_id, product, subject, occasion, generation, replaces, 'wanted', document, resident_id,
              municipality_code, $10, $10, application_id, split_from
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[],
              $9::text[], $11::text[], $12::text[])
              AS new (piece_id, product, subject, occasion, generation, replaces, document, resident_id,
                municipality_code, application_id, split_from)
            """,
            cancellation, pieceIds.ToArray(), wanted.Select(piece => piece.Product.Name).ToArray(),
            wanted.Select(piece => piece.Subject).ToArray(), wanted.Select(piece => piece.Occasion).ToArray(),
            generations.ToArray(), wanted.Select(piece => piece.Replaces).ToArray(),
            wanted.Select(piece => piece.Document).ToArray(), wanted.Select(piece => piece.ResidentId).ToArray(),
            wanted.Select(piece => piece.MunicipalityCode).ToArray(), context.BusinessDate,
            pieceIds.Select(id => own.GetValueOrDefault(id)).ToArray(),
            wanted.Select(piece => piece.SplitFrom).ToArray());
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            INSERT INTO history (subject_kind, subject, at, what, by, why)
            SELECT 'piece', piece_id, wanted_on, 'wanted', 'notices', occasion FROM piece WHERE piece_id = ANY ($1)
            ORDER BY piece_id COLLATE "C"
            """,
            cancellation, [pieceIds.ToArray()]);
    }

    // Name and address are those of the register now; the freeze of a drop sets them again to what is printed (R04).
    private static Task InsertFormsAsync(StoreContext context, List<NewForm> forms, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            INSERT INTO form (application_id, resident_id, kind, issued_on, printed_name, printed_address, piece_id)
            SELECT new.application_id, new.resident_id, new.kind, $5, resident.name, resident.address, new.piece_id
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
              AS new (application_id, resident_id, kind, piece_id)
            JOIN resident ON resident.resident_id = new.resident_id
            """,
            cancellation, forms.Select(form => form.ApplicationId).ToArray(),
            forms.Select(form => form.ResidentId).ToArray(), forms.Select(form => form.Kind).ToArray(),
            forms.Select(form => form.PieceId).ToArray(), context.BusinessDate);

    private sealed record NewForm(
        string PieceId, string ResidentId, string Kind, string Subject, string Occasion, int Generation)
    {
        public string ApplicationId { get; set; } = "";
    }
}
