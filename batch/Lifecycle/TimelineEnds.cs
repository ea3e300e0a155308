namespace MyNumber.Batch.Lifecycle;

/// <summary>Where an application ends up, and what it was before facts ended it; null where none did.</summary>
internal sealed record ApplicationEnd(string Key, string State, string? Before, string Stored);

/// <summary>What the played timeline changes of what is stored.</summary>
internal sealed record TimelineEnds(IReadOnlyList<TimelineCard> Cards, IReadOnlyList<ApplicationEnd> Applications)
{
    private static readonly string[] Lying = ["ordered", "arrived", "notified"];

    /// <param name="subjects">As they were played.</param>
    /// <param name="held">Residents of whom nothing changes.</param>
    public static TimelineEnds Of(TimelineSubjects subjects, IReadOnlySet<string> held)
    {
        foreach (var card in subjects.Cards.Where(
            card => card.State == "arrived" && (card.NoticePosted || card.Stored?.State == "notified")))
        {
            card.Move("notified");
        }

        // R44, R45: where an extension came, or turned out to be none.
        foreach (var card in subjects.Cards.Where(card => card.Stored is { } stored && stored.ExtendedUntil != card.ExtendedUntil))
        {
            card.PickupDeadline = card.NoticeDeadline is { } named && !(card.ExtendedUntil > named) ? named : card.ExtendedUntil;
        }

        var cardsOf = subjects.Cards.Where(card => card.ApplicationKey is not null).ToLookup(card => card.ApplicationKey!);
        var ends = subjects.Applications.Select(application => End(application, cardsOf[application.Key])).ToList();
        KeepOneWinner(subjects.Applications, ends, cardsOf);
        return new(
            [.. subjects.Cards.Where(card => card.Stored != card.Values && !held.Contains(card.ResidentId))],
            [.. ends.Zip(subjects.Applications, (end, application) => (end, application))
                .Where(one => one.end.State != one.application.Stored || one.end.Before != one.application.StateBefore)
                .Where(one => one.application.ResidentId is not { } whose || !held.Contains(whose)).Select(one => one.end)]);
    }

    /// <summary>Lines of what is new: of events decided tonight, and of subjects that are not what they were.</summary>
    public static IReadOnlyList<HistoryLine> ToTell(
        IReadOnlyList<HistoryLine> history, IReadOnlySet<string> decided, TimelineEnds ends)
    {
        var states = ends.Cards.Where(card => card.Stored?.State != card.State).Select(
            card => (Kind: "card", Subject: card.Ref, card.State))
            .Concat(ends.Applications.Where(end => end.State != end.Stored).Select(
                end => (Kind: "application", Subject: end.Key, end.State)))
            .ToDictionary(end => (end.Kind, end.Subject), end => end.State);
        var told = history.Where(line => decided.Contains(line.By)
            || (states.TryGetValue((line.Kind, line.Subject), out var state) && state == line.What)).ToList();
        var named = told.Select(line => (line.Kind, line.Subject, line.What)).ToHashSet();
        // A fact that came late took an earlier one's effect back.
        return [.. told, .. states.Where(end => !named.Contains((end.Key.Kind, end.Key.Subject, end.Value)))
            .OrderBy(end => end.Key.Kind, StringComparer.Ordinal).ThenBy(end => end.Key.Subject, StringComparer.Ordinal)
            .Select(end => new HistoryLine(end.Key.Kind, end.Key.Subject, end.Value, "timeline", "late-fact"))];
    }

    private static ApplicationEnd End(TimelineApplication application, IEnumerable<TimelineCard> cards)
    {
        var stored = application.Stored ?? application.State;
        var start = application.StateBefore ?? stored;
        if (application.State != start)
        {
            return new(application.Key, application.State, start, stored);
        }

        // R36: judged by the register as it is now, and ordered again.
        return application.Again && !cards.Any(card => card.State is not ("void" or "disposed"))
            ? new(application.Key, "received", null, stored)
            // It had not ended after all: where no card was ordered, everything is open again.
            : stored != start && start != "ordered" ? new(application.Key, "received", null, stored)
            : new(application.Key, start, null, stored);
    }

    // R34. Somebody else's turn may have come meanwhile: an order that is out stands, a winner without one is judged again.
    private static void KeepOneWinner(
        IReadOnlyList<TimelineApplication> applications, List<ApplicationEnd> ends, ILookup<string, TimelineCard> cardsOf)
    {
        var live = applications.Select((application, i) => (application, i))
            .Where(one => one.application.ResidentId is not null && ends[one.i].State is "selected" or "ordered")
            .GroupBy(one => one.application.ResidentId).Where(group => group.Count() > 1);
        foreach (var rivals in live)
        {
            var standing = rivals.OrderBy(one => ends[one.i].State != "ordered").ThenBy(one => ends[one.i].Stored != "ordered")
                .ThenBy(one => one.i).First();
            foreach (var (application, i) in rivals.Where(one => one != standing))
            {
                var end = ends[i];
                ends[i] = end.State == "selected" ? end with { State = "received", Before = null }
                    : end with { State = "void", Before = application.StateBefore ?? "ordered" };
                foreach (var card in cardsOf[application.Key].Where(card => end.State == "ordered" && Lying.Contains(card.State)))
                {
                    card.Move("void");
                }
            }
        }
    }
}
