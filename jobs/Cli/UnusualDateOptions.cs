using System.CommandLine;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Jobs.Cli;

/// <summary>`--unusual-date` with what belongs to it: for `night`, `run` and `purge propose`.</summary>
internal sealed class UnusualDateOptions
{
    private readonly Option<bool> _unusual = new("--unusual-date")
    {
        Description = "The date is meant although it lies after today, or more than 31 days after the last complete night.",
    };

    private readonly Option<bool> _disposals = new("--with-disposals")
    {
        Description = "With --unusual-date: keys are destroyed and disposals proposed all the same.",
    };

    private readonly Option<string> _by = CommandLine.By(required: false);
    private readonly Option<string> _reason = CommandLine.Reason(required: false);

    /// <summary>Adds the options to a verb.</summary>
    public UnusualDateOptions AddTo(Command command)
    {
        foreach (var option in new Option[] { _unusual, _disposals, _by, _reason })
        {
            command.Add(option);
        }

        return this;
    }

    /// <summary>What the person asked for; null where the date is to be a usual one.</summary>
    /// <exception cref="UsageException">Something that belongs to it is missing.</exception>
    public UnusualDate? Read(CliContext context)
    {
        if (!context.Get(_unusual))
        {
            return context.Get(_disposals)
                ? throw new UsageException("--with-disposals belongs to --unusual-date --by PERSON --reason TEXT.")
                : null;
        }

        return context.Get(_by) is { } by && context.Get(_reason) is { } reason
            ? new(new Because(by, reason), context.Get(_disposals) ? Destruction.Allowed : Destruction.Withheld)
            : throw new UsageException("--unusual-date takes --by PERSON --reason TEXT: who wants this date, and why.");
    }
}
