using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyNumber.Batch.Status;
using MyNumber.Jobs.Cli;
using MyNumber.Jobs.Web;

namespace MyNumber.Jobs.Pages;

/// <summary>
/// The applicants' inquiry (R95), as a page for browsers and as JSON for everything else. It changes nothing and needs no
/// sign-in, so it needs no antiforgery token either.
/// </summary>
/// <param name="inquiry">Looks up.</param>
/// <param name="guard">Slows guessing down.</param>
[IgnoreAntiforgeryToken]
public sealed class InquiryModel(Inquiry inquiry, GuessGuard guard) : PageModel
{
    /// <summary>The answer; null before anybody asked.</summary>
    public StatusAnswer? Answer { get; private set; }

    private bool IsBrowser => Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>Asks.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        var caller = $"inquiry|{HttpContext.Connection.RemoteIpAddress}";
        if (!guard.Allows(caller))
        {
            var seconds = GuessGuard.OneMoreAfter.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
            Response.Headers.RetryAfter = seconds;
            return IsBrowser
                ? StatusCode(StatusCodes.Status429TooManyRequests)
                : new JsonResult(new ProblemDetails
                {
                    Status = StatusCodes.Status429TooManyRequests,
                    Title = "Too many tries",
                    Detail = $"Ask again after {seconds} seconds.",
                })
                {
                    StatusCode = StatusCodes.Status429TooManyRequests,
                    ContentType = "application/problem+json",
                };
        }

        var (applicationId, birthDate) = await AskedAsync(cancellation);
        Answer = await inquiry.AskAsync(applicationId, birthDate, cancellation);
        if (Answer.Answer == Inquiry.Unknown)
        {
            guard.Wrong(caller);
        }

        return IsBrowser ? Page() : new JsonResult(Answer, JsonLines.Options);
    }

    /// <summary>The answer as residents read it.</summary>
    public static string Japanese(StatusAnswer answer) => answer?.Answer switch
    {
        "received" => "申請を受け付けました。内容を確認しています。",
        "confirmed" => $"申請内容の確認が完了しました（{answer.ConfirmedOn:yyyy年M月d日}）。",
        "in-process" => $"個人番号カードを発行しています。{JapaneseDay(answer)}",
        "sent" => $"お住まいの市区町村に個人番号カードを送付しました。交付通知書をお待ちください。{JapaneseDay(answer)}",
        "ask-municipality" => "お住まいの市区町村にお問い合わせください。",
        _ => "該当する申請が見つかりません。申請書IDと生年月日をご確認ください。",
    };

    /// <summary>The same in English.</summary>
    public static string English(StatusAnswer answer) => answer?.Answer switch
    {
        "received" => "Your application was received and is being checked.",
        "confirmed" => $"Application confirmation was completed on {Show.Date(answer.ConfirmedOn)}.",
        "in-process" => $"Your card is being issued.{EnglishDay(answer)}",
        "sent" => $"Your card was sent to your municipality. Please wait for the Issuance Notice.{EnglishDay(answer)}",
        "ask-municipality" => "Please ask your municipality.",
        _ => "No such application was found. Please check the Application ID and the date of birth.",
    };

    private static string JapaneseDay(StatusAnswer answer) =>
        answer.ConfirmedOn is { } day ? $"（申請内容確認完了日：{day:yyyy年M月d日}）" : "";

    private static string EnglishDay(StatusAnswer answer) =>
        answer.ConfirmedOn is { } day ? $" Application confirmation was completed on {Show.Date(day)}." : "";

    private async Task<(string? ApplicationId, string? BirthDate)> AskedAsync(CancellationToken cancellation)
    {
        if (Request.HasFormContentType)
        {
            var form = await Request.ReadFormAsync(cancellation);
            return (form["application_id"], form["birth_date"]);
        }

        try
        {
            var asked = await Request.ReadFromJsonAsync<Dictionary<string, string>>(cancellation);
            return (asked?.GetValueOrDefault("application_id"), asked?.GetValueOrDefault("birth_date"));
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // Malformed questions get the answer of unknown ones.
            return (null, null);
        }
    }
}
