using System.Globalization;
using System.Text;
using MyNumber.Batch.Validation;

namespace MyNumber.Batch.Notices;

/// <summary>What a message to an online applicant says (R51, R52): no name, no number but the Application ID.</summary>
/// <param name="Key">The application's key.</param>
/// <param name="Number">From 1, by application.</param>
/// <param name="To">One e-mail address.</param>
/// <param name="ApplicationId">Of the application.</param>
/// <param name="Errors">All of them, in order of rule.</param>
/// <param name="Date">Business date.</param>
public sealed record EmailMessage(
    string Key, int Number, string To, string ApplicationId, IReadOnlyList<Sentence> Errors, DateOnly Date)
{
    private const int LineCharactersMax = 76;
    private const string Subject = "【重要】個人番号カード交付申請の不備のお知らせ / Your application is incomplete";

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
        var noon = new DateTimeOffset(Date.ToDateTime(new TimeOnly(12, 0)), TimeSpan.FromHours(9));
        var text = new StringBuilder()
            .Append("Date: ").Append(noon.ToString("ddd, dd MMM yyyy HH:mm:ss '+0900'", CultureInfo.InvariantCulture))
            .Append("\r\nFrom: ").Append(from)
            .Append("\r\nTo: ").Append(To)
            .Append(CultureInfo.InvariantCulture, $"\r\nMessage-ID: <{Key}-{Number}@{domain}>")
            .Append("\r\nSubject: ").Append(EncodedWords(Subject))
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

    private string Body(string applicationSite)
    {
        var again = $"{applicationSite}?id={ApplicationId}";
        var japanese = string.Concat(Errors.Select(error => $"・{error.Japanese}\r\n"));
        var english = string.Concat(Errors.Select(error => $"- {error.English}\r\n"));
        return $"""
            個人番号カード（マイナンバーカード）の交付申請に不備がありました。
            お手数ですが、下記の内容をご確認のうえ、申請し直してください。

            申請書ID：{ApplicationId}

            不備の内容：
            {japanese}
            再申請はこちら：
            {again}

            このメールは送信専用です。

            Your application for an Individual Number Card is incomplete. Please apply again.

            Application ID: {ApplicationId}

            What is wrong:
            {english}
            Apply again here:
            {again}

            """.ReplaceLineEndings("\r\n");
    }

    // RFC 2047: words of 75 characters at most, no character cut in two.
    private static string EncodedWords(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Encoding.UTF8.GetByteCount(word.ToString()) + rune.Utf8SequenceLength > 45)
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
