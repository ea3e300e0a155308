using System.Globalization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MyNumber.Batch.Keying;
using MyNumber.Batch.Reading;
using MyNumber.Templates.Forms;
using Npgsql;

namespace MyNumber.Jobs.Pages;

/// <summary>What waits for a keyer, oldest first. No values, no crops.</summary>
public sealed class ReviewModel(NpgsqlDataSource database) : PageModel
{
    /// <summary>Rows on the page.</summary>
    public const int RowsMax = 200;

    /// <summary>Open items.</summary>
    public IReadOnlyList<ReviewItem> Items { get; private set; } = [];

    /// <summary>How often each scanner's sure values were wrong, keyed once more.</summary>
    public IReadOnlyList<MisreadRate> Rates { get; private set; } = [];

    /// <summary>Items that an application waits for.</summary>
    public int Open => Items.Count(item => !item.Blind);

    /// <summary>The page.</summary>
    public async Task OnGetAsync(CancellationToken cancellation)
    {
        Items = await Reviews.ListAsync(database, cancellation, User.Identity!.Name);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        Rates = await DoubleKeying.RatesAsync(connection, null, DateOnly.MinValue, cancellation);
    }

    /// <summary>A rate as people say it.</summary>
    public static string Percent(double rate) => (rate * 100).ToString("0.00", CultureInfo.InvariantCulture) + " %";

    /// <summary>A field's name as people say it.</summary>
    public static string FieldName(string field) =>
        FormDefinitions.Fields.GetValueOrDefault(field ?? "")?.EnglishLabel ?? (field ?? "").Replace('_', ' ');
}
