using MyNumber.Batch;
using MyNumber.Batch.Waiting;

namespace MyNumber.Tests.Unit.Waiting;

/// <summary>R96: the one table of what may wait, and what comes from it.</summary>
public sealed class WaitingTableTests
{
    private static readonly Policy Defaults = new();

    [Fact]
    public void R96_every_cause_has_a_name_of_its_own_an_owner_a_setting_and_words()
    {
        Assert.Equal(WaitingCauses.All.Count, WaitingCauses.All.Select(cause => cause.Name).Distinct().Count());
        Assert.All(WaitingCauses.All, cause =>
        {
            Assert.Matches("^[a-z-]+$", cause.Name);
            Assert.Contains(cause.Days.Setting, Policy.Names);
            Assert.Matches(@"^[A-Z].*\.$", cause.WhatToDo);
            Assert.NotEqual("", cause.Owner);
        });
    }

    [Fact]
    public void R96_the_folders_README_has_the_table_as_the_code_has_it() => Assert.Contains(
        "| cause | what waits | may wait | setting | who must act |\n|---|---|---|---|---|\n" + string.Concat(WaitingCauses.All.Select(
            cause => $"| `{cause.Name}` | {cause.What} | {cause.Days.Text(Defaults)} | `{cause.Days.Setting}` | {cause.Owner} |\n")),
        Sources.Read("batch/Waiting/README.md"), StringComparison.Ordinal);

    [Fact]
    public void R96_the_table_of_alerts_says_of_each_cause_what_to_do() => Assert.Contains(
        "| may wait | subject | who must act | what to do |\n|---|---|---|---|\n" + string.Concat(WaitingCauses.All.Select(
            cause => $"| {cause.Days.Text(Defaults)} | `{cause.Name}`: {cause.What} | {cause.Owner} | {cause.WhatToDo} |\n")),
        Sources.Read("jobs/Alerting/README.md"), StringComparison.Ordinal);

    [Theory]
    [InlineData(new int[0], "")]
    [InlineData(new[] { 7 }, "7")]
    [InlineData(new[] { 1, 2, 3, 5, 7, 8 }, "1-3, 5, 7-8")]
    public void Numbers_in_a_file_are_told_as_ranges(int[] numbers, string ranges) =>
        Assert.Equal(ranges, WaitingList.Ranges(numbers));

    [Fact]
    public void What_is_late_is_told_in_one_line()
    {
        Assert.Equal("Nothing waits for longer than it may.", WaitingList.Sentence([], default));
        Assert.Equal(
            "Nothing waits for longer than it may. Issuance Notices late: 3 (oldest 40 days).", WaitingList.Sentence([], (3, 40)));
        Assert.Equal(
            "Waits for longer than it may: 42 in 2 kinds: pieces withheld 2 (oldest 9 days); applications in review 40 (oldest 4 days).",
            WaitingList.Sentence([("Pieces withheld", 2, 9), ("Applications in review", 40, 4)], default));
    }
}
