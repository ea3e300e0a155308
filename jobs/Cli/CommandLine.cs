using System.CommandLine;
using System.Globalization;
using MyNumber.Batch.Files;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Engine;
using Npgsql;
using Serilog;

namespace MyNumber.Jobs.Cli;

/// <summary>
/// The program `mynumber`: one root command. The verbs stand in `*Verb*.cs` beside it, those of one matter in one file; here
/// lies only what all verbs share: `--home`, `--json`, logging, and the way an error becomes one sentence and an exit status.
/// </summary>
public static class CommandLine
{
    /// <summary>`--home DIR`: on every verb.</summary>
    public static Option<string?> HomeFolder { get; } = new("--home")
    {
        Description = "The home folder (otherwise MYNUMBER_HOME, otherwise .local/home).",
        HelpName = "DIR",
        Recursive = true,
    };

    /// <summary>`--json`: on every verb.</summary>
    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "One JSON object a line on standard output.",
        Recursive = true,
    };

    /// <summary>Runs one command and gives its exit status.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        // Japanese and rare kanji on any terminal and in any pipe, and no byte order mark before the first line.
        Console.OutputEncoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var parsed = BuildRoot().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            var command = parsed.CommandResult.Command;
            var name = command is RootCommand ? "mynumber" : $"mynumber {command.Name}";
            Console.Error.WriteLine($"{parsed.Errors[0].Message} See {name} --help.");
            return ExitStatus.BadUsage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                // SIGTERM drains: the part in hand is finished or given back first, which takes as long as DrainMax.
                ProcessTerminationTimeout = TimeSpan.FromMinutes(1),
            });
        }
        finally
        {
            await CloseLogAsync();
        }
    }

    private static async Task CloseLogAsync()
    {
        try
        {
            await Log.CloseAndFlushAsync();
        }
        catch (IOException)
        {
            // A full disk: the log's last lines cannot be written. The exit status tells what became of the command, as ever.
        }
    }

    /// <summary>Gives a command its action: logging on, errors to exit statuses.</summary>
    /// <param name="run">What it does; its result is the exit status.</param>
    public static Command Runs(this Command command, Func<CliContext, Task<int>> run)
    {
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var context = new CliContext(parsed, cancellation);
            return await GuardAsync(context, async open =>
            {
                await ActGate.CheckAsync(open, parsed.CommandResult);
                return await run(open);
            });
        });
        return command;
    }

    /// <summary>An option that takes a date as FORMATS.md writes it.</summary>
    public static Option<DateOnly> DateOption(string description, bool required = true) => new("--date")
    {
        Description = description,
        HelpName = "YYYY-MM-DD",
        Required = required,
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                return date;
            }

            result.AddError("--date takes a day as YYYY-MM-DD.");
            return default;
        },
    };

    /// <summary>`--by PERSON`: who acts, by an account; goes into the audit table. A command with it is in the table of acts.</summary>
    public static Option<string> By(bool required = true) => Told(new("--by")
    {
        Description = "The person who acts (signed in on this machine), by their account.",
        HelpName = "PERSON",
        Required = required,
    });

    /// <summary>`--reason TEXT`: why; goes into the audit table.</summary>
    public static Option<string> Reason(bool required = true) => Told(new("--reason")
    {
        Description = "Why, in a sentence without personal data.",
        HelpName = "TEXT",
        Required = required,
    });

    // Nobody and no reason is not what the audit table is for; a line break would make two lines of one entry.
    private static Option<string> Told(Option<string> option)
    {
        option.Validators.Add(result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
            if (string.IsNullOrWhiteSpace(text) || text.Any(char.IsControl))
            {
                result.AddError($"{option.Name} takes some words in one line.");
            }
        });
        return option;
    }

    /// <summary>The root command with every verb.</summary>
    public static RootCommand BuildRoot()
    {
        var root = new RootCommand("MyNumber.Batch: nightly processing of Individual Number Card applications.")
        {
            HomeFolder,
            Json,
        };
        foreach (var verb in Verbs())
        {
            root.Add(verb);
        }

        root.SetAction(_ =>
        {
            Console.Error.WriteLine("Say what to do: mynumber --help lists the commands.");
            return ExitStatus.BadUsage;
        });
        return root;
    }

    // Every verb, in the order of FORMATS.md. A line here is all that a new verb needs.
    private static IEnumerable<Command> Verbs() =>
    [
        .. RunVerbs.Build(),
        .. RecoveryVerbs.Build(),
        .. SubjectVerbs.Build(),
        ReadVerb.Build(),
        .. PaperVerbs.Build(),
        .. PartnerVerbs.Build(),
        .. PersonVerbs.Build(),
        AccountVerbs.Build(),
        ReportVerb.Build(),
        ServeVerb.Build(),
    ];

    private static async Task<int> GuardAsync(CliContext context, Func<CliContext, Task<int>> run)
    {
        try
        {
            Logging.Start(context.Settings.HomePath);
            return await run(context);
        }
        catch (UsageException usage)
        {
            return Say(context, ExitStatus.BadUsage, usage.Message);
        }
        catch (OperatorRefusedException refused)
        {
            return Say(context, ExitStatus.BadUsage, refused.Message);
        }
        catch (NotAGivenFileException refused)
        {
            return Say(context, ExitStatus.BadUsage, refused.Message);
        }
        catch (UnusableException unusable)
        {
            return Say(context, ExitStatus.Unusable, unusable.Message);
        }
        catch (PostgresException refused) when (!IsServerTrouble(refused))
        {
            // The message may quote values; the state says enough.
            Log.Error("The database refused a statement: {SqlState} {Constraint}", refused.SqlState, refused.ConstraintName);
            return Say(context, ExitStatus.Failed, $"The database refused a statement ({refused.SqlState}); see the log.");
        }
        catch (Exception away) when (Failures.IsOfDatabase(away))
        {
            return Say(context, ExitStatus.Unusable,
                "The database cannot be used: is the server of MYNUMBER_CONNECTION running? ./run-local.sh starts a local one.");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Log.Error("A file or folder cannot be used: {Error}", failed.GetType().Name);
            return Say(context, ExitStatus.Unusable,
                $"A file or folder below {context.Settings.HomePath} cannot be used: check its rights and the free space.");
        }
        catch (OperationCanceledException)
        {
            return Say(context, ExitStatus.Failed, "Interrupted; the same command continues where it stopped.");
        }
        catch (Exception bug)
        {
            // The last line of defence: the runtime would print the message, and a message may quote a form.
            Log.Error(bug, "A mistake of the program");
            return Say(context, ExitStatus.Failed, $"A mistake of the program ({bug.GetType().Name}); the log says where.");
        }
    }

    private static bool IsServerTrouble(PostgresException refused) =>
        refused.SqlState.StartsWith("08", StringComparison.Ordinal)
        || refused.SqlState.StartsWith("53", StringComparison.Ordinal)
        || refused.SqlState.StartsWith("57P", StringComparison.Ordinal)
        || refused.SqlState.StartsWith("28", StringComparison.Ordinal)
        || refused.SqlState is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.UndefinedTable;

    private static int Say(CliContext context, int status, string sentence)
    {
        context.Error.WriteLine(sentence);
        return status;
    }
}
