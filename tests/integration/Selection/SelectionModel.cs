namespace MyNumber.Tests.Integration.Selection;

/// <summary>An application as selection sees it.</summary>
/// <param name="Key">A number that also is its envelope, or its row online.</param>
/// <param name="Resident">1 to 4.</param>
/// <param name="Day">Of receipt, counted from a first day.</param>
/// <param name="Mail">By mail, else online.</param>
/// <param name="State">Of the eleven.</param>
/// <param name="Look">Still to be judged, or to be judged again.</param>
/// <param name="Winner">Who superseded it.</param>
/// <param name="MadeOn">Day on which its card was made, once it was handed over.</param>
internal sealed record App(
    int Key, int Resident, int Day, bool Mail, string State, bool Look = false, int? Winner = null, int? MadeOn = null);

/// <summary>R30 to R34 in a few lines: what becomes of a resident's applications when selection runs.</summary>
internal static class SelectionModel
{
    private static readonly string[] Standing = ["ordered", "issued", "void"];

    public static App[] Decide(IReadOnlyCollection<App> all) => [.. all.GroupBy(app => app.Resident).SelectMany(Decide)];

    private static IEnumerable<App> Decide(IGrouping<int, App> resident)
    {
        var open = resident.Where(app => app.State is "received" or "review" or "waiting" or "selected"
            || (app.State == "superseded" && !Standing.Contains(resident.Single(winner => winner.Key == app.Winner).State)))
            .OrderBy(app => app.Day).ThenBy(app => !app.Mail).ThenBy(app => app.Key).ToList();
        var ordered = resident.SingleOrDefault(app => app.State == "ordered");
        var issued = resident.Where(app => app.State == "issued").MaxBy(app => app.MadeOn);
        // Who was received before a card was made that was handed over since came too late for it.
        App? Over(App app) => ordered ?? (app.Day < issued?.MadeOn ? issued : null);
        var first = open.Find(app => Over(app) is null);
        return resident.Select(app => !open.Contains(app) || Holds(app) ? app
            : Over(app) is { } stands ? app with { State = "superseded", Winner = stands.Key }
            : Holds(first!) ? app with { State = "waiting", Winner = null }
            : app == first ? app with { State = "selected", Winner = null }
            : app with { State = "superseded", Winner = first!.Key });
    }

    private static bool Holds(App app) => app.State == "review" || (app.Look && app.State is "received" or "review" or "superseded");
}
