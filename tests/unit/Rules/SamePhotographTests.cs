using MyNumber.Batch.Validation;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>R24, as pure functions.</summary>
public sealed class SamePhotographTests
{
    [Theory]
    [InlineData("received", "received", "A B", "")]
    [InlineData("received", "selected", "A B", "")]
    [InlineData("received", "waiting", "A B", "")]
    [InlineData("received", "superseded", "A B", "")]   // It may win yet.
    [InlineData("received", "ordered", "A", "B")]       // Its card cannot be asked about any more.
    [InlineData("received", "issued", "A", "B")]        // Nor can this one.
    [InlineData("received", "incomplete", "", "")]      // Dead: it brings no card.
    [InlineData("received", "rejected", "", "")]
    [InlineData("received", "cancelled", "", "")]
    [InlineData("received", "void", "", "")]
    [InlineData("ordered", "ordered", "", "")]          // Ordered stands (R32).
    public void R24_live_applications_of_two_residents_are_both_asked_about(string a, string b, string ask, string ordered)
    {
        var verdict = SamePhotograph.Decide([New("A", a, "R1"), New("B", b, "R2")]);
        Assert.Equal(ask, string.Join(' ', verdict.Ask));
        Assert.Equal(ordered, string.Join(' ', verdict.Ordered.Select(pair => pair.Ordered)));
    }

    [Fact]
    public void R24_an_applicants_own_repeats_are_no_finding() =>
        Assert.Empty(SamePhotograph.Decide([New("A", "received", "R1"), New("B", "ordered", "R1")]).Ask);

    [Fact]
    public void R24_whose_it_is_must_be_certain_on_both_sides()
    {
        Assert.Empty(SamePhotograph.Decide([New("A", "review", null), New("B", "received", "R1")]).Ask);
        Assert.Empty(SamePhotograph.Decide([New("A", "review", null), New("B", "review", null)]).Ask);
    }

    [Fact]
    public void R24_it_is_not_asked_twice_and_not_again_after_an_answer()
    {
        var (asked, answered) = (New("A", "review", "R1") with { Asked = true }, New("B", "selected", "R2") with { Answered = true });
        Assert.Equal(["C"], SamePhotograph.Decide([asked, answered, New("C", "received", "R3")]).Ask);
    }

    [Fact]
    public void R24_a_question_stands_while_the_photograph_is_another_residents_too_whatever_became_of_it()
    {
        var asked = New("A", "review", "R1") with { Asked = true };
        Assert.Empty(SamePhotograph.Decide([asked, New("B", "cancelled", "R2")]).Withdraw);
        // The other turned out to be the same person.
        Assert.Equal(["A"], SamePhotograph.Decide([asked, New("B", "review", "R1")]).Withdraw);
    }

    [Theory]
    [InlineData(false, null, "")]
    [InlineData(true, null, "review same-photograph")]
    [InlineData(true, "ok", "")]
    [InlineData(true, "other-person", "incomplete photo-other-person")]
    [InlineData(false, "other-person", "incomplete photo-other-person")] // The others are gone; what was seen was seen.
    [InlineData(true, "photo-hat", "review same-photograph")]            // No answer to this question.
    public void R24_a_person_says_whose_face_it_is(bool shared, string? answer, string expected)
    {
        var facts = Facts.Online with
        {
            PhotoIsShared = shared,
            Decisions = answer is null
                ? new Dictionary<string, string>() : new Dictionary<string, string> { [SamePhotograph.Field] = answer },
        };
        Assert.Equal(expected, string.Join(' ', ApplicationRules.Judge(facts).Findings
            .Select(finding => $"{Finding.Word(finding.Severity)} {finding.Detail}")));
    }

    private static PhotoSharer New(string key, string state, string? resident) => new(key, state, resident, false, false);
}
