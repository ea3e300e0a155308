namespace MyNumber.Batch.Lifecycle;

/// <summary>
/// What a change of the register does to an application and to a card at each of its states (R09, R36, R37): it voids
/// it, voids it only where it was received before the move, or leaves it. README.md draws the table, tests go through it.
/// </summary>
public static class RegisterTransitions
{
    /// <summary>The subject ends as `void`.</summary>
    public const string Void = "void";

    /// <summary>R36: what was received on the day of the move or later stands, and is judged by the register as it is now.</summary>
    public const string VoidIfEarlier = "void if received before the move";

    /// <summary>R36: of an application that stands, a card that was ordered with the old address goes, and is ordered again.</summary>
    public const string VoidIfElsewhere = "void, but of a later application ordered for there";

    /// <summary>Nothing ends; an application that is still open is judged again.</summary>
    public const string Stays = "=";

    /// <summary>
    /// Every kind of change, the strongest first: where several come at once, each voids what it voids, and the history
    /// names the first.
    /// </summary>
    public static IReadOnlyList<string> Changes { get; } = ["died", "left", "moved", "number-changed"];

    /// <summary>Its place among changes of one day.</summary>
    internal static int Rank(string change) => Changes.TakeWhile(other => other != change).Count();

    /// <summary>The rule that a change follows.</summary>
    public static string Rule(string change) => change switch
    {
        "died" or "left" => "R09",
        "moved" => "R36",
        "number-changed" => "R37",
        _ => throw Unknown(change),
    };

    /// <summary>
    /// Applications. Who left or died is no applicant any more, and one not yet judged is rejected for that (R09). A move
    /// voids every open one of before, an incomplete one too: the used form stays used, so it cannot be made again. A changed
    /// number ends only what a card with the old one was ordered for; what is still open is judged by the new number.
    /// </summary>
    public static string Application(string change, string state) => (change, state) switch
    {
        ("died" or "left", "review" or "incomplete" or "waiting" or "selected" or "superseded" or "ordered") => Void,
        ("moved", "received" or "review" or "incomplete" or "waiting" or "selected" or "superseded" or "ordered") => VoidIfEarlier,
        ("number-changed", "ordered") => Void,
        _ when Changes.Contains(change) => Stays,
        _ => throw Unknown(change),
    };

    /// <summary>
    /// Cards. One that nobody picked up yet must not be handed over where its owner no longer lives, or with an old number.
    /// In use, it moves with its holder and stays valid abroad until it is given back; death and a new number end it.
    /// </summary>
    public static string Card(string change, string state) => (change, state) switch
    {
        ("moved", "ordered" or "arrived" or "notified") => VoidIfElsewhere,
        (_, "ordered" or "arrived" or "notified") when Changes.Contains(change) => Void,
        ("died" or "number-changed", "delivered") => Void,
        _ when Changes.Contains(change) => Stays,
        _ => throw Unknown(change),
    };

    private static ArgumentOutOfRangeException Unknown(string change) =>
        new(nameof(change), change, "No change of the register.");
}
