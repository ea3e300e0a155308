using System.Globalization;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Runs.Monitoring;

namespace MyNumber.Jobs.Pages;

/// <summary>How pages show dates, instants, durations and states: one place, so that all pages agree.</summary>
public static class Show
{
    // What ends sooner needs no look at the clock.
    private const double SecondsWorthAnHour = 90;
    private static readonly TimeSpan Tokyo = NightHours.Japan;

    /// <summary>A day with its weekday.</summary>
    public static string Day(DateOnly date) => date.ToString("yyyy-MM-dd ddd", CultureInfo.InvariantCulture);

    /// <summary>A day as files name it; empty where there is none.</summary>
    public static string Date(DateOnly? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    /// <summary>An instant in Tokyo.</summary>
    public static string Instant(DateTime? instant) => instant is { } at
        ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)).ToOffset(Tokyo).ToString(
            "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
        : "";

    /// <summary>How long something took, or has taken so far.</summary>
    public static string Duration(DateTime? from, DateTime? to, DateTimeOffset now)
    {
        if (from is not { } start)
        {
            return "";
        }

        var span = (to ?? now.UtcDateTime) - start;
        return span.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes} min")
            : span.TotalMinutes >= 1
                ? string.Create(CultureInfo.InvariantCulture, $"{span.Minutes} min {span.Seconds} s")
                : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s");
    }

    /// <summary>A number of seconds as a person reads it.</summary>
    public static string Seconds(double seconds) => Duration(DateTime.UnixEpoch, DateTime.UnixEpoch.AddSeconds(seconds), default);

    /// <summary>A count, in groups of three.</summary>
    public static string Number(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>The hour at which a step's parts will be done if it goes on so; empty where that cannot be said.</summary>
    public static string EndOf(StepPace pace)
    {
        ArgumentNullException.ThrowIfNull(pace);
        return pace.SecondsLeft is { } seconds && seconds >= SecondsWorthAnHour
            ? pace.At.AddSeconds(seconds).ToOffset(Tokyo).ToString("'until about' HH:mm 'Tokyo'", CultureInfo.InvariantCulture)
            : "";
    }

    /// <summary>The state of a run as a person sees it: one that waits for a person is not just running.</summary>
    public static string RunState(string state, long failedParts) => failedParts > 0 && state == "running" ? "failed" : state;

    /// <summary>A column's name as a heading: `changed_this_night` is "Changed this night".</summary>
    public static string Heading(string column)
    {
        ArgumentException.ThrowIfNullOrEmpty(column);
        return char.ToUpperInvariant(column[0]) + column[1..].Replace('_', ' ');
    }

    /// <summary>What lies between backticks, a command, apart from the words around it: every second piece is one.</summary>
    public static IReadOnlyList<string> Commands(string sentence) => sentence?.Split('`') ?? [];

    /// <summary>Where an alert's subject is looked at; null where it is no part and no run.</summary>
    public static string? LinkOf(string alertSubject)
    {
        ArgumentNullException.ThrowIfNull(alertSubject);
        var words = alertSubject.Split(' ');
        return words is [.., "part", var part] && long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? $"/parts/{part}"
            : words is ["run", _, var night, ..] && DateOnly.TryParseExact(night, "yyyy-MM-dd", out _) ? $"/nights/{night}" : null;
    }

    /// <summary>The look of a state: `good`, `busy`, `wait`, `bad`, or none.</summary>
    public static string Look(string state) => state switch
    {
        "complete" or "closed" or "published" or "posted" or "delivered" or "issued" or "approved" or "done" or "disposed"
            or "taken" or "applied" or "read" or "balances" => "good",
        "running" or "planning" or "closing" or "publishing" or "leased" or "selected" or "ordered" or "sent" or "arrived"
            or "notified" or "acknowledged" or "sealed" or "first" => "busy",
        "review" or "stopped" or "proposed" or "disposal-proposed" or "disposal-approved" or "withheld" or "incomplete"
            or "waiting" or "skipped" or "kept" or "pending" => "wait",
        "failed" or "unbalanced" or "rejected" or "refused" or "spoiled" or "abandoned" or "unreadable" or "broken" => "bad",
        _ => "",
    };

    /// <summary>What an operator does about a failed part, by its error class.</summary>
    public static string WhatToDo(string? errorClass) => errorClass switch
    {
        null => "Look at the log, then run it again.",
        "23505" or "23514" or "23503" =>
            "A rule of the database was hit: run it again once; if it fails again, skip it and call support with the part's number.",
        "law" => "The step does not balance: look at the laws below, correct what is missing, then run it again.",
        _ when errorClass.StartsWith("53", StringComparison.Ordinal) => "The database or a disk has no room: make room, then run it again.",
        _ when errorClass.StartsWith("08", StringComparison.Ordinal) || errorClass.StartsWith("57", StringComparison.Ordinal)
            => "The database was away: run it again.",
        _ when errorClass.Contains("IO", StringComparison.Ordinal) =>
            "A file could not be read or written: check disk and rights, then run it again.",
        "drop-stopped" => "Other content lies in the outbox under this name: find out who wrote it before anything is sent.",
        _ => "Run it again; if it fails again, skip it with a reason and call support with the part's number.",
    };
}
