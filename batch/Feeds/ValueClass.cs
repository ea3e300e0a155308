using System.Globalization;
using MyNumber.Batch.Calendar;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Feeds;

/// <summary>What a column may hold.</summary>
/// <param name="Name">As it stands in a `.rejected.csv`.</param>
/// <param name="Fault">Code of what is wrong with a value; null where nothing is.</param>
public sealed record ValueClass(string Name, Func<string, string?> Fault)
{
    private const int TextMax = 1000;
    private const string InstantFormat = "yyyy-MM-dd'T'HH:mm:sszzz";

    /// <summary>The one form in which a good value is kept, however the feed writes it.</summary>
    public Func<string, string> Normal { get; init; } = value => value;

    /// <summary>Any text with something in it.</summary>
    public static readonly ValueClass Text = new("text", value => value.Trim().Length == 0 ? "empty" : TextFault(value));

    /// <summary>No register knows an older day: what lies before is a slip of the pen.</summary>
    public static readonly DateOnly DayMin = new(1850, 1, 1);

    /// <summary>A day further ahead of the business date is a slip of the pen, where a column tells when something happens.</summary>
    public const int DaysAheadMax = 400;

    /// <summary>A calendar day, `YYYY-MM-DD`.</summary>
    public static readonly ValueClass Date = new(
        "date", value => !TryDate(value, out var date) ? "not-a-date" : date < DayMin ? "before-1850" : null);

    /// <summary>An instant with its offset, `YYYY-MM-DDThh:mm:ss+09:00`.</summary>
    public static readonly ValueClass Instant = new(
        "instant",
        value => !TryInstant(value, out var instant) ? "not-an-instant" : RunDates.Today(instant) < DayMin ? "before-1850" : null);

    /// <summary>`0` or `1`.</summary>
    public static readonly ValueClass Boolean = new("boolean", value => value is "0" or "1" ? null : "not-0-or-1");

    /// <summary>23 digits (R01).</summary>
    public static readonly ValueClass ApplicationId = new("application-id", value => Digits(value, 23));

    /// <summary>Seven digits in whatever form a register writes them (R96); kept as `1600022`.</summary>
    public static readonly ValueClass PostalCode = new(
        "postal-code",
        value => Templates.Codes.PostalCode.Normal(value) switch { null => "not-7-digits", "" => "empty", _ => null })
    {
        Normal = value => Templates.Codes.PostalCode.Normal(value) ?? value,
    };

    /// <summary>Twelve digits whose last is their check digit (R07).</summary>
    public static readonly ValueClass Number = new(
        "individual-number",
        value => Digits(value, IndividualNumber.Length) ?? (IndividualNumber.IsValid(value) ? null : "check-digit"));

    /// <summary>A hash in lower-case hex.</summary>
    public static readonly ValueClass Sha256 = new(
        "sha256", value => value.Length == 64 && value.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f')
            ? null
            : "not-a-hash");

    /// <summary>An id that we are given: letters, digits, `.`, `_`, `-`, `=`, `:`; it may stand in a file name or a log.</summary>
    public static readonly ValueClass Code = new(
        "code", value => value.Length is >= 1 and <= 100 && value.All(IsCode) && value is not ("." or "..") ? null : "not-a-code");

    /// <summary>As <see cref="Code"/> without `-`, which joins an envelope and a sheet to a key.</summary>
    public static readonly ValueClass Sheet = new(
        "sheet", value => Code!.Fault(value) ?? (value.Contains('-') ? "holds-a-hyphen" : null));

    /// <summary>A whole number in a range.</summary>
    public static ValueClass Whole(int min, int max) => new(
        $"integer-{min}-to-{max}",
        value => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number < min ? "too-small" : number > max ? "too-large" : null
            : "not-an-integer");

    /// <summary>One of some words.</summary>
    public static ValueClass OneOf(params string[] words) =>
        new(string.Join('|', words), value => words.Contains(value) ? null : "not-one-of-these");

    /// <summary>The same, or nothing at all.</summary>
    public ValueClass OrEmpty() => this with
    {
        Name = $"{Name}-or-empty",
        // Text that may be empty may be white space too: a space is no fault of a name's second half.
        Fault = ReferenceEquals(this, Text) ? TextFault : value => Normal(value).Length == 0 ? null : Fault(value),
    };

    internal static bool TryDate(string value, out DateOnly date) =>
        DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    // The last day of year 9999 has no next one, and in Tokyo it may be over already.
    internal static bool TryInstant(string value, out DateTimeOffset instant) =>
        DateTimeOffset.TryParseExact(value, InstantFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out instant)
        && instant.UtcDateTime.Year < 9999;

    // The database takes no NUL, and no line of a notice holds a line break.
    private static string? TextFault(string value) =>
        value.Length > TextMax ? "too-long" : value.Any(char.IsControl) ? "control-character" : null;

    private static string? Digits(string value, int count) =>
        value.Length == 0 ? "empty" : value.Length == count && value.All(char.IsAsciiDigit) ? null : $"not-{count}-digits";

    private static bool IsCode(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '=' or ':';
}

/// <summary>One column of a feed's file.</summary>
/// <param name="Happens">
/// The column tells when something happens: a day more than <see cref="ValueClass.DaysAheadMax"/> days ahead refuses the feed.
/// </param>
/// <param name="MayLack">A column at the end that older writers leave out; its values are then empty.</param>
public sealed record FeedColumn(string Name, ValueClass Class, bool Happens = false, bool MayLack = false);
