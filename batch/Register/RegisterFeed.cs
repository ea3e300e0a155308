using MyNumber.Batch.Feeds;

namespace MyNumber.Batch.Register;

/// <summary>The four files of a register feed (FORMATS.md, In). Rows are changes: a row replaces the row with its key.</summary>
public static class RegisterFeed
{
    /// <summary>R45: a municipality may set longer, never shorter.</summary>
    public const int StorageMonthsMin = 3;

    /// <summary>File of the municipalities.</summary>
    public const string Municipalities = "municipalities.csv";

    /// <summary>File of the residents.</summary>
    public const string Residents = "residents.csv";

    /// <summary>File of the form registry.</summary>
    public const string Forms = "forms.csv";

    /// <summary>File of the cards.</summary>
    public const string Cards = "cards.csv";

    /// <summary>Columns of municipalities.csv.</summary>
    public static readonly IReadOnlyList<FeedColumn> MunicipalityColumns =
    [
        new("municipality_code", ValueClass.Code),
        new("name", ValueClass.Text),
        new("prefecture", ValueClass.Text),
        // R41: not known yet is no fault of the feed; the notices of that municipality wait.
        new("pickup_place", ValueClass.Text.OrEmpty()),
        new("pickup_address", ValueClass.Text.OrEmpty()),
        new("pickup_phone", ValueClass.Text.OrEmpty()),
        new("earliest_pickup_days", ValueClass.Whole(0, 365)),
        new("storage_months", ValueClass.Whole(StorageMonthsMin, 120)),
        new("notice_in_envelope", ValueClass.Boolean),
        new("reminder_after_days", ValueClass.Whole(1, 3650).OrEmpty()),
    ];

    /// <summary>Columns of residents.csv.</summary>
    public static readonly IReadOnlyList<FeedColumn> ResidentColumns =
    [
        new("resident_id", ValueClass.Code),
        new("individual_number", ValueClass.Number),
        new("name", ValueClass.Text),
        new("name_kana", ValueClass.Text.OrEmpty()),
        new("alternative_letters", ValueClass.Text.OrEmpty()),
        new("birth_date", ValueClass.Date, Happens: true),
        new("sex", ValueClass.OneOf("M", "F").OrEmpty()),
        // R96: one without a code does not keep the others' rows out; their pieces are withheld.
        new("postal_code", ValueClass.PostalCode.OrEmpty()),
        new("address", ValueClass.Text),
        new("delivery_postal_code", ValueClass.PostalCode.OrEmpty()),
        new("delivery_address", ValueClass.Text.OrEmpty()),
        new("municipality_code", ValueClass.Code),
        new("registered_on", ValueClass.Date, Happens: true),
        new("left_on", ValueClass.Date.OrEmpty(), Happens: true),
        new("left_reason", ValueClass.OneOf("died", "abroad", "unknown").OrEmpty()),
        new("adult_ward", ValueClass.Boolean),
        new("stay_until", ValueClass.Date.OrEmpty()),
        new("household_id", ValueClass.Code),
        new("household_head", ValueClass.Text),
        new("number_assigned_on", ValueClass.Date.OrEmpty(), Happens: true),
    ];

    /// <summary>Columns of forms.csv.</summary>
    public static readonly IReadOnlyList<FeedColumn> FormColumns =
    [
        new("application_id", ValueClass.ApplicationId),
        new("resident_id", ValueClass.Code),
        new("kind", ValueClass.OneOf(RegistryForms.Qr, RegistryForms.Reapplication, RegistryForms.Renewal, RegistryForms.Notice)),
        new("issued_on", ValueClass.Date, Happens: true),
        new("printed_name", ValueClass.Text),
        new("printed_address", ValueClass.Text),
        new("masked", ValueClass.Boolean),
    ];

    /// <summary>Columns of cards.csv.</summary>
    public static readonly IReadOnlyList<FeedColumn> CardColumns =
    [
        new("card_id", ValueClass.Code),
        new("resident_id", ValueClass.Code),
        new("issued_on", ValueClass.Date, Happens: true),
        new("valid_until", ValueClass.Date),
        new("signature_certificate_until", ValueClass.Date.OrEmpty()),
        new("user_certificate_until", ValueClass.Date.OrEmpty()),
        new("state", ValueClass.OneOf("valid", "suspended", "returned", "void")),
    ];

    private static readonly Dictionary<string, IReadOnlyList<FeedColumn>> Files =
        new()
        {
            [Municipalities] = MunicipalityColumns,
            [Residents] = ResidentColumns,
            [Forms] = FormColumns,
            [Cards] = CardColumns,
        };

    /// <summary>Reads and checks one feed; any of the four files may be missing.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static CheckedFeed Read(Feed feed, DateOnly on) => CheckedFeed.Read(feed, marker =>
    (
        [.. marker.Files.Keys.Where(Files.ContainsKey).Select(file => FeedTable.Read(feed, file, Files[file], on))],
        marker.Files.Keys.Where(file => !Files.ContainsKey(file))
            .Select(file => new FeedFault(file, 0, "", "register-file", "unknown-file"))));
}
