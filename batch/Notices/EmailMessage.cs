using System.Globalization;
using System.Text;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Notices;

/// <summary>
/// What a message to an online applicant says (R51, R52): no name, no number but the Application ID as it was sent.
/// </summary>
/// <param name="Number">From 1, by application.</param>
/// <param name="Kind">`taken-in`, or the state that the application ended in.</param>
/// <param name="To">One e-mail address.</param>
/// <param name="Reasons">All of them as `RULE/detail`, in order of rule.</param>
public sealed record EmailMessage(
    string Key, int Number, string Kind, string To, string ApplicationId, IReadOnlyList<string> Reasons, DateOnly Date)
{
    private const int LineCharactersMax = 76;
    private const int EncodedBytesMax = 39;

    /// <summary>Name of its file.</summary>
    public string FileName => string.Create(CultureInfo.InvariantCulture, $"{Key}-{Number}.eml");

    /// <summary>
    /// True for one plain address of ASCII letters, digits and signs: nothing that could end a header line or name a
    /// second receiver.
    /// </summary>
    public static bool IsAddress(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return text.Length <= 254 && at > 0 && at == text.LastIndexOf('@') && at < text.Length - 1
            && text.All(c => char.IsAsciiLetterOrDigit(c) || "@.!#$%&'*+-/=?^_`{|}~".Contains(c, StringComparison.Ordinal));
    }

    /// <summary>
    /// The message as RFC 5322 and MIME want it: CRLF, ASCII lines, the text as base64 of UTF-8. The same input gives the
    /// same bytes: date and id come from the business date and the key.
    /// </summary>
    public byte[] ToBytes(string from, string applicationSite)
    {
        ArgumentNullException.ThrowIfNull(from);
        var domain = from[(from.IndexOf('@', StringComparison.Ordinal) + 1)..];
        var noon = new DateTimeOffset(Date.ToDateTime(new TimeOnly(12, 0)), NightHours.Japan);
        var text = new StringBuilder()
            .Append("Date: ").Append(noon.ToString("ddd, dd MMM yyyy HH:mm:ss '+0900'", CultureInfo.InvariantCulture))
            .Append("\r\nFrom: ").Append(from)
            .Append("\r\nTo: ").Append(To)
            .Append(CultureInfo.InvariantCulture, $"\r\nMessage-ID: <{Key}-{Number}@{domain}>")
            .Append("\r\nSubject: ").Append(EncodedWords(EmailTexts.Of(Kind).Subject))
            .Append("\r\nAuto-Submitted: auto-generated")
            .Append("\r\nMIME-Version: 1.0")
            .Append("\r\nContent-Type: text/plain; charset=utf-8")
            .Append("\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        var body = Convert.ToBase64String(Encoding.UTF8.GetBytes(Body(applicationSite)));
        foreach (var line in body.Chunk(LineCharactersMax))
        {
            text.Append(line).Append("\r\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>The text: what happened, the Application ID, why, what to do; in Japanese, then in English.</summary>
    internal string Body(string applicationSite)
    {
        var text = EmailTexts.Of(Kind);
        var reasons = EmailTexts.Reasons(Kind, Reasons);
        // Only an incomplete one may be made again with its ID (R03, R51).
        var again = Kind == "incomplete" ? $"\n{applicationSite}?id={ApplicationId}" : "";
        var japanese = In(text.Opening.Japanese, $"申請書ID：{ApplicationId}", text.Why.Japanese, "・",
            reasons.Select(reason => reason.Japanese), text.Closing.Japanese + again);
        var english = In(text.Opening.English, $"Application ID: {ApplicationId}", text.Why.English, "- ",
            reasons.Select(reason => reason.English), text.Closing.English + again);
        return $"{japanese}\nこのメールは送信専用です。\n\n{english}".ReplaceLineEndings("\r\n");
    }

    private static string In(
        string opening, string id, string why, string bullet, IEnumerable<string> reasons, string closing)
    {
        var list = string.Concat(reasons.Select(reason => $"{bullet}{reason}\n"));
        return $"{opening}\n\n{id}\n\n{(list.Length == 0 ? "" : $"{why}\n{list}\n")}{closing}\n";
    }

    // RFC 2047: lines of 76 characters at most, no character cut in two.
    private static string EncodedWords(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Encoding.UTF8.GetByteCount(word.ToString()) + rune.Utf8SequenceLength > EncodedBytesMax)
            {
                words.Add(word.ToString());
                word.Clear();
            }

            word.Append(rune);
        }

        words.Add(word.ToString());
        return string.Join("\r\n ", words.Select(part => $"=?UTF-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(part))}?="));
    }
}
