using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyNumber.Batch;
using MyNumber.Batch.Keying;
using MyNumber.Batch.Validation;
using MyNumber.Templates.Forms;

namespace MyNumber.Jobs.Pages;

/// <summary>One field with its crop: a keyer says what it says, by keyboard alone if wished, and gets the next.</summary>
public sealed class ReviewItemModel(NightServices services) : PageModel
{
    /// <summary>The item.</summary>
    public ReviewItem Item { get; private set; } = null!;

    /// <summary>Open items in all.</summary>
    public int Waiting { get; private set; }

    // The field that is asked for; null where the question is about no field of a form.
    private FormField? Field => FormDefinitions.Fields.GetValueOrDefault(Item.Field);

    /// <summary>A box: filled in or empty.</summary>
    public bool IsMark => Field?.Answer == FieldAnswer.Mark;

    /// <summary>What may be answered, where the question is about no item of a form; null where a value is keyed.</summary>
    public IReadOnlyList<string>? Choices => Answers.To(Item.Field);

    /// <summary>Not a field but a whole side, which is missing or could not be read.</summary>
    public bool IsSide => Item.Field is "front" or "back";

    /// <summary>Digits only.</summary>
    public bool IsDigits => Field?.Answer == FieldAnswer.Digits;

    /// <summary>What the rule is about.</summary>
    public string RuleText => Rules.Get(Item.Rule).Operator;

    /// <summary>R24. The other applications that came with this photograph.</summary>
    public IReadOnlyList<string> SamePhotographIn { get; private set; } = [];

    /// <summary>How the value is written.</summary>
    public string Hint => Field switch
    {
        { Answer: FieldAnswer.Digits, DigitCount: { } count } => $"{count} digits",
        { Answer: FieldAnswer.Digits } => "digits only",
        { Answer: FieldAnswer.Date, Name: SignatureAndDate.DateField } => "YYYY-MM-DD, or impossible where there is no such day",
        { Answer: FieldAnswer.Date } => "YYYY-MM-DD",
        _ => "as it stands after the correction; empty if nothing is there",
    };

    /// <summary>The page.</summary>
    public async Task<IActionResult> OnGetAsync(string item, CancellationToken cancellation)
    {
        var open = await Reviews.ListAsync(services.Database, cancellation, User.Identity!.Name);
        Waiting = open.Count;
        if (open.FirstOrDefault(candidate => candidate.Item == item) is not { } found)
        {
            return NotFound();
        }

        Item = found;
        SamePhotographIn = Item.Field == SamePhotograph.Field
            ? await SamePhotograph.OthersAsync(services.Database, Item.Key, cancellation) : [];
        return Page();
    }

    /// <summary>The crop, decrypted on the fly; every answer of this host says `no-store`.</summary>
    public async Task<IActionResult> OnGetCropAsync(string item, CancellationToken cancellation) =>
        await new ReviewCrops(services).CropPngAsync(item, cancellation) is { } png ? File(png, "image/png") : NotFound();

    /// <summary>Stores a decision, audited, and goes on to the next item.</summary>
    public async Task<IActionResult> OnPostAsync(string item, string? value, string? reason, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(reason) || value is null && !Request.Form.ContainsKey("value"))
        {
            TempData["Refused"] = "A value and a reason are needed.";
            return Redirect($"/review/{item}");
        }

        var outcome = await Reviews.DecideAsync(
            services.Database, services.Keys, item, (value ?? "").Trim(), User.Identity!.Name!, reason.Trim(),
            services.Clock.GetUtcNow(), cancellation);
        switch (outcome)
        {
            case ReviewOutcome.ValueRefused:
                TempData["Refused"] = "That cannot stand in this field. Look at how it is written.";
                return Redirect($"/review/{item}");
            case ReviewOutcome.Decided:
                TempData["Done"] = "Stored. The next night's validation uses it.";
                break;
            case ReviewOutcome.Rekeyed:
                TempData["Done"] = "Stored. It measures how often the reader is wrong.";
                break;
            case ReviewOutcome.AskedAnew:
                TempData["Done"] = "A new scan of this side is wanted; the mailroom sees it.";
                break;
            default:
                TempData["Refused"] = "Somebody else decided it before you, or the rules withdrew it.";
                break;
        }

        var next = (await Reviews.ListAsync(services.Database, cancellation, User.Identity!.Name)).FirstOrDefault(
            open => open.Item != item);
        return Redirect(next is null ? "/review" : $"/review/{next.Item}");
    }
}
