using MyNumber.Batch.Cards;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>Cell by cell what batch/Cards/README.md draws: a state is where it goes, `=` done without a move,
/// `later` still pending, anything else why it is kept.</summary>
public sealed class TransitionTests
{
    [Theory]
    // received, review, incomplete, rejected, waiting, selected, superseded, ordered, issued, cancelled, void
    [InlineData("application-cancelled", "cancelled cancelled application-ended-already application-ended-already cancelled cancelled cancelled cancelled card-was-delivered cancelled-already application-ended-already")]
    [InlineData("agent-accepted", "= = too-late too-late = = too-late too-late too-late too-late too-late")]
    [InlineData("photo-exempted", "= = too-late too-late = = too-late too-late too-late too-late too-late")]
    public void Events_of_applications(string kind, string cells) => Assert.Equal(
        cells, string.Join(' ', Transitions.ApplicationStates.Select(state => Text(Transitions.Application(kind, state)))));

    [Theory]
    // ordered, arrived, notified, delivered, disposal-proposed, disposal-approved, disposed, void
    [InlineData("card-arrived", "arrived arrived-already arrived-already arrived-already arrived-already arrived-already arrived-already void")]
    [InlineData("card-delivered", "later delivered delivered delivered-already delivered delivered card-in-dispute card-in-dispute")]
    [InlineData("card-suspended", "card-not-in-use card-not-in-use card-not-in-use = card-not-in-use card-not-in-use card-not-in-use card-not-in-use")]
    [InlineData("card-resumed", "card-not-in-use card-not-in-use card-not-in-use not-suspended card-not-in-use card-not-in-use card-not-in-use card-not-in-use")]
    [InlineData("card-returned", "card-not-in-use card-not-in-use card-not-in-use void card-not-in-use card-not-in-use card-not-in-use void-already")]
    [InlineData("storage-extended", "later = = card-not-in-storage withdrawn withdrawn card-not-in-storage card-not-in-storage")]
    [InlineData("storage-held", "later = = card-not-in-storage withdrawn withdrawn card-not-in-storage =")]
    [InlineData("storage-released", "later not-held not-held card-not-in-storage not-held not-held card-not-in-storage not-held")]
    [InlineData("notice-reissue-requested", "later = = card-not-to-be-picked-up card-not-to-be-picked-up card-not-to-be-picked-up card-not-to-be-picked-up card-not-to-be-picked-up")]
    [InlineData("certificate-renewed", "card-not-in-use card-not-in-use card-not-in-use = card-not-in-use card-not-in-use card-not-in-use card-not-in-use")]
    [InlineData("disposal-confirmed", "disposal-not-approved disposal-not-approved disposal-not-approved disposal-not-approved disposal-not-approved disposed disposed-already disposal-not-approved")]
    public void Events_of_cards(string kind, string cells) => Assert.Equal(
        cells,
        string.Join(' ', Transitions.CardStates.Select(state => Text(Transitions.Card(kind, state, false, false)))));

    [Fact]
    public void What_is_suspended_or_held_is_said_so()
    {
        Assert.Equal("suspended-already", Transitions.Card("card-suspended", "delivered", true, false).Result);
        Assert.Equal("=", Text(Transitions.Card("card-resumed", "delivered", true, false)));
        Assert.Equal("=", Text(Transitions.Card("storage-released", "arrived", false, true)));
        Assert.Equal("=", Text(Transitions.Card("storage-released", "void", false, true)));
    }

    [Theory]
    [InlineData("form-reissue-requested", true, false, "=")]
    [InlineData("form-reissue-requested", false, true, "not-on-the-register")]
    [InlineData("replacement-approved", true, true, "=")]
    [InlineData("replacement-approved", true, false, "no-card-to-replace")]
    [InlineData("replacement-approved", false, true, "not-on-the-register")]
    public void Events_of_residents(string kind, bool registered, bool holds, string cell) =>
        Assert.Equal(cell, Text(Transitions.Resident(kind, registered, holds)));

    [Theory]
    [InlineData("wanted", "piece-was-not-posted")]
    [InlineData("withheld", "piece-was-not-posted")]
    [InlineData("suppressed", "piece-was-not-posted")]
    [InlineData("sealed", "later")]
    [InlineData("sent", "later")]
    [InlineData("acknowledged", "later")]
    [InlineData("posted", "returned")]
    [InlineData("returned", "returned-already")]
    [InlineData("spoiled", "piece-was-not-posted")]
    [InlineData("refused", "piece-was-not-posted")]
    [InlineData("destroyed", "piece-was-not-posted")]
    public void Events_of_pieces(string state, string cell) =>
        Assert.Equal(cell, Text(Transitions.Piece("piece-returned", state)));

    [Fact]
    public void Every_kind_has_a_cell_at_every_state()
    {
        Assert.All(Transitions.ApplicationKinds, kind => Assert.All(
            Transitions.ApplicationStates, state => Assert.NotEqual("", Transitions.Application(kind, state).Result)));
        Assert.All(Transitions.CardKinds, kind => Assert.All(
            Transitions.CardStates, state => Assert.NotEqual("", Transitions.Card(kind, state, true, true).Result)));
    }

    private static string Text(Cell cell) => cell.Effect switch
    {
        EventEffect.Apply => cell.State ?? "=",
        EventEffect.Wait => "later",
        _ => cell.Result,
    };
}
