using System.Globalization;
using MyNumber.Batch.Calendar;

namespace MyNumber.Batch.Waiting;

/// <summary>Whose days count.</summary>
public enum DaysOf
{
    /// <summary>Every day.</summary>
    Calendar,

    /// <summary>The print vendor's working days: those of offices, without the days on which it is closed besides.</summary>
    Vendor,
}

/// <summary>For how long something may wait.</summary>
/// <param name="Count">Its value.</param>
/// <param name="Of">Whose days they are.</param>
public sealed record WaitingDays(string Setting, Func<Policy, int> Count, DaysOf Of = DaysOf.Calendar)
{
    /// <summary>
    /// The first day that is not too long ago: what waits since an earlier one is late. The last day of grace counts to its
    /// end, so n days after its own day nothing is late yet.
    /// </summary>
    public DateOnly NotLateFrom(Policy policy, DateOnly businessDate)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (Of == DaysOf.Calendar)
        {
            return businessDate.AddDays(-Count(policy));
        }

        var day = businessDate;
        while (BusinessDays.Add(day.AddDays(-1), Count(policy), policy.VendorClosedOn) >= businessDate)
        {
            day = day.AddDays(-1);
        }

        return day;
    }

    /// <summary>`3 days`, `1 working day of the vendor`.</summary>
    public string Text(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var unit = (Of == DaysOf.Vendor ? "working day" : "day") + (Count(policy) == 1 ? "" : "s");
        return string.Create(CultureInfo.InvariantCulture, $"{Count(policy)} {unit}{(Of == DaysOf.Vendor ? " of the vendor" : "")}");
    }
}

/// <summary>One thing that nobody may wait for unseen (R96).</summary>
/// <param name="Name">A stable code: what the alert is about, the key in the report.</param>
/// <param name="What">What waits, in the plural.</param>
/// <param name="Days">For how long it may.</param>
/// <param name="States">The states, as `table.state`, that cannot last unseen because of this.</param>
/// <param name="Sql">
/// Everything that waits since before @before: `since` (date), `id`, `municipality`, `file` (what several of them lie in, or
/// null), `sequence` (the place in that file, or null), `detail` (a code or null). @date is the business date.
/// </param>
/// <param name="WhatToDo">One or two sentences for the owner or for who calls him.</param>
public sealed record WaitingCause(
    string Name, string What, string Owner, WaitingDays Days, IReadOnlyList<string> States, string Sql, string WhatToDo);
