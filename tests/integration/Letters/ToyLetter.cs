using MyNumber.Batch;
using MyNumber.Batch.Database;
using MyNumber.Batch.Letters;
using MyNumber.Batch.Notices;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Templates.Letters;

namespace MyNumber.Tests.Integration.Letters;

/// <summary>A letter as the README's recipe makes one: a greeting to everybody on the register, once.</summary>
internal static class ToyLetter
{
    public const string Name = "toy-notice";

    /// <summary>The products with this one among them, and the migration that it takes.</summary>
    public static Products Products { get; } = new([.. Products.All.List, Product]);

    public const string Migration = $"""
        ALTER TABLE piece DROP CONSTRAINT piece_product_check;
        ALTER TABLE piece ADD CONSTRAINT piece_product_check CHECK (product IN ('issuance-notice', 'validity-notice',
          'application-form', 'incomplete-notice', 'individual-number-notice', '{Name}'));
        """;

    private static Product Product => new(Name)
    {
        Documents = [new(DocumentList.Get("address-mount"), "toy")],
        WantAsync = WantedPieces.WantDue(DueAsync),
        StopRule = new("CASE WHEN resident.name LIKE '%要らない%' THEN 'wants-none' END"),
        Tables =
        [
            new("toys.csv", ["piece_id", "sequence", "toy"], "SELECT piece_id, sequence, 'top' FROM piece WHERE drop_id = $1 ORDER BY sequence")
            {
                Fault = row => row[2] == "top" ? null : ("no-toy", "toy"),
            },
        ],
        Checks =
        [
            new(
                "greetings = greetings of the first and only occasion",
                $"SELECT count(*), count(*) FILTER (WHERE occasion = 'first') FROM piece WHERE product = '{Name}'"),
        ],
    };

    private static Task<IReadOnlyList<WantedPiece>> DueAsync(
        StoreContext context, Policy policy, CancellationToken cancellation) =>
        Sql.QueryAsync(
            context.Connection, context.Transaction,
            $"""
            SELECT resident_id, municipality_code FROM resident
            WHERE NOT EXISTS (SELECT FROM piece WHERE product = '{Name}' AND subject = resident_id)
            ORDER BY resident_id COLLATE "C"
            """,
            row => new WantedPiece(
                Products.Get(Name), row.GetString(0), "first", "address-mount", row.GetString(0), row.GetString(1)),
            cancellation);
}
