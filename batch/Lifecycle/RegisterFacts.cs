namespace MyNumber.Batch.Lifecycle;

/// <summary>What residences tell: moves (R36) and departures (R09), each on its day.</summary>
internal static class RegisterFacts
{
    /// <summary>Of residents whose residences have begun; what lies after the business date has not happened.</summary>
    public static IEnumerable<RegisterFact> Of(IEnumerable<TimelineResident> residents, DateOnly businessDate)
    {
        foreach (var resident in residents)
        {
            var homes = resident.Residences;
            for (var i = 0; i < homes.Count; i++)
            {
                if (i > 0 && homes[i].MunicipalityCode != homes[i - 1].MunicipalityCode)
                {
                    yield return new(
                        homes[i].From, "moved", resident.ResidentId, null,
                        [.. homes.Skip(i).Select(home => home.MunicipalityCode)], null);
                }

                if (homes[i].LeftOn is { } left && left <= businessDate)
                {
                    yield return new(
                        left, homes[i].LeftReason == "died" ? "died" : "left", resident.ResidentId,
                        i + 1 < homes.Count ? homes[i + 1].From : null, [], null);
                }
            }
        }
    }

    /// <summary>A changed number, by the day of its assignment where that is told (R37).</summary>
    public static RegisterFact OfNumber(string residentId, DateOnly knownOn, DateOnly on) =>
        new(on, "number-changed", residentId, null, [], knownOn);

    /// <summary>True where the change ends an application that its table voids.</summary>
    public static bool Ends(RegisterFact fact, TimelineApplication application) => fact.Change switch
    {
        // R36: what was received on the day of the move or later stands.
        "moved" => application.ReceivedOn < fact.On,
        "died" or "left" => fact.Until is null || application.ReceivedOn < fact.Until,
        _ => true,
    };

    /// <summary>True where the change ends a card that its table voids.</summary>
    public static bool Ends(RegisterFact fact, TimelineCard card, TimelineApplication? application, bool handedOver) => fact.Change switch
    {
        // R36: of an application that stands, what was ordered for where its holder no longer lived, unless they have it.
        "moved" => application is null || application.ReceivedOn < fact.On
            || !(handedOver || fact.Homes.Contains(card.MunicipalityCode)),
        "died" or "left" => fact.Until is null || application is null || application.ReceivedOn < fact.Until,
        "number-changed" => (application is null ? card.IssuedOn : card.OrderedOn) is not { } made || made < fact.KnownOn,
        _ => true,
    };
}
