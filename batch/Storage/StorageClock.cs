using MyNumber.Batch.Calendar;

namespace MyNumber.Batch.Storage;

/// <summary>What the storage clock of one card hangs on.</summary>
/// <param name="ArrivedOn">The day the card arrived at its municipality.</param>
/// <param name="FirstPostedOn">The posting of the first Issuance Notice; null while none is known.</param>
/// <param name="ReminderPostedOn">The posting of the reminder; null where there is none.</param>
/// <param name="DeadlineNamed">The latest deadline that a posted notice names.</param>
/// <param name="ExtendedUntil">The last day that an extension names.</param>
/// <param name="StorageMonths">The municipality's, 3 at least.</param>
public sealed record StorageFacts(
    DateOnly ArrivedOn,
    DateOnly? FirstPostedOn,
    DateOnly? ReminderPostedOn,
    DateOnly? DeadlineNamed,
    DateOnly? ExtendedUntil,
    int StorageMonths)
{
    /// <summary>The day on which the card became void; null where it is not.</summary>
    public DateOnly? VoidOn { get; init; }
}

/// <summary>The storage of one card.</summary>
/// <param name="Began">The day from which it is counted.</param>
/// <param name="Ends">Its last day; null while no posting is known and the card is not void.</param>
/// <param name="PickupDeadline">The last day the resident was told, or was granted since; null while nobody was told.</param>
public sealed record StorageDates(DateOnly Began, DateOnly? Ends, DateOnly? PickupDeadline)
{
    /// <summary>The first day on which the card may be disposed of: the day after the last one.</summary>
    public DateOnly? DisposableFrom => Ends?.AddDays(1);
}

/// <summary>
/// R45. Storage counts from the latest of arrival, the posting of the first Issuance Notice and of the reminder; without
/// a known posting it has no end, and it never ends before a deadline that a posted notice or an extension names. A void
/// card gets no notice any more: where none was posted it counts from the later of its arrival and the day it became void.
/// </summary>
public static class StorageClock
{
    /// <summary>Storage below this is refused everywhere (R45).</summary>
    public const int MonthsMin = 3;

    /// <summary>The storage of one card.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The municipality's months are below 3.</exception>
    public static StorageDates Of(StorageFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentOutOfRangeException.ThrowIfLessThan(facts.StorageMonths, MonthsMin);
        var posted = facts.FirstPostedOn is not null || facts.ReminderPostedOn is not null;
        var began = posted
            ? Latest(facts.ArrivedOn, facts.FirstPostedOn, facts.ReminderPostedOn)
            : Latest(facts.ArrivedOn, facts.VoidOn);
        var told = facts.DeadlineNamed is null && facts.ExtendedUntil is null
            ? (DateOnly?)null
            : Latest(DateOnly.MinValue, facts.DeadlineNamed, facts.ExtendedUntil);
        return !posted && facts.VoidOn is null
            ? new(began, null, told)
            : new(began, Latest(CivilMonths.LastDay(began, facts.StorageMonths), told), told);
    }

    private static DateOnly Latest(DateOnly first, params DateOnly?[] others) =>
        others.Aggregate(first, (latest, day) => day > latest ? day.Value : latest);
}
