using MyNumber.Batch.Printing;

namespace MyNumber.Tests.Unit.Printing;

/// <summary>What the vendor's word does to a piece, cell by cell: kind of line × state of the piece.</summary>
public sealed class VendorRulesTests
{
    private static readonly DateOnly PrintedFor = new(2026, 11, 27);
    private static readonly DateOnly Day = new(2026, 11, 30);

    [Theory]
    [InlineData("posted", "sent", "applied", "posted", "posted")]
    [InlineData("posted", "acknowledged", "applied", "posted", "posted")]
    [InlineData("posted", "spoiled", "kept", "spoiled", "posted-but-spoiled")] // A letter that should not be in the mail.
    [InlineData("posted", "destroyed", "kept", "destroyed", "posted-but-destroyed")]
    [InlineData("posted", "refused", "kept", "refused", "posted-but-refused")]
    [InlineData("posted", "sealed", "kept", "sealed", "posted-but-sealed")]
    [InlineData("spoiled", "sent", "applied", "spoiled", "spoiled")]
    [InlineData("spoiled", "acknowledged", "applied", "spoiled", "spoiled")]
    [InlineData("spoiled", "spoiled", "applied", "spoiled", "again")]
    [InlineData("spoiled", "destroyed", "applied", "destroyed", "again")]
    [InlineData("spoiled", "posted", "kept", "posted", "spoiled-but-posted")] // It is in the mail: no second one.
    [InlineData("spoiled", "returned", "kept", "returned", "spoiled-but-returned")]
    [InlineData("spoiled", "refused", "kept", "refused", "spoiled-but-refused")]
    [InlineData("destroyed", "spoiled", "applied", "destroyed", "destroyed")]
    [InlineData("destroyed", "destroyed", "applied", "destroyed", "again")]
    [InlineData("destroyed", "sent", "pending", "sent", "not-yet-spoiled")] // The spoiled list may come later.
    [InlineData("destroyed", "acknowledged", "pending", "acknowledged", "not-yet-spoiled")]
    [InlineData("destroyed", "posted", "kept", "posted", "destroyed-but-posted")]
    [InlineData("destroyed", "refused", "kept", "refused", "destroyed-but-refused")]
    public void A_line_has_one_defined_result(string kind, string state, string answer, string after, string result)
    {
        var judged = VendorRules.Judge(kind, kind == "spoiled" ? null : Day, new(state, null, PrintedFor));

        Assert.Equal((answer, result, after), (judged.State, judged.Result, judged.After.State));
    }

    [Fact]
    public void The_same_posting_twice_does_nothing() =>
        Assert.Equal("again", VendorRules.Judge("posted", Day, new("posted", Day, PrintedFor)).Result);

    [Fact]
    public void Another_day_of_posting_is_kept_and_never_believed()
    {
        var judged = VendorRules.Judge("posted", Day.AddDays(1), new("posted", Day, PrintedFor));

        Assert.Equal(("kept", Day), (judged.State, judged.After.PostedOn!.Value));
    }

    [Fact]
    public void Nothing_is_posted_before_the_business_date_of_its_drop() =>
        Assert.Equal("kept", VendorRules.Judge("posted", PrintedFor.AddDays(-1), new("sent", null, PrintedFor)).State);
}
