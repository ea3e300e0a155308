using System.Globalization;
using System.Net;
using System.Text;

namespace MyNumber.Batch.Status;

/// <summary>The report as one printable page: no script, no picture, nothing from elsewhere.</summary>
internal static class NightReportHtml
{
    private const string Style = """
        @page { size: A4; margin: 15mm }
        body { font: 10pt/1.4 "Noto Sans", "DejaVu Sans", sans-serif; color: #1b2733; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
        h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem }
        p.verdict { font-size: 1.1rem; padding: .5rem .8rem; border-left: .4rem solid #0b6e4f; background: #eef6f2 }
        p.verdict.broken { border-color: #a3320b; background: #fbeee9; font-weight: 600 }
        table { border-collapse: collapse; width: 100%; break-inside: avoid }
        th, td { text-align: left; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid #d5dbe1; vertical-align: top }
        td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; padding-right: 1.4rem }
        td.number:last-child, th.number:last-child { padding-right: 0 }
        td.date { white-space: nowrap }
        code { font: .95em "Noto Sans Mono", "DejaVu Sans Mono", monospace }
        p.none, p.act { color: #55626e; margin: .2rem 0 }
        p.act { max-width: 48rem }
        h3 { font-size: .95rem; margin: 1.1rem 0 .2rem }
        h3 span { font-weight: 400; color: #55626e }
        td { overflow-wrap: anywhere }
        """;

    public static string Render(NightSummary summary)
    {
        var date = summary.BusinessDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var broken = summary.Laws.Count(law => !law.Holds);
        var page = new StringBuilder()
            .Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Night of ").Append(date)
            .Append("</title>\n<style>\n").Append(Style).Append("\n</style>\n</head>\n<body>\n<h1>Night of ").Append(date)
            .Append("</h1>\n");
        Verdict(page, broken > 0, broken == 0
            ? $"All {summary.Laws.Count} laws balance."
            : $"{broken} of {summary.Laws.Count} laws do not balance.");
        Verdict(page, summary.TooLate.Count > 0 || summary.ServiceLevel.Number > 0, summary.TooLateLine);
        NightReportLateHtml.Write(page, summary);
        Table(page, "What waits for whom", ["who", "what", "since", "number"], summary.Waits.Select(wait => (IReadOnlyList<string>)
            [wait.Who, wait.What, wait.Oldest?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "", Number(wait.Count)]));
        Table(page, "Laws", ["step", "law", "balances", "left", "right"], summary.Laws.Select(law => (IReadOnlyList<string>)
            [law.Step, law.Law, law.Holds ? "yes" : "NO", Number(law.Left), Number(law.Right)]));
        foreach (var counts in summary.Counts)
        {
            Table(page, counts.Name, counts.Columns, counts.Rows);
        }

        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void Verdict(StringBuilder page, bool bad, string sentence) => page
        .Append(bad ? "<p class=\"verdict broken\">" : "<p class=\"verdict\">").Append(WebUtility.HtmlEncode(sentence))
        .Append("</p>\n");

    internal static void Table(
        StringBuilder page, string name, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        page.Append("<h2>").Append(WebUtility.HtmlEncode(name)).Append("</h2>\n");
        Rows(page, columns, rows);
    }

    internal static void Rows(StringBuilder page, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
        {
            page.Append("<p class=\"none\">None.</p>\n");
            return;
        }

        // A code or an id of digits is no number: it is read, not compared.
        var numbers = columns.Select((name, i) =>
            name is not ("municipality" or "municipality_code" or "id" or "numbers in it")
            && all.All(row => row[i] == "–" || (row[i].Length > 0 && row[i].All(char.IsAsciiDigit)))).ToList();
        page.Append("<table>\n<tr>");
        for (var i = 0; i < columns.Count; i++)
        {
            page.Append("<th").Append(Class(numbers[i])).Append('>').Append(WebUtility.HtmlEncode(columns[i])).Append("</th>");
        }

        page.Append("</tr>\n");
        foreach (var row in all)
        {
            page.Append("<tr>");
            for (var i = 0; i < row.Count; i++)
            {
                page.Append("<td").Append(IsDate(row[i]) ? " class=\"date\"" : Class(numbers[i])).Append('>').Append(
                    WebUtility.HtmlEncode(row[i])).Append("</td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</table>\n");
    }

    private static bool IsDate(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static string Class(bool number) => number ? " class=\"number\"" : "";

    internal static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
