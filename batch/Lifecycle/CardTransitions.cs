namespace MyNumber.Batch.Lifecycle;

/// <summary>What an event does to its subject: done, kept (it makes no sense here, and says why), or not yet.</summary>
public enum EventEffect
{
    /// <summary>Applied.</summary>
    Apply,

    /// <summary>Nothing changes; the event is kept with its reason and shown.</summary>
    Keep,

    /// <summary>Its turn has not come: it stays pending.</summary>
    Wait,
}

/// <summary>One cell of the table.</summary>
/// <param name="State">The subject's state afterwards; null where it stays.</param>
/// <param name="Result">A stable code for the event's row: what it did, or why it is kept.</param>
public sealed record Cell(EventEffect Effect, string? State, string Result);

/// <summary>
/// Every event at every state has one result, by this table; README.md draws it, a test goes through it cell by cell.
/// </summary>
public static class CardTransitions
{
    /// <summary>Kinds whose subject is an Application ID or an application's key.</summary>
    public static IReadOnlyList<string> ApplicationKinds { get; } =
        ["application-cancelled", "agent-accepted", "photo-exempted"];

    /// <summary>Kinds whose subject is an order id or a card id.</summary>
    public static IReadOnlyList<string> CardKinds { get; } =
    [
        "card-arrived", "card-delivered", "card-suspended", "card-resumed", "card-returned", "storage-extended",
        "storage-held", "storage-released", "notice-reissue-requested", "certificate-renewed", "disposal-confirmed",
    ];

    /// <summary>Kinds whose subject is a resident.</summary>
    public static IReadOnlyList<string> ResidentKinds { get; } = ["form-reissue-requested", "replacement-approved"];

    /// <summary>Kinds whose subject is a piece.</summary>
    public static IReadOnlyList<string> PieceKinds { get; } = ["piece-returned"];

    /// <summary>Stands in an event of the card factory or the call centre, which serve all municipalities.</summary>
    public const string NobodysCode = "000000";

    /// <summary>Kinds that are good without a municipality; every other is its subject's own to say.</summary>
    public static IReadOnlyList<string> NobodysKinds { get; } = ["card-arrived", "card-suspended", "photo-exempted", "piece-returned"];

    /// <summary>The eleven states of an application.</summary>
    public static IReadOnlyList<string> ApplicationStates { get; } =
    [
        "received", "review", "incomplete", "rejected", "waiting", "selected", "superseded", "ordered", "issued",
        "cancelled", "void",
    ];

    /// <summary>The eight states of a card.</summary>
    public static IReadOnlyList<string> CardStates { get; } =
    [
        "ordered", "arrived", "notified", "delivered", "disposal-proposed", "disposal-approved", "disposed", "void",
    ];

    /// <summary>
    /// R16, A49: only the municipality cancels, also an incomplete one, whose form then is used up and whose notice is
    /// stopped where it still can be. R10, R22: what is registered counts until the rules have spoken; a superseded one may
    /// yet win.
    /// </summary>
    public static Cell Application(string kind, string state) => (kind, state) switch
    {
        ("application-cancelled", "received" or "review" or "incomplete" or "waiting" or "selected" or "superseded"
            or "ordered") => Apply("cancelled"),
        ("application-cancelled", "issued") => Keep("card-was-delivered"),
        ("application-cancelled", "cancelled") => Keep("cancelled-already"),
        ("application-cancelled", _) => Keep("application-ended-already"),
        ("agent-accepted" or "photo-exempted", "received" or "review" or "waiting" or "selected" or "superseded") => Apply(),
        ("agent-accepted" or "photo-exempted", _) => Keep("too-late"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No event of an application."),
    };

    /// <summary>Events of cards. A piece of plastic that a municipality has stays known, whatever became of its application.</summary>
    public static Cell Card(string kind, string state, bool suspended, bool held) => (kind, state) switch
    {
        ("card-arrived", "ordered") => Apply("arrived"),
        // Cancelled or voided while it was made: it comes all the same and waits for the end of its storage (R45).
        ("card-arrived", "void") => Apply("void"),
        ("card-arrived", _) => Keep("arrived-already"),

        ("card-delivered", "ordered") => Wait(),
        // The municipality hands over what it has: a proposal, even an approved one, is withdrawn (R46).
        ("card-delivered", "arrived" or "notified" or "disposal-proposed" or "disposal-approved") => Apply("delivered"),
        ("card-delivered", "delivered") => Keep("delivered-already"),
        ("card-delivered", _) => Keep("card-in-dispute"),

        // R90: only a card in use can be lost; who finds it again goes to the municipality.
        ("card-suspended", "delivered") => suspended ? Keep("suspended-already") : Apply(),
        ("card-suspended", _) => Keep("card-not-in-use"),
        ("card-resumed", "delivered") => suspended ? Apply() : Keep("not-suspended"),
        ("card-resumed", _) => Keep("card-not-in-use"),
        ("card-returned", "delivered") => Apply("void"),
        ("card-returned", "void") => Keep("void-already"),
        ("card-returned", _) => Keep("card-not-in-use"),

        ("storage-extended" or "storage-held", "arrived" or "notified") => Apply(),
        ("storage-extended" or "storage-held", "disposal-proposed" or "disposal-approved") => Apply(Withdrawn),
        ("storage-held", "void") => Apply(),
        ("storage-extended" or "storage-held", "ordered") => Wait(),
        ("storage-extended" or "storage-held", _) => Keep("card-not-in-storage"),
        ("storage-released", "ordered") => Wait(),
        ("storage-released", "delivered" or "disposed") => Keep("card-not-in-storage"),
        ("storage-released", _) => held ? Apply() : Keep("not-held"),

        ("notice-reissue-requested", "arrived" or "notified") => Apply(),
        ("notice-reissue-requested", "ordered") => Wait(),
        ("notice-reissue-requested", _) => Keep("card-not-to-be-picked-up"),

        ("certificate-renewed", "delivered") => Apply(),
        ("certificate-renewed", _) => Keep("card-not-in-use"),

        ("disposal-confirmed", "disposal-approved") => Apply("disposed"),
        // R47: a list must have left the house before anybody can confirm it.
        ("disposal-confirmed", "disposal-proposed") => Wait(),
        ("disposal-confirmed", "disposed") => Keep("disposed-already"),
        ("disposal-confirmed", _) => Keep("disposal-not-approved"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No event of a card."),
    };

    /// <summary>Events of residents.</summary>
    public static Cell Resident(string kind, bool onTheRegister, bool holdsACard) => kind switch
    {
        "form-reissue-requested" => onTheRegister ? Apply() : Keep("not-on-the-register"),
        "replacement-approved" => !onTheRegister ? Keep("not-on-the-register")
            : holdsACard ? Apply() : Keep("no-card-to-replace"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No event of a resident."),
    };

    /// <summary>Events of pieces: what comes back was posted, so the vendor's word for that is waited for.</summary>
    public static Cell Piece(string kind, string state) => (kind, state) switch
    {
        ("piece-returned", "posted") => Apply("returned"),
        ("piece-returned", "sealed" or "sent" or "acknowledged") => Wait(),
        ("piece-returned", "returned") => Keep("returned-already"),
        ("piece-returned", _) => Keep("piece-was-not-posted"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No event of a piece."),
    };

    /// <summary>Stands for the state that a card had before its disposal was proposed.</summary>
    public const string Withdrawn = "withdrawn";

    private static Cell Apply(string? state = null) => new(EventEffect.Apply, state, "applied");

    private static Cell Keep(string why) => new(EventEffect.Keep, null, why);

    private static Cell Wait() => new(EventEffect.Wait, null, "not-yet");
}
