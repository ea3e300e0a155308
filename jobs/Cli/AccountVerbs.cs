using System.CommandLine;
using MyNumber.Batch.Database;
using MyNumber.Batch.People;
using MyNumber.Jobs.People;
using Npgsql;

namespace MyNumber.Jobs.Cli;

/// <summary>`account …`: the people who may act. They work on a moved or restored home too: somebody must adopt it.</summary>
public static class AccountVerbs
{
    /// <summary>The verb.</summary>
    public static Command Build() => new("account", "The people who may act: jobs/README.md has the table of acts and roles.")
    {
        Change("add", AccountAct.Add, "Makes an account; prints its one-time password, or half of it where two operators make it."),
        Change("role", AccountAct.Role, "Gives an account other roles."),
        Change("reset", AccountAct.Reset, "Gives an account a new one-time password, and access again."),
        Disable(),
        List(),
        Password(),
        Recover(),
    };

    private static Argument<string> Name() => new("NAME") { Description = "The account's name." };

    private static Command Change(string verb, AccountAct act, string description)
    {
        var name = Name();
        var role = new Option<string[]>("--role")
        {
            Description = $"One of {string.Join(", ", Roles.All)}; again for more.",
            HelpName = "R",
            Required = true,
        };
        role.AcceptOnlyFromAmong([.. Roles.All]);
        var (by, reason) = (CommandLine.By(required: false), CommandLine.Reason(required: false));
        var command = new Command(verb, description) { name, by, reason };
        if (act != AccountAct.Reset)
        {
            command.Add(role);
        }

        return command.Runs(context => WithAccountsAsync(context, async (accounts, database) =>
        {
            var change = new AccountChange(act, context.Get(name), act == AccountAct.Reset ? [] : context.Get(role)!);
            var person = context.Get(by);
            var proof = Proof.Named;
            if (person is not null && await accounts.TakesTwoAsync(change, context.Cancellation))
            {
                await ActGate.ProveAsync(context, database);
                proof = Proof.Password;
            }

            Tell(context, await accounts.ChangeAsync(
                change, person, ReasonOf(context, person, context.Get(reason)), proof, context.Cancellation));
        }));
    }

    private static Command Disable()
    {
        var name = Name();
        var (by, reason) = (CommandLine.By(required: false), CommandLine.Reason(required: false));
        return new Command("disable", "Takes an account's access away, at once.") { name, by, reason }
            .Runs(context => WithAccountsAsync(context, async (accounts, _) =>
            {
                var person = await accounts.DisableAsync(
                    context.Get(name), context.Get(by), ReasonOf(context, context.Get(by), context.Get(reason)), context.Cancellation);
                context.Error.WriteLine($"The account {person} has no access any more.");
            }));
    }

    private static Command List() => new Command("list", "The accounts.").Runs(context => WithAccountsAsync(context, async (accounts, _) =>
    {
        foreach (var account in await accounts.ListAsync(context.Cancellation))
        {
            if (context.Json)
            {
                context.WriteJson(new { Account = account.Person, account.Roles, account.Disabled, account.OneTime });
            }
            else
            {
                context.Out.WriteLine(
                    $"{account.Person}  {string.Join('+', account.Roles)}"
                    + (account.Disabled ? "  disabled" : account.OneTime ? "  has not chosen a password yet" : ""));
            }
        }
    }));

    private static Command Password()
    {
        var name = Name();
        return new Command("password", "Changes a password: the old or one-time one and the new one, two lines on standard input.") { name }
            .Runs(context => WithAccountsAsync(context, async (accounts, _) =>
            {
                var person = context.Get(name);
                var old = ActGate.ReadSecret(context, "Old or one-time password: ");
                var chosen = ActGate.ReadSecret(context, "New password: ");
                var (outcome, account) = await accounts.CheckAsync(person, old, context.Cancellation);
                if (outcome != PasswordOutcome.Fits)
                {
                    throw new UsageException(
                        outcome == PasswordOutcome.TooMany
                            ? "Too many wrong passwords. Wait a minute, then try again."
                            : "Name and password do not fit.");
                }

                await accounts.ChangePasswordAsync(
                    account!.Person,
                    chosen ?? throw new UsageException("The new password is the second line on standard input."), context.Cancellation);
                context.Error.WriteLine($"The password of {account.Person} is changed.");
            }));
    }

    private static Command Recover()
    {
        var name = Name();
        var reason = CommandLine.Reason(required: false);
        return new Command("recover", "For whoever has the host: makes an operator, where no second one is left. Audited, with an alert.")
        {
            name, reason,
        }.Runs(context => WithAccountsAsync(context, async (accounts, _) => Tell(context, await accounts.RecoverAsync(
            context.Get(name), context.Get(reason) ?? "Recovered on the host.", context.Cancellation))));
    }

    private static string ReasonOf(CliContext context, string? by, string? reason) =>
        reason ?? (by is null ? "Setting up." : throw new UsageException("Option '--reason' is required where --by is given."));

    private static void Tell(CliContext context, AccountOutcome outcome)
    {
        context.Error.WriteLine(outcome.Sentence);
        if (context.Json)
        {
            context.WriteJson(new
            {
                Account = outcome.Person,
                Done = outcome.IsDone,
                OneTimePassword = outcome.Secret,
                Half = outcome.Shown switch { Shown.FirstHalf => 1, Shown.SecondHalf => 2, _ => (int?)null },
            });
        }
        else if (outcome.SecretSentence is { } sentence)
        {
            context.Out.WriteLine($"{sentence} {outcome.Secret}");
        }
    }

    private static async Task<int> WithAccountsAsync(CliContext context, Func<Accounts, NpgsqlDataSource, Task> act)
    {
        await using var database = await HomeDatabase.OpenUnboundAsync(
            context.Home, context.Settings.Connection, context.Cancellation);
        await act(new Accounts(database, context.Clock), database);
        return ExitStatus.Done;
    }
}
