using MyNumber.Batch.Validation;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>R03 and its two exceptions: who of several with one Application ID came too late.</summary>
public sealed class FormUseTests
{
    [Theory]
    //          in R30's order: state, m(ail) or o(nline), ! where it uses nothing up, ? where the rules will find it
    //          incomplete                                                                who is too late
    [InlineData("a received m; b received m", "b")]
    [InlineData("a received o; b received m; c received o", "b c")]
    [InlineData("a incomplete o; b received o", "")]              // R51: made again after it ended.
    [InlineData("a incomplete o; b received o; c received o", "c")] // Once.
    [InlineData("a incomplete m; b received m", "b")]             // By mail a new form comes with the letter.
    [InlineData("a rejected o !; b received o", "")]              // R02: rejected, it used nothing up.
    [InlineData("a review m !; b received m", "")]                // Its ID is in doubt.
    [InlineData("a received m; b ordered o", "a")]                // R32: what was ordered stands.
    [InlineData("a received m; b selected o", "b")]               // Before the order the earlier one wins.
    [InlineData("a cancelled m; b received m", "b")]              // A cancelled one used its form (R49).
    [InlineData("a void m; b received o", "b")]                   // So did one that a move ended (R36).
    [InlineData("a received m", "")]
    [InlineData("a rejected m; b received m", "b")]               // Rejected for another reason than R02: it was used.
    [InlineData("a incomplete o; b incomplete o; c received o; d received m", "d")]
    [InlineData("a incomplete o; b ordered o; c received o", "c")] // The last exception is used up.
    [InlineData("a received m; b superseded m", "b")]             // A superseded one must not win with a used form.
    [InlineData("a superseded o; b received m", "b")]
    [InlineData("a issued o; b review m", "b")]
    [InlineData("a received o ?; b received o", "")]              // R51: both came in one night, the first ends in it.
    [InlineData("a received o ?; b received o ?; c received o; d received o", "d")]
    [InlineData("a received m ?; b received m", "b")]             // By mail a new form comes with the letter.
    [InlineData("a received o; b received o ?", "b")]             // Too late is too late, whatever is wrong with it.
    [InlineData("a received o ?; b selected o", "")]              // An earlier one that turns up late and is no good.
    public void R03_the_first_that_was_received_used_the_form(string users, string tooLate)
    {
        var all = users.Split("; ").Select(text => text.Split(' ')).Select(
            cells => new FormUser(
                cells[0], cells[1], cells[2] == "o", !cells.Contains("!"), cells.Contains("?"))).ToList();
        Assert.Equal(tooLate, string.Join(' ', FormUse.TooLate(all).Order()));
    }
}
