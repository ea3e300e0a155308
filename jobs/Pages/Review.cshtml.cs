using Microsoft.AspNetCore.Mvc.RazorPages;
using MyNumber.Batch.Intake;
using Npgsql;

namespace MyNumber.Jobs.Pages;

/// <summary>What waits for a keyer, oldest first. No values, no crops.</summary>
/// <param name="database">The home's database.</param>
public sealed class ReviewModel(NpgsqlDataSource database) : PageModel
{
    /// <summary>Rows on the page.</summary>
    public const int RowsMax = 200;

    /// <summary>Open items.</summary>
    public IReadOnlyList<ReviewItem> Items { get; private set; } = [];

    /// <summary>The page.</summary>
    public async Task OnGetAsync(CancellationToken cancellation) => Items = await Reviews.ListAsync(database, cancellation);

    /// <summary>A field's name as people say it.</summary>
    public static string FieldName(string field) => (field ?? "").Replace('_', ' ');
}
