using MyNumber.Batch.Lifecycle;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>
/// Every event and every change of the register at every state, cell by cell. The tables below are the specification;
/// batch/Lifecycle/README.md shows the same ones.
/// </summary>
public sealed class TransitionTests
{
    private const string Applications = """
        | event | received | review | incomplete | rejected | waiting | selected | superseded | ordered | issued | cancelled | void |
        |---|---|---|---|---|---|---|---|---|---|---|---|
        | application-cancelled | cancelled | cancelled | cancelled | application-ended-already | cancelled | cancelled | cancelled | cancelled | card-was-delivered | cancelled-already | application-ended-already |
        | agent-accepted | = | = | too-late | too-late | = | = | = | too-late | too-late | too-late | too-late |
        | photo-exempted | = | = | too-late | too-late | = | = | = | too-late | too-late | too-late | too-late |

        """;

    private const string Cards = """
        | event | ordered | arrived | notified | delivered | disposal-proposed | disposal-approved | disposed | void |
        |---|---|---|---|---|---|---|---|---|
        | card-arrived | arrived | arrived-already | arrived-already | arrived-already | arrived-already | arrived-already | arrived-already | void |
        | card-delivered | later | delivered | delivered | delivered-already | delivered | delivered | card-in-dispute | card-in-dispute |
        | card-suspended | card-not-in-use | card-not-in-use | card-not-in-use | = | card-not-in-use | card-not-in-use | card-not-in-use | card-not-in-use |
        | card-resumed | card-not-in-use | card-not-in-use | card-not-in-use | not-suspended | card-not-in-use | card-not-in-use | card-not-in-use | card-not-in-use |
        | card-returned | card-not-in-use | card-not-in-use | card-not-in-use | void | card-not-in-use | card-not-in-use | card-not-in-use | void-already |
        | storage-extended | later | = | = | card-not-in-storage | withdrawn | withdrawn | card-not-in-storage | card-not-in-storage |
        | storage-held | later | = | = | card-not-in-storage | withdrawn | withdrawn | card-not-in-storage | = |
        | storage-released | later | not-held | not-held | card-not-in-storage | not-held | not-held | card-not-in-storage | not-held |
        | notice-reissue-requested | later | = | = | card-not-to-be-picked-up | card-not-to-be-picked-up | card-not-to-be-picked-up | card-not-to-be-picked-up | card-not-to-be-picked-up |
        | certificate-renewed | card-not-in-use | card-not-in-use | card-not-in-use | = | card-not-in-use | card-not-in-use | card-not-in-use | card-not-in-use |
        | disposal-confirmed | disposal-not-approved | disposal-not-approved | disposal-not-approved | disposal-not-approved | later | disposed | disposed-already | disposal-not-approved |

        """;

    // Suspended, and held or in dispute, as flags beside the state: only these three look at them.
    private const string FlaggedCards = """
        | event | ordered | arrived | notified | delivered | disposal-proposed | disposal-approved | disposed | void |
        |---|---|---|---|---|---|---|---|---|
        | card-suspended | card-not-in-use | card-not-in-use | card-not-in-use | suspended-already | card-not-in-use | card-not-in-use | card-not-in-use | card-not-in-use |
        | card-resumed | card-not-in-use | card-not-in-use | card-not-in-use | = | card-not-in-use | card-not-in-use | card-not-in-use | card-not-in-use |
        | storage-released | later | = | = | card-not-in-storage | = | = | card-not-in-storage | = |

        """;

    private const string Pieces = """
        | event | wanted | withheld | suppressed | sealed | sent | acknowledged | posted | returned | spoiled | refused | destroyed |
        |---|---|---|---|---|---|---|---|---|---|---|---|
        | piece-returned | piece-was-not-posted | piece-was-not-posted | piece-was-not-posted | later | later | later | returned | returned-already | piece-was-not-posted | piece-was-not-posted | piece-was-not-posted |

        """;

    private const string Residents = """
        | event | on the register, holds a card | on the register, holds none | not on the register |
        |---|---|---|---|
        | form-reissue-requested | = | = | not-on-the-register |
        | replacement-approved | = | no-card-to-replace | not-on-the-register |

        """;

    private const string ChangedApplications = """
        | change | received | review | incomplete | rejected | waiting | selected | superseded | ordered | issued | cancelled | void |
        |---|---|---|---|---|---|---|---|---|---|---|---|
        | died | = | void | void | = | void | void | void | void | = | = | = |
        | left | = | void | void | = | void | void | void | void | = | = | = |
        | moved | void if received before the move | void if received before the move | void if received before the move | = | void if received before the move | void if received before the move | void if received before the move | void if received before the move | = | = | = |
        | number-changed | = | = | = | = | = | = | = | void | = | = | = |

        """;

    private const string ChangedCards = """
        | change | ordered | arrived | notified | delivered | disposal-proposed | disposal-approved | disposed | void |
        |---|---|---|---|---|---|---|---|---|
        | died | void | void | void | void | = | = | = | = |
        | left | void | void | void | = | = | = | = | = |
        | moved | void, but of a later application ordered for there | void, but of a later application ordered for there | void, but of a later application ordered for there | = | = | = | = | = |
        | number-changed | void | void | void | void | = | = | = | = |

        """;

    private static readonly string[] PieceStates =
    [
        "wanted", "withheld", "suppressed", "sealed", "sent", "acknowledged", "posted", "returned", "spoiled", "refused", "destroyed",
    ];

    [Fact]
    public void R16_events_of_applications_at_every_state() => Assert.Equal(Applications, Draw(
        "event", CardTransitions.ApplicationKinds, CardTransitions.ApplicationStates,
        (kind, state) => Text(CardTransitions.Application(kind, state))));

    [Fact]
    public void R90_events_of_cards_at_every_state() => Assert.Equal(Cards, Draw(
        "event", CardTransitions.CardKinds, CardTransitions.CardStates, (kind, state) => Text(CardTransitions.Card(kind, state, false, false))));

    [Fact]
    public void R90_a_suspended_card_and_R46_a_held_one_at_every_state()
    {
        string[] kinds = ["card-suspended", "card-resumed", "storage-released"];
        Assert.Equal(FlaggedCards, Draw(
            "event", kinds, CardTransitions.CardStates, (kind, state) => Text(CardTransitions.Card(kind, state, true, true))));
        Assert.All(CardTransitions.CardKinds.Except(kinds), kind => Assert.All(CardTransitions.CardStates, state => Assert.Equal(
            CardTransitions.Card(kind, state, false, false), CardTransitions.Card(kind, state, true, true))));
        // Each looks at its own flag.
        Assert.Equal("=", Text(CardTransitions.Card("card-suspended", "delivered", false, true)));
        Assert.Equal("not-held", Text(CardTransitions.Card("storage-released", "arrived", true, false)));
    }

    [Fact]
    public void Events_of_pieces_at_every_state() => Assert.Equal(Pieces, Draw(
        "event", CardTransitions.PieceKinds, PieceStates, (kind, state) => Text(CardTransitions.Piece(kind, state))));

    [Fact]
    public void Events_of_residents()
    {
        var who = new Dictionary<string, (bool Registered, bool Holds)>
        {
            ["on the register, holds a card"] = (true, true),
            ["on the register, holds none"] = (true, false),
            ["not on the register"] = (false, true),
        };
        Assert.Equal(Residents, Draw(
            "event", CardTransitions.ResidentKinds, [.. who.Keys],
            (kind, name) => Text(CardTransitions.Resident(kind, who[name].Registered, who[name].Holds))));
        Assert.Equal("not-on-the-register", Text(CardTransitions.Resident("replacement-approved", false, false)));
    }

    [Fact]
    public void R36_changes_of_the_register_at_every_state()
    {
        Assert.Equal(ChangedApplications, Draw(
            "change", RegisterTransitions.Changes, CardTransitions.ApplicationStates, RegisterTransitions.Application));
        Assert.Equal(ChangedCards, Draw(
            "change", RegisterTransitions.Changes, CardTransitions.CardStates, RegisterTransitions.Card));
        Assert.Equal(["R09", "R09", "R36", "R37"], RegisterTransitions.Changes.Select(RegisterTransitions.Rule));
    }

    [Fact]
    public void The_README_shows_these_tables()
    {
        var readme = Sources.Read("batch/Lifecycle/README.md");
        Assert.All(
            [Applications, Cards, FlaggedCards, Pieces, Residents, ChangedApplications, ChangedCards],
            table => Assert.Contains(table, readme, StringComparison.Ordinal));
    }

    [Fact]
    public void A_kind_that_is_none_of_the_subjects_is_a_mistake_of_ours()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => CardTransitions.Application("card-arrived", "received"));
        Assert.Throws<ArgumentOutOfRangeException>(() => CardTransitions.Card("piece-returned", "ordered", false, false));
        Assert.Throws<ArgumentOutOfRangeException>(() => CardTransitions.Piece("card-arrived", "posted"));
        Assert.Throws<ArgumentOutOfRangeException>(() => CardTransitions.Resident("card-arrived", true, true));
        Assert.Throws<ArgumentOutOfRangeException>(() => RegisterTransitions.Application("married", "received"));
        Assert.Throws<ArgumentOutOfRangeException>(() => RegisterTransitions.Card("married", "ordered"));
        Assert.Throws<ArgumentOutOfRangeException>(() => RegisterTransitions.Rule("married"));
    }

    private static string Draw(
        string first, IReadOnlyList<string> kinds, IReadOnlyList<string> states, Func<string, string, string> cell) =>
        $"| {first} | {string.Join(" | ", states)} |\n|---|{string.Concat(states.Select(_ => "---|"))}\n"
        + string.Concat(kinds.Select(kind => $"| {kind} | {string.Join(" | ", states.Select(state => cell(kind, state)))} |\n"));

    private static string Text(Cell cell) => cell.Effect switch
    {
        EventEffect.Apply => cell.State ?? "=",
        EventEffect.Wait => "later",
        _ => cell.Result,
    };
}
