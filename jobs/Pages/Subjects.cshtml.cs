using System.Text.Json;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyNumber.Batch;
using MyNumber.Batch.Status;
using MyNumber.Jobs.Cli;

namespace MyNumber.Jobs.Pages;

/// <summary>
/// One subject and everything that happened to it. What a person types in is sent by POST, so that no Application ID
/// stands in an address; links use our own keys.
/// </summary>
public sealed class SubjectsModel(NightServices services) : PageModel
{
    /// <summary>What can be looked up.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["application", "resident", "card", "piece", "envelope"];

    /// <summary>What is looked up.</summary>
    public string Kind { get; private set; } = Kinds[0];

    /// <summary>Somebody asked.</summary>
    public bool Asked { get; private set; }

    /// <summary>What was found.</summary>
    public IReadOnlyList<JsonElement> Found { get; private set; } = [];

    /// <summary>By a link.</summary>
    public Task OnGetAsync(string? kind, string? id, CancellationToken cancellation) => LookUpAsync(kind, id, cancellation);

    /// <summary>By the form.</summary>
    public Task OnPostAsync(string? kind, string? id, CancellationToken cancellation) => LookUpAsync(kind, id, cancellation);

    /// <summary>The page of what a property names; null where it names nothing.</summary>
    public static string? LinkTo(string property, string value) => value == "" ? null : property switch
    {
        "resident_id" => Link("resident", value),
        "card_id" => Link("card", value),
        "key" or "superseded_by" => Link("application", value),
        "replaces" or "piece_id" => Link("piece", value),
        _ => null,
    };

    private static string Link(string kind, string id) => $"/subjects?kind={kind}&id={Uri.EscapeDataString(id)}";

    private async Task LookUpAsync(string? kind, string? id, CancellationToken cancellation)
    {
        Kind = Kinds.Contains(kind) ? kind! : Kinds[0];
        if (string.IsNullOrWhiteSpace(id))
        {
            return;
        }

        Asked = true;
        var (database, wanted) = (services.Database, id.Trim());
        Found = Kind switch
        {
            "application" => Elements(await Subjects.ApplicationsAsync(database, wanted, services.Policy, cancellation)),
            "resident" => Elements(await Subjects.ResidentAsync(database, wanted, services.Policy, cancellation) is { } resident
                ? [resident] : Array.Empty<ResidentSubject>()),
            "card" => Elements(await Subjects.CardsAsync(database, wanted, cancellation)),
            "piece" => Elements(await Subjects.PiecesAsync(database, wanted, cancellation)),
            _ => Elements(await Subjects.EnvelopesAsync(database, wanted, cancellation)),
        };
    }

    private static List<JsonElement> Elements<T>(IEnumerable<T> subjects) =>
        [.. subjects.Select(subject => JsonSerializer.SerializeToElement(subject, JsonLines.Options))];
}
