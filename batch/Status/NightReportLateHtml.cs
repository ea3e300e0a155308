using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using MyNumber.Batch.Waiting;

namespace MyNumber.Batch.Status;

/// <summary>The report's part about what is late: R96 by cause and age, then R41 by cause and municipality.</summary>
internal static partial class NightReportLateHtml
{
    // The page is read, the JSON beside it is searched.
    private const int EntriesShownMax = 25;
    private const int IdsShownMax = 4;

    // Days beyond which a number moves on to the next column.
    private static readonly (int To, string Name)[] AgeBands =
        [(7, "to 7 days"), (30, "to 30"), (90, "to 90"), (365, "to 365"), (int.MaxValue, "longer")];

    public static void Write(StringBuilder page, NightSummary summary)
    {
        NightReportHtml.Table(
            page, "Waits for longer than it may (R96)",
            ["what", "who must act", "may wait", "oldest since", .. AgeBands.Select(band => band.Name), "number"],
            summary.TooLate.Select(cause => (IReadOnlyList<string>)
            [
                cause.What, cause.Owner, cause.Limit, Date(cause.Oldest),
                .. Bands(cause.Ages), NightReportHtml.Number(cause.Number),
            ]));
        foreach (var cause in summary.TooLate)
        {
            Write(page, cause);
        }

        Write(page, summary.ServiceLevel);
    }

    private static void Write(StringBuilder page, LateCause cause)
    {
        page.Append("<h3>").Append(WebUtility.HtmlEncode(cause.What)).Append(" <span>")
            .Append(WebUtility.HtmlEncode($"{cause.Cause}, {cause.Owner}")).Append("</span></h3>\n<p class=\"act\">")
            .Append(Code().Replace(WebUtility.HtmlEncode(cause.WhatToDo), "<code>$1</code>")).Append("</p>\n");
        var inFiles = cause.Entries.Any(entry => entry.Ids.Count > 0);
        var withDetail = cause.Entries.Any(entry => entry.Detail.Length > 0);
        string[] columns =
        [
            inFiles ? "file or list" : "id", "since", "days",
            .. inFiles ? ["number", "numbers in it", "ids"] : Array.Empty<string>(),
            "municipality", .. withDetail ? ["detail"] : Array.Empty<string>(),
        ];
        var rows = cause.Entries.Take(EntriesShownMax).Select(entry => (IReadOnlyList<string>)
        [
            entry.Name, Date(entry.Since), Days(entry.AgeDays),
            .. inFiles ? [NightReportHtml.Number(entry.Number), entry.Sequences, Ids(entry)] : Array.Empty<string>(),
            entry.MunicipalityCode, .. withDetail ? [entry.Detail] : Array.Empty<string>(),
        ]);
        NightReportHtml.Rows(page, columns, rows);
        var more = cause.Entries.Count + cause.EntriesLeftOff - Math.Min(cause.Entries.Count, EntriesShownMax);
        if (more > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"none\">And {more} more: see the JSON beside this page.</p>\n");
        }
    }

    private static void Write(StringBuilder page, ServiceLevelReport level)
    {
        var title = string.Create(
            CultureInfo.InvariantCulture, $"No Issuance Notice posted {level.DaysMax} days after receipt (R41)");
        var words = ServiceLevel.Causes.Select((cause, place) => (cause, place)).ToDictionary(one => one.cause.Cause, one => one.place);
        NightReportHtml.Table(
            page, title, ["waits for", "municipalities", "oldest received", "days", "applications"],
            level.Late.GroupBy(group => group.Cause).OrderBy(group => words[group.Key]).Select(group => (IReadOnlyList<string>)
            [
                group.First().WaitsFor, NightReportHtml.Number(group.Select(one => one.MunicipalityCode).Distinct().Count()),
                Date(group.Min(one => one.OldestReceivedOn)), Days(group.Max(one => one.AgeDays)),
                NightReportHtml.Number(group.Sum(one => one.Number)),
            ]));
        if (level.Late.Count == 0)
        {
            return;
        }

        page.Append("<h3>By municipality</h3>\n");
        NightReportHtml.Rows(
            page, ["municipality", "waits for", "oldest received", "days", "oldest applications", "applications"],
            level.Late.OrderBy(group => group.MunicipalityCode, StringComparer.Ordinal).ThenBy(group => words[group.Cause])
                .Select(group => (IReadOnlyList<string>)
                [
                    group.MunicipalityCode.Length == 0 ? "unknown" : group.MunicipalityCode, group.WaitsFor,
                    Date(group.OldestReceivedOn), Days(group.AgeDays), string.Join(' ', group.OldestKeys.Take(IdsShownMax)),
                    NightReportHtml.Number(group.Number),
                ]));
    }

    private static IEnumerable<string> Bands(IReadOnlyList<LateAge> ages)
    {
        var from = 0;
        foreach (var (to, _) in AgeBands)
        {
            var number = ages.Where(age => age.AgeDays >= from && age.AgeDays <= to).Sum(age => age.Number);
            yield return number == 0 ? "–" : NightReportHtml.Number(number);
            from = to == int.MaxValue ? to : to + 1;
        }
    }

    private static string Ids(LateEntry entry) =>
        string.Join(' ', entry.Ids.Take(IdsShownMax)) + (entry.Number > IdsShownMax ? " …" : "");

    private static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Days(int days) => days.ToString(CultureInfo.InvariantCulture);

    // What an operator types, or where he looks: between backticks in the table of causes.
    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
