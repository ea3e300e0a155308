using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using MyNumber.Batch.Database;
using MyNumber.Batch.People;
using MyNumber.Jobs.People;
using Npgsql;

namespace MyNumber.Jobs.Cli;

/// <summary>
/// Before a command with `--by PERSON` does anything: the person has an account here, with access and a role that the table
/// of acts takes; where the act counts as one of two people, also the password.
/// </summary>
internal static class ActGate
{
    private const string ByName = "--by";

    // These are for homes whose database knows another path or is another one: there is no other way to bind them.
    private static readonly string[] Unbound = ["adopt", "restored"];

    /// <summary>Whether a command takes a person.</summary>
    public static bool Takes(Command command) => command.Options.Any(option => option.Name == ByName);

    /// <summary>A command as it is typed: `purge approve`.</summary>
    public static string VerbOf(CommandResult result)
    {
        var words = new List<string>();
        for (var at = result; at is { Command: not RootCommand }; at = at.Parent as CommandResult)
        {
            words.Insert(0, at.Command.Name);
        }

        return string.Join(' ', words);
    }

    /// <summary>Looks at the person whom `--by` names, if it does.</summary>
    /// <exception cref="UsageException">There is no such account, or it may not do this.</exception>
    public static async Task CheckAsync(CliContext context, CommandResult result)
    {
        if (!Takes(result.Command) || context.Parsed.GetValue<string>(ByName) is not { } typed)
        {
            return;
        }

        var verb = VerbOf(result);
        var act = Acts.OfVerb(verb);
        if (act.Name is Acts.ChangeAccount or "account-disable" || Unbound.Contains(verb))
        {
            await using var database = await HomeDatabase.OpenUnboundAsync(
                context.Home, context.Settings.Connection, context.Cancellation);
            await CheckAsync(context, database, typed, act);
        }
        else
        {
            await CheckAsync(context, await context.DatabaseAsync(), typed, act);
        }
    }

    /// <summary>
    /// The act counts as one of two people: the person gives their password, one line on standard input; a terminal is asked
    /// without echo.
    /// </summary>
    /// <exception cref="UsageException">It does not fit, or it is one that somebody else has seen.</exception>
    public static async Task ProveAsync(CliContext context, NpgsqlDataSource database)
    {
        var person = context.Actor?.Person
            ?? throw new InvalidOperationException("An act of two people has a person: the command takes --by.");
        var password = ReadSecret(context, $"Password of {person}: ");
        var (outcome, account) = await new Accounts(database, context.Clock).CheckAsync(person, password, context.Cancellation);
        throwUnless(outcome != PasswordOutcome.TooMany, "Too many wrong passwords. Wait a minute, then try again.");
        throwUnless(
            outcome == PasswordOutcome.Fits,
            "This counts as one of two people: the account's password is one line on standard input, and this one does not fit.");
        throwUnless(!account!.OneTime, $"Change the one-time password first: mynumber account password {person}.");

        static void throwUnless(bool holds, string sentence)
        {
            if (!holds)
            {
                throw new UsageException(sentence);
            }
        }
    }

    /// <summary>One line that nobody should see: from standard input, or from the terminal without echo.</summary>
    public static string? ReadSecret(CliContext context, string prompt)
    {
        if (Console.IsInputRedirected)
        {
            return context.Input.ReadLine();
        }

        context.Error.Write(prompt);
        var typed = new StringBuilder();
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key != ConsoleKey.Backspace)
            {
                typed.Append(key.KeyChar);
            }
            else if (typed.Length > 0)
            {
                typed.Length--;
            }
        }

        context.Error.WriteLine();
        return typed.ToString();
    }

    private static async Task CheckAsync(CliContext context, NpgsqlDataSource database, string typed, Act act)
    {
        var account = await new Accounts(database, context.Clock).FindAsync(typed, context.Cancellation);
        if (account is null || account.Disabled)
        {
            throw new UsageException(
                account is null
                    ? "--by names no account of this home: mynumber account list shows them, mynumber account add makes them."
                    : $"The account {account.Person} is disabled.");
        }

        if (!account.May(act))
        {
            throw new UsageException(
                $"The account {account.Person} may not do this: it takes the role {string.Join(" or ", act.Roles)}.");
        }

        context.Actor = account;
        if (act.Takes == Batch.People.Takes.Two)
        {
            await ProveAsync(context, database);
        }
    }
}
