using System.Globalization;

namespace MyNumber.Templates.Documents;

/// <summary>How values stand on paper.</summary>
internal static class Wording
{
    // Where an era began; the day before it belongs to the one before.
    private static readonly (DateOnly From, string Name)[] Eras =
    [
        (new(2019, 5, 1), "令和"), (new(1989, 1, 8), "平成"), (new(1926, 12, 25), "昭和"), (new(1912, 7, 30), "大正"),
        (new(1868, 1, 25), "明治"),
    ];

    /// <summary>`令和8年11月24日`; before the first of these eras `1867年5月1日` (R99: a stand-in for an unknown birth).</summary>
    public static string Era(DateOnly date)
    {
        var era = Array.Find(Eras, era => date >= era.From);
        if (era.Name is null)
        {
            return Western(date);
        }

        var year = date.Year - era.From.Year + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{era.Name}{(year == 1 ? "元" : year)}年{date.Month}月{date.Day}日");
    }

    /// <summary>
    /// `1985年1月23日（昭和60年）`: the Gregorian year first, as a machine reads it back by its digits; it stands alone where
    /// no era is known.
    /// </summary>
    public static string Both(DateOnly date)
    {
        var (western, era) = (Western(date), Era(date));
        return era == western ? western : $"{western}（{era[..(era.IndexOf('年') + 1)]}）";
    }

    /// <summary>`2026年11月24日`.</summary>
    public static string Western(DateOnly date) =>
        string.Create(CultureInfo.InvariantCulture, $"{date.Year}年{date.Month}月{date.Day}日");

    /// <summary>男 or 女; empty where the register has none.</summary>
    public static string Sex(string? sex) => sex switch { "M" => "男", "F" => "女", _ => "" };

    /// <summary>`123-4567`; empty where it is not seven digits.</summary>
    public static string PostalCode(string? code) => Codes.PostalCode.IsNormal(code) ? $"{code![..3]}-{code[3..]}" : "";
}
