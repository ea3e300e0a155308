namespace MyNumber.Jobs.Cli;

/// <summary>The four exit statuses of every command (FORMATS.md, Command line).</summary>
public static class ExitStatus
{
    /// <summary>Done. Review, incomplete, rejected, unreadable and withheld are outcomes, not failures.</summary>
    public const int Done = 0;

    /// <summary>A part failed, a law does not balance, a feed was refused or a drop was stopped.</summary>
    public const int Failed = 1;

    /// <summary>Bad usage or bad input.</summary>
    public const int BadUsage = 2;

    /// <summary>The database or a folder is not usable.</summary>
    public const int Unusable = 3;
}

/// <summary>Bad usage or bad input: exit status 2. The message is shown as it is and must name no person.</summary>
public sealed class UsageException(string message) : Exception(message);

/// <summary>The database or a folder is not usable: exit status 3. The message says what to do.</summary>
public sealed class UnusableException(string message) : Exception(message);
