using System.CommandLine;
using System.Reflection;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyNumber.Batch.People;
using MyNumber.Jobs.Cli;

namespace MyNumber.Tests.Unit.People;

/// <summary>The table of acts and roles is whole: every verb, every POST handler, and the README say the same.</summary>
public sealed class ActsTests
{
    private static readonly IReadOnlyList<(string Verb, Command Command)> Verbs = [.. Leaves(CommandLine.BuildRoot(), "")];

    private static readonly IReadOnlyList<string> Handlers =
    [
        .. typeof(CommandLine).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(PageModel)))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(method => method.Name.StartsWith("OnPost", StringComparison.Ordinal))
                .Select(method => $"{Without(type.Name, "Model")} {Without(method.Name["OnPost".Length..], "Async")}".TrimEnd())),
    ];

    [Fact]
    public void Every_command_is_in_the_table_and_no_other() =>
        Assert.Equal(
            Verbs.Select(verb => verb.Verb).Order(StringComparer.Ordinal),
            Acts.Table.SelectMany(act => act.Verbs).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Every_command_that_names_a_person_is_an_act_with_roles_and_the_other_way_round()
    {
        var named = Verbs.Where(verb => verb.Command.Options.Any(option => option.Name == "--by")).Select(verb => verb.Verb);
        var acts = Acts.Table.Where(act => act.May == May.HasRole && act.Name != Acts.SeePeople).SelectMany(act => act.Verbs);
        Assert.Equal(named.Order(StringComparer.Ordinal), acts.Order(StringComparer.Ordinal));
        Assert.All(Acts.Table, act => Assert.Equal(act.May == May.HasRole, act.Roles.Count > 0));
        Assert.All(Acts.Table.SelectMany(act => act.Roles), role => Assert.Contains(role, Roles.All));
        Assert.All(Acts.Table.Where(act => act.Takes != Takes.One), act => Assert.Equal(May.HasRole, act.May));
    }

    [Fact]
    public void Every_POST_handler_of_a_page_is_in_the_table_once_and_no_other()
    {
        Assert.Contains("Night Stop", Handlers);
        Assert.Equal(
            Handlers.Order(StringComparer.Ordinal), Acts.Table.SelectMany(act => act.Handlers).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_readme_prints_the_table_as_it_is()
    {
        var readme = File.ReadAllLines(Path.Combine(Top(), "jobs/README.md"));
        var printed = readme.SkipWhile(line => !line.StartsWith("| act |", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith('|'));
        Assert.Equal(string.Join('\n', Acts.Lines()), string.Join('\n', printed));
    }

    [Fact]
    public void What_is_not_in_the_table_is_done_by_nobody()
    {
        Assert.Throws<InvalidOperationException>(() => Acts.Of("no-such-act"));
        Assert.Throws<InvalidOperationException>(() => Acts.OfVerb("migrate"));
        Assert.Throws<InvalidOperationException>(() => Acts.OfHandler("Night Explode"));
    }

    private static IEnumerable<(string Verb, Command Command)> Leaves(Command at, string path)
    {
        foreach (var command in at.Subcommands)
        {
            var verb = $"{path} {command.Name}".Trim();
            if (command.Action is not null)
            {
                yield return (verb, command);
            }

            foreach (var leaf in Leaves(command, verb))
            {
                yield return leaf;
            }
        }
    }

    private static string Without(string name, string end) =>
        name.EndsWith(end, StringComparison.Ordinal) ? name[..^end.Length] : name;

    private static string Top()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MyNumber.Batch.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
