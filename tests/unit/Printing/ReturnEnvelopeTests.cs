using MyNumber.Batch;
using MyNumber.Batch.Printing;

namespace MyNumber.Tests.Unit.Printing;

public sealed class ReturnEnvelopeTests
{
    [Theory]
    [InlineData("form+return-envelope+notice", "2026-11-24", "2026-12-24", ReturnEnvelope.EndsTooSoon)] // The last day to post itself.
    [InlineData("form+return-envelope+notice", "2026-11-24", "2026-12-25", null)] // The day after it.
    [InlineData("return-envelope", "2026-11-24", "2026-11-20", ReturnEnvelope.EndsTooSoon)] // Over already.
    [InlineData("reply-sheet+reply-envelope", "2026-11-24", "2026-11-20", null)] // Another envelope, without an end date.
    [InlineData("", "2026-11-24", "2026-11-20", null)]
    public void R50_the_return_envelopes_end_date_lies_after_the_last_day_a_resident_may_post(
        string enclosures, string printedOn, string validUntil, string? expected) =>
        Assert.Equal(expected, ReturnEnvelope.Check(
            enclosures, DateOnly.ParseExact(printedOn, "O"),
            new Policy { ReturnEnvelopeValidUntil = DateOnly.ParseExact(validUntil, "O"), ReturnEnvelopeDaysMin = 30 }));
}
