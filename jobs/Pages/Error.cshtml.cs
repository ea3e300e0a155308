using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace MyNumber.Jobs.Pages;

/// <summary>What went wrong, without a word of what was asked.</summary>
[IgnoreAntiforgeryToken]
public sealed class ErrorModel : PageModel
{
    /// <summary>In three words.</summary>
    public string Heading { get; private set; } = "";

    /// <summary>What to do.</summary>
    public string Sentence { get; private set; } = "";

    /// <summary>The page for a status.</summary>
    public void OnGet(int status) => (Heading, Sentence) = status switch
    {
        400 => ("Not understood", "The form was too old or incomplete. Go back, load the page again and send it once more."),
        403 => ("Not your role", "Your role may look, but not do this. Ask an operator."),
        404 => ("Not found", "There is no such page, or what it showed is gone."),
        429 => ("Too many tries", "Wait a minute, then try again."),
        _ => ("Something failed", "Nothing was changed. The log of the server says where; an operator can look there."),
    };

    /// <summary>The same for forms that failed.</summary>
    public void OnPost(int status) => OnGet(status);
}
