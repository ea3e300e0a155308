using System.Globalization;
using System.Text.RegularExpressions;

namespace MyNumber.Batch.Calendar;

/// <summary>
/// R11. Dates of the Japanese eras, written and read: 令和元年, one letter (R6.4.1), boxed marks (㋿), full-width digits,
/// and Gregorian dates beside them.
/// </summary>
public static partial class JapaneseEra
{
    private sealed record Era(string Name, char Letter, char Box, DateOnly From, DateOnly To);

    // Japan took the Gregorian calendar over on 1 January 1873 (Meiji 6): an earlier day has another date here and there.
    private static readonly Era[] Eras =
    [
        new("明治", 'M', '㍾', new(1873, 1, 1), new(1912, 7, 29)),
        new("大正", 'T', '㍽', new(1912, 7, 30), new(1926, 12, 24)),
        new("昭和", 'S', '㍼', new(1926, 12, 25), new(1989, 1, 7)),
        new("平成", 'H', '㍻', new(1989, 1, 8), new(2019, 4, 30)),
        new("令和", 'R', '㋿', new(2019, 5, 1), DateOnly.MaxValue),
    ];

    private static int Gregorian(Era era, int year) => (era.Name == "明治" ? 1868 : era.From.Year) + year - 1;

    /// <summary>`令和8年11月24日`; the first year is 元年; before 1873 the Gregorian date `1868年1月1日`.</summary>
    public static string Format(DateOnly date)
    {
        var era = Array.FindLast(Eras, era => era.From <= date);
        if (era is null)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{date.Year}年{date.Month}月{date.Day}日");
        }

        var year = date.Year - Gregorian(era, 1) + 1;
        return string.Create(
            CultureInfo.InvariantCulture, $"{era.Name}{(year == 1 ? "元" : year)}年{date.Month}月{date.Day}日");
    }

    /// <summary>
    /// The date that <paramref name="text"/> says, or null where it says none: an impossible day (30 February), or one
    /// outside its era (昭和64年2月1日) is not moved to a neighbour.
    /// </summary>
    public static DateOnly? Parse(string text)
    {
        var plain = Narrow(text);
        var match = Written().Match(plain);
        if (!match.Success)
        {
            return null;
        }

        var year = match.Groups["year"].Value is "元" ? 1 : int.Parse(match.Groups["year"].Value, CultureInfo.InvariantCulture);
        var month = int.Parse(match.Groups["month"].Value, CultureInfo.InvariantCulture);
        var day = int.Parse(match.Groups["day"].Value, CultureInfo.InvariantCulture);
        return match.Groups["era"].Success
            ? Date(match.Groups["era"].Value, year, month, day)
            : match.Groups["year"].Value.Length == 4 ? Date(year, month, day) : null;
    }

    /// <summary>The date of an era's parts, e.g. (`R` or `令和` or `㋿`, 8, 11, 24); null where there is no such day.</summary>
    public static DateOnly? Date(string era, int year, int month, int day)
    {
        var found = Array.Find(Eras, e =>
            era == e.Name || (era.Length == 1 && (char.ToUpperInvariant(era[0]) == e.Letter || era[0] == e.Box)));
        return found is not null && year is >= 1 and <= 200 && Date(Gregorian(found, year), month, day) is { } date
            && found.From <= date && date <= found.To ? date : null;
    }

    private static DateOnly? Date(int year, int month, int day) =>
        year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day)
            : null;

    // Full-width digits, letters and signs lie 0xFEE0 above their narrow forms; spaces mean nothing in a date.
    private static string Narrow(string text) =>
        new([.. text.Where(c => !char.IsWhiteSpace(c)).Select(c => c is >= '！' and <= '～' ? (char)(c - 0xFEE0) : c)]);

    [GeneratedRegex(
        """
        ^(?<era>明治|大正|昭和|平成|令和|[MTSHRmtshr㍾㍽㍼㍻㋿])?(?<year>元|[0-9]{1,4})(年|[-./・])(?<month>[0-9]{1,2})(月|[-./・])(?<day>[0-9]{1,2})日?$
        """,
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Written();
}
