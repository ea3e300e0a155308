using System.Text.RegularExpressions;
using MyNumber.Batch.Validation;
using Table = MyNumber.Batch.Validation.Rules;

namespace MyNumber.Tests.Unit.Rules;

/// <summary>The table of rules against the code, the tests, the README and what residents are told.</summary>
public sealed partial class RuleBookTests
{
    // What these rules say of pieces, storage and the inquiry has tests of its own, named by what they show.
    private static readonly string[] NamedOtherwise =
    [
        "R41", "R42", "R43", "R44", "R46", "R47", "R48", "R50", "R51", "R60", "R61", "R70", "R71", "R72", "R73", "R74", "R80",
        "R95", "R97", "R99",
    ];

    public static TheoryData<string> Ids => [.. Table.Table.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_stands_once_in_the_table_and_in_the_file_that_decides_it(string id)
    {
        var rule = Assert.Single(Table.Table, rule => rule.Id == id);
        Assert.Matches($@"\b{id}\b", Sources.Read(rule.DecidedIn));
        Assert.NotEqual("", rule.Source);
        Assert.NotEqual("", rule.Operator);
        Assert.Equal(rule.Japanese.Length == 0, rule.English.Length == 0);
        Assert.All(
            rule.Severity.Split('+', StringSplitOptions.RemoveEmptyEntries),
            word => Assert.Contains(word, Enum.GetValues<Severity>().Select(Finding.Word)));
    }

    [Fact]
    public void Every_rule_has_a_test_that_is_named_by_its_id()
    {
        var named = Directory.EnumerateFiles(Path.Combine(Sources.Top, "tests"), "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(file => TestName().Matches(File.ReadAllText(file)))
            .SelectMany(match => match.Groups["name"].Value.Split('_').Where(word => RuleId().IsMatch(word))).ToHashSet();
        Assert.Empty(Table.Table.Select(rule => rule.Id).Except(NamedOtherwise).Except(named));
        Assert.Empty(named.Except(Table.Table.Select(rule => rule.Id)));
    }

    [Fact]
    public void The_README_has_the_table_as_the_code_has_it() => Assert.Contains(
        "| rule | severity | decided in |\n|---|---|---|\n"
        + string.Concat(Table.Table.Select(rule => $"| {rule.Id} | {rule.Severity} | `{rule.DecidedIn}` |\n")),
        Sources.Read("batch/README.md"), StringComparison.Ordinal);

    [Fact]
    public void R52_whatever_makes_an_application_incomplete_has_words_of_its_own_in_both_languages()
    {
        var codes = Directory.EnumerateFiles(Path.Combine(Sources.Top, "batch/Validation"), "*.cs")
            .SelectMany(file => IncompleteCode().Matches(File.ReadAllText(file)).Select(match => match.Groups["code"].Value))
            .Concat(Photograph.Codes)
            .Concat(["photo-not-jpeg", "photo-colour", "photo-bytes", "photo-pixels", "photo-damaged"]).ToHashSet();
        Assert.ProperSuperset(new HashSet<string> { "signature-missing", "braille-too-long", "agent-not-accepted" }, codes);
        Assert.Equal(codes.Order(), Sentences.ByDetail.Keys.Order());
        Assert.All(Sentences.ByDetail.Values, words =>
        {
            Assert.Matches(@"[\p{IsHiragana}].*。$", words.Japanese);
            Assert.Matches(@"^[A-Z][ -~×]*\.$", words.English);
        });
        Assert.Equal(
            ["signature-missing", "photo-missing"],
            ApplicationRules.Judge(Facts.Mail.Field("applicant_name", null, Batch.Reading.FieldState.Blank)
                .Picture(p => p with { Present = false })).Findings.Select(finding => finding.Detail));
    }

    [Fact]
    public void What_has_no_words_of_its_own_is_told_in_the_rules()
    {
        Assert.Equal(Table.Get("R35").Japanese, Table.ForResident("R35", "holds-a-valid-card").Japanese);
        Assert.Equal(Table.Get("R35").English, Table.ForResident("R35", "holds-a-valid-card").English);
        Assert.Contains("R77", Assert.Throws<ArgumentException>(() => Table.Get("R77")).Message, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"public (?:async Task|void) (?<name>\w+)\(", RegexOptions.ExplicitCapture)]
    private static partial Regex TestName();

    [GeneratedRegex("^R[0-9]{2}$")]
    private static partial Regex RuleId();

    [GeneratedRegex(@"Finding\.Incomplete\(Id, ""(?<code>[a-z-]+)""\)", RegexOptions.ExplicitCapture)]
    private static partial Regex IncompleteCode();
}
