using MyNumber.Batch;
using MyNumber.Batch.Lifecycle;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>What a round of events leaves behind: results, history, and what is to be saved.</summary>
public sealed class EventOutcomeTests
{
    private static readonly DateOnly Day = new(2026, 12, 8);

    [Theory]
    [InlineData("card-suspended", "delivered", "E0 applied applied", "card C1 card-suspended card-suspended")]
    [InlineData("card-suspended", "notified", "E0 kept card-not-in-use", "card C1 card-suspended kept card-not-in-use")]
    [InlineData("card-returned", "delivered", "E0 applied applied", "card C1 void card-returned")]
    [InlineData("storage-held", "disposal-proposed", "E0 applied applied", "card C1 storage-held storage-held")]
    [InlineData("storage-held", "ordered", "", "")] // Later: nothing has happened yet.
    [InlineData("card-polished", "delivered", "E0 kept kind-unknown", "")]
    public void An_event_stands_in_the_history_of_its_card_applied_or_kept(string kind, string state, string result, string told)
    {
        var world = new World { Cards = [Card(state)] };
        Assert.Equal((result, told), world.Apply((kind, "C1", "")));
    }

    [Theory]
    [InlineData("card-returned", "delivered", true)]
    [InlineData("card-suspended", "delivered", false)]
    public void The_day_of_a_state_is_that_of_a_move(string kind, string state, bool moved)
    {
        var card = Card(state);
        new World { Cards = [card] }.Apply((kind, "C1", ""));
        Assert.Equal(moved, card.StateChanged);
    }

    [Theory]
    [InlineData("card-suspended", "delivered", true)]
    [InlineData("card-delivered", "disposed", true)] // Kept, and it puts the card in dispute (R46).
    [InlineData("card-suspended", "notified", false)]
    public void A_card_is_saved_where_an_event_changed_it(string kind, string state, bool saved)
    {
        var card = Card(state);
        new World { Cards = [card] }.Apply((kind, "C1", ""));
        Assert.Equal(saved, card.Changed);
    }

    [Fact]
    public void R90_a_lost_card_is_suspended_until_it_is_resumed()
    {
        var card = Card("delivered");
        var world = new World { Cards = [card] };
        world.Apply(("card-suspended", "C1", ""));
        Assert.True(card.Suspended);
        world.Apply(("card-resumed", "C1", ""));
        Assert.False(card.Suspended);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void R46_either_a_hold_or_a_dispute_can_be_released(bool held, bool inDispute)
    {
        var card = Card("notified");
        (card.Held, card.InDispute) = (held, inDispute);
        Assert.Equal("E0 applied applied", new World { Cards = [card] }.Apply(("storage-released", "C1", "")).Results);
        Assert.Equal((false, false), (card.Held, card.InDispute));
    }

    [Fact]
    public void R46_a_card_is_held_when_the_municipality_says_so()
    {
        var card = Card("notified");
        new World { Cards = [card] }.Apply(("storage-held", "C1", ""));
        Assert.True(card.Held);
    }

    [Theory]
    [InlineData("storage-held", "storage-extended")]
    [InlineData("storage-extended", "storage-held")]
    [InlineData("storage-held", "card-delivered")]
    public void R46_a_withdrawn_proposal_stays_withdrawn_whatever_comes_the_same_night(string first, string second)
    {
        var card = Card("disposal-approved");
        new World { Cards = [card] }.Apply((first, "C1", "2027-06-30"), (second, "C1", "2027-06-30"));
        Assert.True(card.ProposalWithdrawn);
    }

    [Theory]
    [InlineData("ordered", "2027-05-31", "notified")]
    [InlineData("ordered", null, "arrived")] // Nobody was told yet.
    [InlineData("void", "2027-05-31", "void")] // A move ended the order (R36): nobody may pick it up.
    [InlineData(null, "2027-05-31", "notified")] // A card that the register fed.
    public void R46_withdrawn_a_card_goes_back_to_where_it_was(string? application, string? deadline, string becomes)
    {
        var card = Card("disposal-proposed", application is null ? null : "A1");
        card.PickupDeadline = deadline is null ? null : DateOnly.ParseExact(deadline, "O");
        new World { Cards = [card], Applications = [Application("A1", application ?? "ordered")] }.Apply(("storage-held", "C1", ""));
        Assert.Equal(becomes, card.State);
    }

    [Theory]
    [InlineData("ordered", "void")]
    [InlineData("arrived", "void")]
    [InlineData("notified", "void")]
    [InlineData("disposal-proposed", "disposal-proposed")] // On its way; withdrawn, it is void.
    public void R16_cancelled_after_the_order_the_card_is_void_and_comes_all_the_same(string state, string becomes)
    {
        var (card, application) = (Card(state, "A1"), Application("A1", "ordered"));
        var world = new World { Cards = [card], Applications = [application] };
        Assert.Equal(
            "application A1 cancelled application-cancelled" + (becomes == "void" ? ", card C1 void R16" : ""),
            world.Apply(("application-cancelled", "A1", "")).History);
        Assert.Equal(("cancelled", true), (application.State, application.Changed));
        Assert.Equal((becomes, becomes == "void"), (card.State, card.Changed));
    }

    [Theory]
    [InlineData("application-cancelled", "selected", "E0 applied applied", "application A1 cancelled application-cancelled")]
    [InlineData("application-cancelled", "issued", "E0 kept card-was-delivered",
        "application A1 application-cancelled kept card-was-delivered")]
    [InlineData("agent-accepted", "review", "E0 applied applied", "application A1 agent-accepted agent-accepted")] // R10
    [InlineData("photo-exempted", "rejected", "E0 kept too-late", "application A1 photo-exempted kept too-late")]  // R22
    public void R16_an_event_of_an_application_for_which_no_card_was_ordered(
        string kind, string state, string result, string told)
    {
        var application = Application("A1", state);
        Assert.Equal((result, told), new World { Applications = [application] }.Apply((kind, "A1", "")));
        Assert.Equal(kind == "application-cancelled" && state == "selected", application.Changed);
    }

    [Theory]
    //          of several with one ID, in R30's order     which one the event means
    [InlineData("incomplete selected", "application-cancelled", "A2 cancelled")] // R51: made again.
    [InlineData("selected incomplete", "application-cancelled", "A1 cancelled")]
    [InlineData("rejected incomplete", "application-cancelled", "A2 cancelled")]
    [InlineData("rejected cancelled", "application-cancelled", "A1 application-cancelled kept")] // It fits none: the first.
    public void R16_where_several_carry_the_ID_the_first_that_it_fits_is_meant_an_incomplete_one_last(
        string states, string kind, string told)
    {
        var id = new string('7', 23);
        var world = new World
        {
            Applications = [.. states.Split(' ').Select((state, i) => Application($"A{i + 1}", state, id))],
        };
        Assert.StartsWith($"application {told} ", world.Apply((kind, id, "")).History, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ordered", "issued")]
    [InlineData("void", "void")] // What a move ended stays ended, though the card is handed over.
    public void A_delivery_makes_the_application_issued(string state, string becomes)
    {
        var application = Application("A1", state);
        var world = new World { Cards = [Card("notified", "A1")], Applications = [application] };
        Assert.Equal(
            (state == "ordered" ? "application A1 issued , " : "") + "card C1 delivered card-delivered",
            world.Apply(("card-delivered", "C1", "")).History);
        Assert.Equal((becomes, becomes == "issued"), (application.State, application.Changed));
    }

    [Fact]
    public void V2_the_card_that_is_replaced_is_saved_and_its_history_says_why()
    {
        var old = Card("delivered", reference: "C0");
        var world = new World { Cards = [old, Card("notified")] };
        Assert.Equal("card C0 void replaced, card C1 delivered card-delivered", world.Apply(("card-delivered", "C1", "")).History);
        Assert.True(old.Changed);
    }

    [Theory]
    [InlineData("delivered", "2037-06-15")] // Renewed in the old card's last three months: one birthday more.
    [InlineData("void", "2036-06-15")]      // It was given back long ago: nothing is renewed.
    public void R40_a_card_renews_the_one_that_is_in_use(string old, string until)
    {
        var held = Card(old, reference: "C0");
        held.ValidUntil = new(2027, 2, 15);
        var made = Ordered(wantsSignature: false, wantsUser: true);
        new World { Cards = [held, made], Applications = [Application("A1", "ordered")] }.Apply(("card-arrived", "A1", "K1=2026-12-01"));
        Assert.Equal(until, $"{made.ValidUntil:O}");
        Assert.Null(made.SignatureUntil);
        Assert.NotNull(made.UserUntil);
    }

    [Fact]
    public void R44_a_notice_that_is_asked_for_again_is_due_from_the_day_of_the_request()
    {
        var card = Card("notified");
        new World { Cards = [card] }.Apply(("notice-reissue-requested", "C1", ""));
        Assert.Equal(Day, card.ReissueRequestedOn);
    }

    [Theory]
    [InlineData("form-reissue-requested", false)] // R60: a form is asked for, nothing of the card.
    [InlineData("replacement-approved", true)]    // R35
    public void An_event_of_a_resident_marks_the_card_only_for_a_replacement(string kind, bool approved)
    {
        var card = Card("delivered");
        Assert.Equal(("E0 applied applied", $"resident R1 {kind} {kind}"), new World { Cards = [card] }.Apply((kind, "R1", "")));
        Assert.Equal((approved, approved), (card.ReplacementApproved, card.Changed));
    }

    [Theory]
    [InlineData("posted", "returned", "E0 applied applied", "piece P1 returned piece-returned")]
    [InlineData("sent", "sent", "", "")]
    [InlineData("spoiled", "spoiled", "E0 kept piece-was-not-posted", "piece P1 piece-returned kept piece-was-not-posted")]
    public void R42_a_piece_comes_back_once_it_was_posted(string state, string becomes, string result, string told)
    {
        var piece = new TimelinePiece { PieceId = "P1", State = state, MunicipalityCode = "131016" };
        var world = new World { Pieces = { ["P1"] = piece } };
        Assert.Equal((result, told), world.Apply(("piece-returned", "P1", "")));
        Assert.Equal((becomes, becomes == "returned"), (piece.State, piece.Changed));
    }

    private static TimelineCard Card(string state, string? order = null, string reference = "C1") => new()
    {
        Ref = reference,
        OrderId = order,
        ApplicationKey = order,
        MunicipalityCode = "131016",
        CardId = reference,
        ResidentId = "R1",
        State = state,
        ValidUntil = new(2030, 6, 15),
    };

    private static TimelineCard Ordered(bool wantsSignature, bool wantsUser) => new()
    {
        Ref = "A1", OrderId = "A1", ApplicationKey = "A1", MunicipalityCode = "131016", ResidentId = "R1",
            State = "ordered", WantsSignature = wantsSignature, WantsUser = wantsUser,
    };

    private static TimelineApplication Application(string key, string state, string? id = null) =>
        new() { Key = key, ApplicationId = id, State = state, ReceivedOn = new(2026, 11, 24), ResidentId = "R1" };

    private sealed class World
    {
        public TimelineCard[] Cards { get; init; } = [];

        public TimelineApplication[] Applications { get; init; } = [];

        public Dictionary<string, TimelinePiece> Pieces { get; } = [];

        /// <summary>`event state result` of every event that has one, and `kind subject what why` of every line of history.</summary>
        public (string Results, string History) Apply(params (string Kind, string Subject, string Value)[] happened)
        {
            var outcome = new Events.Applier(
                new TimelineSubjects
                {
                    Events = [.. happened.Select((e, i) =>
                        new PendingEvent($"E{i}", Day, e.Kind, e.Subject, e.Value) { Municipality = "131016" })],
                    Cards = Cards,
                    Applications = Applications,
                    Residents = new Dictionary<string,
                        TimelineResident> { ["R1"] = new("R1", new(1990, 6, 15), null, null, [new(new(2020, 1, 1), "131016")]) },
                    Pieces = Pieces,
                },
                new Policy()).Apply();
            return (
                string.Join(", ", outcome.Results.Select(r => $"{r.EventId} {r.State} {r.Result}")),
                string.Join(", ", outcome.History.Select(h => $"{h.Kind} {h.Subject} {h.What} {h.Why}")));
        }
    }
}
