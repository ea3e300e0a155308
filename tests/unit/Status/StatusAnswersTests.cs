using MyNumber.Batch;
using MyNumber.Batch.Status;

namespace MyNumber.Tests.Unit.Status;

/// <summary>R95, as a table.</summary>
public sealed class StatusAnswersTests
{
    private static readonly Policy Policy = new();
    private static readonly DateOnly Received = new(2026, 11, 24); // A Tuesday after a holiday.

    [Theory]
    [InlineData("received", null, "received")]
    [InlineData("review", null, "received")]
    [InlineData("waiting", null, "received")]
    [InlineData("selected", null, "confirmed")]
    [InlineData("ordered", "ordered", "in-process")]
    [InlineData("ordered", null, "in-process")] // Its card is not on record yet.
    [InlineData("ordered", "arrived", "sent")]
    [InlineData("ordered", "notified", "sent")]
    [InlineData("ordered", "disposal-proposed", "sent")] // The card still lies at the municipality.
    [InlineData("issued", "delivered", "sent")]
    [InlineData("ordered", "void", "ask-municipality")]
    [InlineData("void", "disposed", "ask-municipality")]
    [InlineData("incomplete", null, "ask-municipality")]
    [InlineData("rejected", null, "ask-municipality")]
    [InlineData("superseded", null, "ask-municipality")]
    [InlineData("cancelled", null, "ask-municipality")]
    public void Each_state_has_its_answer(string state, string? card, string answer) =>
        Assert.Equal(answer, For(new DateOnly(2026, 12, 1), Application(state, card))!.Answer);

    [Theory]
    [InlineData("2026-11-25", false)] // One business day after receipt: too soon.
    [InlineData("2026-11-26", true)]  // The second one.
    [InlineData("2027-05-24", true)]  // The last day of six months.
    [InlineData("2027-05-25", false)] // The day after.
    public void It_is_answered_from_two_business_days_after_receipt_for_six_months(string date, bool answered) =>
        Assert.Equal(answered, For(DateOnly.ParseExact(date, "O"), Application("received")) is not null);

    // Residents count their month from it, and stay in the first of the three for minutes, in the others for weeks.
    [Theory]
    [InlineData("selected", null, true)]
    [InlineData("ordered", "ordered", true)]
    [InlineData("ordered", "notified", true)]
    [InlineData("issued", "delivered", true)]
    [InlineData("waiting", null, false)] // It was selected before, and is no more.
    [InlineData("ordered", "void", false)]
    [InlineData("cancelled", null, false)]
    public void R95_the_date_of_confirmation_stands_beside_the_second_third_and_fourth_answer(
        string state, string? card, bool stands)
    {
        var confirmed = Application(state, card) with { ConfirmedOn = new DateOnly(2026, 11, 27) };
        Assert.Equal(stands ? confirmed.ConfirmedOn : null, For(new DateOnly(2026, 12, 1), confirmed)!.ConfirmedOn);
    }

    [Fact]
    public void A_second_use_of_the_form_that_was_rejected_does_not_hide_the_first() =>
        Assert.Equal("received", For(new DateOnly(2026, 12, 1), Application("review"), Application("rejected"))!.Answer);

    [Fact]
    public void Made_again_after_an_incomplete_one_the_newest_counts() =>
        Assert.Equal("received", For(new DateOnly(2026, 12, 1), Application("incomplete"), Application("waiting"))!.Answer);

    [Fact]
    public void An_ID_that_was_replaced_by_another_sends_to_the_municipality() =>
        Assert.Equal(
            "ask-municipality", For(new DateOnly(2026, 12, 1), Application("review") with { FormVoid = true })!.Answer);

    private static InquiredApplication Application(string state, string? card = null) => new(state, card, false, Received, null);

    private static StatusAnswer? For(DateOnly date, params InquiredApplication[] applications) =>
        StatusAnswers.For(applications, date, Policy);
}
