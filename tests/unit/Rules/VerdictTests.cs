using MyNumber.Batch.Reading;
using MyNumber.Batch.Validation;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>All rules together: which finding decides, and what the resident is told.</summary>
public sealed class VerdictTests
{
    [Fact]
    public void An_application_without_an_error_has_no_finding()
    {
        Assert.Equal("", Facts.Mail.Says());
        Assert.Equal("", Facts.Online.Says());
        Assert.Equal("", Facts.Handwritten.Says());
        Assert.Equal("R1", ApplicationRules.Judge(Facts.Mail).ResidentId);
        Assert.Equal("received", ApplicationRules.Judge(Facts.Mail).State);
    }

    [Fact]
    public void R52_all_errors_are_named_and_the_first_kind_is_the_state()
    {
        var many = Facts.Mail.Field("applicant_name", null, FieldState.Blank).Picture(p => p with { Present = false });
        Assert.Equal("incomplete R11 signature-missing, incomplete R20 photo-missing", many.Says());
        Assert.Equal("incomplete", ApplicationRules.Judge(many).State);
        Assert.Equal("review", ApplicationRules.Judge(many.Mark("braille", null)).State); // A notice waits for a person,
        Assert.Equal("rejected", ApplicationRules.Judge(many.Mark("braille", null) with { FormWasUsed = true }).State);
    }
}
