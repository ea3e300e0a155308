using MyNumber.Batch;
using MyNumber.Batch.Lifecycle;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>What events write into a card, and which values they may carry; the states are TransitionTests'.</summary>
public sealed class EventValueTests
{
    private static readonly DateOnly Day = new(2026, 12, 8);

    [Theory]
    [InlineData("signature=2030-06-15", "applied")]    // The card's own last day.
    [InlineData("signature=2030-06-16", "past-the-card")] // R40: never past the card.
    [InlineData("user=2030-06-15", "applied")]
    [InlineData("user=2030-06-16", "past-the-card")]
    [InlineData("user=2030-02-29", "value-unusable")]  // No such day.
    [InlineData("both=2030-06-15", "value-unusable")]
    [InlineData("user", "value-unusable")]
    [InlineData("user=2030-06-15 ", "value-unusable")]
    [InlineData("", "value-unusable")]
    public void R40_a_certificate_is_renewed_to_a_day_of_its_card(string value, string result)
    {
        var card = Card("delivered");
        Assert.Equal(result, Apply(card, ("certificate-renewed", "C1", value)));
        var renewed = result == "applied" ? value[(value.IndexOf('=', StringComparison.Ordinal) + 1)..] : null;
        Assert.Equal(value.StartsWith("signature", StringComparison.Ordinal) ? renewed
            ?? "2028-06-15" : "2028-06-15", $"{card.SignatureUntil:O}");
        Assert.Equal(value.StartsWith("user", StringComparison.Ordinal) ? renewed ?? "2028-06-15" : "2028-06-15", $"{card.UserUntil:O}");
    }

    [Theory]
    [InlineData("K1=2026-12-01", "applied")]
    [InlineData("K1", "value-unusable")]
    [InlineData("=2026-12-01", "value-unusable")]
    [InlineData("K1=2026-02-30", "value-unusable")]
    [InlineData("K1=2026-12-01=2", "value-unusable")]
    [InlineData("", "value-unusable")]
    [InlineData("C1=2026-12-01", "card-id-is-anothers")]
    public void A_card_arrives_with_its_own_id_and_day_of_issue(string value, string result)
    {
        var made = Card("ordered", order: "A1");
        Assert.Equal(result, Apply([Card("delivered"), made], [("card-arrived", "A1", value)]));
        Assert.Equal(result == "applied" ? ("arrived", "K1", Day) : ("ordered", null, (DateOnly?)null),
            (made.State, made.CardId, made.ArrivedOn));
    }

    [Fact]
    public void A_card_arrives_once_whatever_id_the_second_event_gives_it()
    {
        var made = Card("ordered", order: "A1");
        Assert.Equal(
            "arrived-already", Apply([made], [("card-arrived", "A1", "K1=2026-12-01"), ("card-arrived", "A1", "K2=2026-12-02")]));
        Assert.Equal(("K1", new DateOnly(2026, 12, 1)), (made.CardId, made.IssuedOn));
        // Void, it may arrive too, but not twice.
        var voided = Card("void", order: "A1");
        Assert.Equal(
            "arrived-already", Apply([voided], [("card-arrived", "A1", "K1=2026-12-01"), ("card-arrived", "A1", "K2=2026-12-02")]));
        Assert.Equal(("K1", "void"), (voided.CardId, voided.State));
    }

    [Theory]
    [InlineData("2027-06-30", "applied", "2027-06-30")]
    [InlineData("2027-04-30", "applied", "2027-05-31")]    // R45: never before a day that was named.
    [InlineData("30.06.2027", "value-unusable", "2027-05-31")]
    [InlineData("", "value-unusable", "2027-05-31")]
    public void R45_an_extension_never_shortens(string value, string result, string deadline)
    {
        var card = Card("notified");
        (card.ExtendedUntil, card.PickupDeadline) = (new(2027, 5, 31), new(2027, 5, 31));
        Assert.Equal(result, Apply(card, ("storage-extended", "C1", value)));
        Assert.Equal((deadline, deadline), ($"{card.ExtendedUntil:O}", $"{card.PickupDeadline:O}"));
    }

    [Fact]
    public void R44_an_extension_does_not_shorten_the_deadline_that_a_notice_named()
    {
        var card = Card("notified");
        card.PickupDeadline = new(2027, 6, 30);
        Apply(card, ("storage-extended", "C1", "2027-05-31"));
        Assert.Equal((new DateOnly(2027, 5, 31), new DateOnly(2027, 6, 30)), (card.ExtendedUntil, card.PickupDeadline));
    }

    [Theory]
    [InlineData("storage-held", "disposal-proposed", true, "notified")]
    [InlineData("storage-extended", "disposal-approved", true, "notified")]
    [InlineData("card-delivered", "disposal-proposed", true, "delivered")]
    [InlineData("storage-held", "notified", false, "notified")]
    [InlineData("card-delivered", "notified", false, "delivered")]
    public void R46_a_proposal_is_withdrawn_where_a_card_is_held_extended_or_picked_up(
        string kind, string state, bool withdrawn, string becomes)
    {
        var card = Card(state);
        card.PickupDeadline = new(2027, 5, 31);
        Apply(card, (kind, "C1", "2027-06-30"));
        Assert.Equal((withdrawn, becomes), (card.ProposalWithdrawn, card.State));
    }

    [Fact]
    public void R46_a_release_ends_a_hold_and_a_dispute()
    {
        var card = Card("void");
        Assert.Equal("card-in-dispute", Apply(card, ("card-delivered", "C1", "")));
        Assert.True(card.InDispute);
        Assert.Equal("applied", Apply(card, ("storage-held", "C1", "")));
        Assert.Equal("applied", Apply(card, ("storage-released", "C1", "")));
        Assert.Equal((false, false), (card.Held, card.InDispute));
        Assert.Equal("not-held", Apply(card, ("storage-released", "C1", "")));
    }

    [Fact]
    public void V2_a_delivery_ends_the_card_that_it_replaces_and_no_other()
    {
        var (old, kept, made) = (Card("delivered"), Card("void", reference: "C2"), Card("arrived", reference: "A1", order: "A1"));
        made.CardId = "K1";
        Assert.Equal("applied", Apply([old, kept, made], [("card-delivered", "K1", "")]));
        Assert.Equal(("void", "void", "delivered"), (old.State, kept.State, made.State));
        Assert.False(kept.Changed);
    }

    [Fact]
    public void R35_the_municipalitys_note_is_for_the_card_in_use()
    {
        var (held, stored) = (Card("delivered"), Card("arrived", reference: "C2"));
        Assert.Equal("applied", Apply([held, stored], [("replacement-approved", "R1", "")]));
        Assert.Equal((true, false), (held.ReplacementApproved, stored.ReplacementApproved));
        Assert.Equal("no-card-to-replace", Apply([stored], [("replacement-approved", "R1", "")]));
    }

    [Theory]
    [InlineData(null, "applied")]
    [InlineData("2026-12-09", "applied")]             // Leaves tomorrow.
    [InlineData("2026-12-08", "not-on-the-register")]
    public void R60_a_form_is_reissued_to_who_is_on_the_register_that_day(string? leftOn, string result) =>
        Assert.Equal(result, Apply(
            [], [("form-reissue-requested", "R1", "")], leftOn is null ? null : DateOnly.ParseExact(leftOn, "O", null)));

    [Theory]
    [InlineData("card-arrived", "C1")]           // Order ids and card ids are not the same thing.
    [InlineData("card-delivered", "A9")]
    [InlineData("application-cancelled", "C1")]
    [InlineData("replacement-approved", "R9")]
    [InlineData("piece-returned", "P9")]
    public void An_event_whose_subject_nobody_knows_stays_pending(string kind, string subject) =>
        Assert.Null(Apply([Card("delivered")], [(kind, subject, "K1=2026-12-01")]));

    private static TimelineCard Card(string state, string? order = null, string? reference = null) => new()
    {
        Ref = order ?? reference ?? "C1",
        OrderId = order,
        ApplicationKey = order,
        MunicipalityCode = "131016",
        CardId = order is null ? reference ?? "C1" : null,
        ResidentId = "R1",
        State = state,
        ValidUntil = order is null ? new(2030, 6, 15) : null,
        SignatureUntil = order is null ? new(2028, 6, 15) : null,
        UserUntil = order is null ? new(2028, 6, 15) : null,
        WantsSignature = true,
        WantsUser = true,
    };

    private static string? Apply(TimelineCard card, (string Kind, string Subject, string Value) happened) =>
        Apply([card], [happened]);

    // The last event's result; null where it is still pending.
    private static string? Apply(
        TimelineCard[] cards, (string Kind, string Subject, string Value)[] happened, DateOnly? leftOn = null)
    {
        var subjects = new TimelineSubjects
        {
            Events = [.. happened.Select((e, i) => new PendingEvent($"E{i}", Day, e.Kind, e.Subject, e.Value) { Municipality = "131016" })],
            Cards = cards,
            Applications = [new() { Key = "A1", State = "ordered", ReceivedOn = new(2026, 11, 24), ResidentId = "R1" }],
            Residents = new Dictionary<string,
                TimelineResident> { ["R1"] = new("R1", new(1990, 6, 15), null, leftOn, [new(new(2020, 1, 1), "131016")]) },
            Pieces = new Dictionary<string, TimelinePiece>(),
        };
        var results = new Events.Applier(subjects, new Policy()).Apply().Results;
        return results.Count == happened.Length ? results[^1].Result : null;
    }
}
