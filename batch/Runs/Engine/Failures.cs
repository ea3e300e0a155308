using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Npgsql;

namespace MyNumber.Batch.Runs.Engine;

/// <summary>What an error means for its part.</summary>
public enum FailureKind
{
    /// <summary>
    /// Goes away by itself: the part is tried again later. Without limit where a connection was lost; any other is permanent
    /// after some times in a row (<see cref="EngineOptions.TransientMax"/>).
    /// </summary>
    Transient,

    /// <summary>No room left: the run stops, a person must make room.</summary>
    DiskFull,

    /// <summary>Everything else: the part fails at once and waits for a person.</summary>
    Permanent,
}

/// <summary>
/// A step does not go on until a person has acted. Its sentence is our own and says what to do, so it may be shown.
/// </summary>
/// <param name="code">A stable code.</param>
/// <param name="sentence">What is wrong and what to do; free of personal data.</param>
public sealed class StepRefusedException(string code, string sentence) : Exception(sentence)
{
    /// <summary>A stable code.</summary>
    public string Code => code;
}

/// <summary>
/// A drop was stopped: what lies in the outbox, or what was rendered again, is not what was decided. Nothing is
/// overwritten; a person must look.
/// </summary>
public sealed class DropStoppedException(string drop, string path, string why)
    : Exception($"Drop {drop} was stopped at {path}: {why}");

/// <summary>Sorts errors (ENGINE.md, rule 11) and words them without their messages, which may name a person.</summary>
public static class Failures
{
    private const int NoSpace = 28;            // ENOSPC as .NET hands it on
    private const int QuotaExceeded = 122;     // EDQUOT
    private const int DiskFullHResult = unchecked((int)0x80070070);
    private const int FramesMax = 6;
    private const string IdleInTransaction = "25P03";
    private const string StatementTimeout = "statement-timeout";

    /// <summary>Which kind an error is.</summary>
    public static FailureKind Kind(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => FailureKind.DiskFull,
        PostgresException postgres => IsTransient(postgres.SqlState) ? FailureKind.Transient : FailureKind.Permanent,
        // A statement that needs longer than it may will need longer again: no waiting cures that.
        NpgsqlException when IsStatementTimeout(error) => FailureKind.Permanent,
        NpgsqlException
        {
            InnerException: IOException or SocketException or TimeoutException or ArgumentOutOfRangeException
        } => FailureKind.Transient,
        NpgsqlException { IsTransient: true } => FailureKind.Transient,
        IOException { HResult: NoSpace or QuotaExceeded or DiskFullHResult } => FailureKind.DiskFull,
        // These are about what is in a file or where it should be: no waiting brings it.
        FileNotFoundException or DirectoryNotFoundException or EndOfStreamException or PathTooLongException =>
            FailureKind.Permanent,
        IOException => FailureKind.Transient,
        _ when IsOfJumpingClock(error) => FailureKind.Transient,
        AggregateException { InnerExceptions: [var only] } => Kind(only),
        _ => FailureKind.Permanent,
    };

    /// <summary>Whether the database is away or refused a statement: whatever Npgsql throws, also where the wall clock jumped.</summary>
    public static bool IsOfDatabase(Exception error) => error is NpgsqlException || IsOfJumpingClock(error);

    /// <summary>
    /// Whether an error may be an item's own: a value that nobody thought of, or a row that a constraint refuses. Not what
    /// passes, what a person must act on, or a program that cannot run: those concern every item.
    /// </summary>
    public static bool IsOfAnItem(Exception error) => error switch
    {
        // Cardinality (two rows where one may be), data, integrity.
        PostgresException postgres => postgres.SqlState[..2] is "21" or "22" or "23",
        AggregateException { InnerExceptions: [var only] } => IsOfAnItem(only),
        NpgsqlException or OperationCanceledException or StepRefusedException or DropStoppedException
            or TooManyItemsFailedException => false,
        OutOfMemoryException or InsufficientExecutionStackException or TypeInitializationException or TypeLoadException
            or MissingMemberException or DllNotFoundException or BadImageFormatException => false,
        _ => Kind(error) == FailureKind.Permanent,
    };

    /// <summary>The server is away, or ended the session: however often that happens, it says nothing of the part.</summary>
    public static bool IsLostConnection(Exception error) => error switch
    {
        PostgresException postgres => postgres.SqlState.StartsWith("08", StringComparison.Ordinal)
            || postgres.SqlState.StartsWith("57P", StringComparison.Ordinal) || postgres.SqlState == IdleInTransaction,
        NpgsqlException => Kind(error) == FailureKind.Transient,
        AggregateException { InnerExceptions: [var only] } => IsLostConnection(only),
        _ => IsOfJumpingClock(error),
    };

    /// <summary>SQLSTATE, or the exception's type: never its message.</summary>
    public static string Class(Exception error) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } => StatementTimeout,
        PostgresException postgres => postgres.SqlState,
        NpgsqlException when IsStatementTimeout(error) => StatementTimeout,
        AggregateException { InnerExceptions: [var only] } => Class(only),
        DropStoppedException => "drop-stopped",
        StepRefusedException refused => refused.Code,
        TooManyItemsFailedException many => many.ErrorClass,
        _ => error.GetType().Name,
    };

    /// <summary>
    /// Our own sentence where there is one; else what happened and where: types, constraint and innermost stack frames,
    /// free of values.
    /// </summary>
    public static string Text(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (error is StepRefusedException or DropStoppedException)
        {
            return error.Message;
        }

        if (error is TooManyItemsFailedException many)
        {
            return $"{many.Message}, {many.Example.Where}";
        }

        var frames = new StackTrace(error, fNeedFileInfo: false).GetFrames()
            .Select(frame => frame.GetMethod())
            .Where(method => method?.DeclaringType is not null)
            .Select(method => $"{method!.DeclaringType!.Name}.{method.Name}")
            .Where(name => !name.Contains("TaskAwaiter", StringComparison.Ordinal))
            .Distinct()
            .Take(FramesMax);
        var constraint = (error as PostgresException)?.ConstraintName is { } name ? $"constraint {name} " : "";
        var cause = error.InnerException is { } inner ? $"from {inner.GetType().Name} " : "";
        return $"{error.GetType().Name} {cause}{constraint}at {string.Join(" < ", frames)}";
    }

    /// <summary>
    /// How long to wait after the n-th transient error in a row: doubled and capped, with up to a quarter more so that many
    /// parts do not come back at the same moment. The spread is a function of part and count, not of chance.
    /// </summary>
    public static TimeSpan Delay(EngineOptions options, long partId, int transient)
    {
        ArgumentNullException.ThrowIfNull(options);
        var doubled = options.TransientDelay * Math.Pow(2, Math.Min(transient - 1, 16));
        var capped = doubled < options.TransientDelayMax ? doubled : options.TransientDelayMax;
        var key = string.Create(CultureInfo.InvariantCulture, $"{partId}/{transient}");
        var spread = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(key))[0] / 255.0;
        return capped * (1 + 0.25 * spread);
    }

    // Npgsql says the same of a statement, of a connection that is not opened in time and of a pool with none left; only
    // where it happened tells them apart.
    private static bool IsStatementTimeout(Exception error) => error.InnerException is TimeoutException
        && !OpeningFrames.Any(frame => error.StackTrace?.Contains(frame, StringComparison.Ordinal) is true);

    private static readonly string[] OpeningFrames =
        ["NpgsqlConnector.Open", "PoolingDataSource.", "NpgsqlConnection.Open"];

    // Npgsql reckons the time left for opening a connection by the wall clock: where that jumps, a value out of range comes
    // out, wrapped in its own exception or bare.
    private static bool IsOfJumpingClock(Exception error) => error is ArgumentOutOfRangeException
        && error.StackTrace?.Contains("Npgsql.Internal.NpgsqlConnector", StringComparison.Ordinal) is true;

    private static bool IsTransient(string sqlState) =>
        sqlState.StartsWith("08", StringComparison.Ordinal)
        || sqlState.StartsWith("53", StringComparison.Ordinal)
        || sqlState.StartsWith("57P", StringComparison.Ordinal)
        || sqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
            // This process stood still in its transaction, and the server ended the session.
            or IdleInTransaction;
}
