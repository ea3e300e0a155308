using System.Text;
using MyNumber.Batch.Lifecycle;
using MyNumber.Batch.Notices;
using MyNumber.Batch.Validation;
using Table = MyNumber.Batch.Validation.Rules;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>R51: what online applicants read.</summary>
public sealed class EmailTextsTests
{
    private static readonly string Id = new('7', 23);

    [Theory]
    [InlineData("taken-in", "")]
    [InlineData("incomplete", "R20/photo-missing")]
    [InlineData("rejected", "R35/holds-a-valid-card")]
    [InlineData("superseded", "")]
    [InlineData("cancelled", "")]
    [InlineData("void", "R36/void")]
    public void R51_each_message_says_in_both_languages_what_happened_with_the_Application_ID(string kind, string reason)
    {
        var body = Message(kind, reason).Body("https://example.jp/apply");
        Assert.Equal(2, body.Split(Id).Length - 1 - (kind == "incomplete" ? 2 : 0));
        Assert.Contains($"申請書ID：{Id}\r\n", body, StringComparison.Ordinal);
        Assert.Contains($"Application ID: {Id}\r\n", body, StringComparison.Ordinal);
        Assert.Contains("個人番号カード", body, StringComparison.Ordinal);
        Assert.Equal(kind == "incomplete", body.Contains($"https://example.jp/apply?id={Id}", StringComparison.Ordinal));
        Assert.DoesNotContain("\r\n\r\n\r\n", body, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?<!\r)\n", body);
        var english = body[body.IndexOf("このメールは送信専用です。", StringComparison.Ordinal)..].Split("\r\n", 2)[1];
        Assert.True(Ascii.IsValid(english), english);
        if (reason.Length > 0)
        {
            Assert.Contains("\r\n・", body, StringComparison.Ordinal);
            Assert.Contains("\r\n- ", body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void R51_whatever_rejects_or_voids_has_words_for_the_applicant()
    {
        foreach (var rule in Table.Table.Where(rule => rule.Severity.Contains("reject", StringComparison.Ordinal)))
        {
            Assert.Single(EmailTexts.Reasons("rejected", [$"{rule.Id}/whatever"]));
        }

        foreach (var rule in RegisterTransitions.Changes.Select(RegisterTransitions.Rule).Append("R47").Distinct())
        {
            Assert.Single(EmailTexts.Reasons("void", [$"{rule}/void"]));
        }
    }

    [Fact]
    public void R51_the_same_reason_is_given_once_and_the_same_message_has_the_same_bytes()
    {
        Assert.Single(EmailTexts.Reasons("rejected", ["R02/id-unknown", "R02/birth-date-differs"]));
        var bytes = Message("rejected", "R02/id-unknown").ToBytes("no-reply@example.jp", "https://example.jp/apply");
        Assert.Equal(bytes, Message("rejected", "R02/id-unknown").ToBytes("no-reply@example.jp", "https://example.jp/apply"));
        Assert.All(Encoding.ASCII.GetString(bytes).Split("\r\n"), line => Assert.True(line.Length <= 78));
    }

    private static EmailMessage Message(string kind, string reason) => new(
        "on-1", 1, kind, "a@example.jp", Id, reason.Length == 0 ? [] : [reason], new DateOnly(2026, 11, 24));
}
