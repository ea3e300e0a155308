using MyNumber.Batch.Runs.Engine;
using MyNumber.Templates.Letters;

namespace MyNumber.Batch.Letters;

/// <summary>
/// The list of products. A new letter has one line in <see cref="All"/>; the list is handed to the steps with
/// <see cref="NightServices"/>. What is not in it cannot be printed, and a night that finds such a piece stops
/// (<see cref="ListedCheck"/>).
/// </summary>
public sealed class Products
{
    private readonly Dictionary<string, Product> _byName;

    /// <summary>A list of products, in the order in which their drops are made.</summary>
    /// <exception cref="ArgumentException">Two have one name, or one has a document that cannot be printed.</exception>
    public Products(IReadOnlyList<Product> list)
    {
        ArgumentNullException.ThrowIfNull(list);
        List = list;
        Names = [.. list.Select(product => product.Name)];
        _byName = list.ToDictionary(product => product.Name);
        foreach (var document in list.SelectMany(product => product.Documents).Select(one => one.Document))
        {
            // Throws at the start, not over the first piece at night.
            _ = DocumentList.Get(document.Name);
        }
    }

    /// <summary>Every letter there is.</summary>
    public static Products All { get; } = new(
    [
        FormReissues.Product,
        IncompleteNotices.Product,
        NumberNotices.Product,
        IssuanceNotices.Product,
        ValidityNotices.Product,
    ]);

    /// <summary>In the order in which their drops are made.</summary>
    public IReadOnlyList<Product> List { get; }

    /// <summary>Their names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>
    /// No piece waits to be printed that nobody would print. It is asked before anything is frozen: a program whose list is
    /// whole closes the same night.
    /// </summary>
    public BalanceCheck ListedCheck
    {
        get
        {
            var names = string.Join(", ", Names.Select(name => $"'{name}'"));
            return new(
                "pieces that wait to be printed = those of products that batch/Letters/Products.cs lists",
                $"""
                SELECT count(*), count(*) FILTER (WHERE product IN ({names})) FROM piece
                WHERE state IN ('wanted', 'withheld')
                """)
            {
                WhichSql = $"""
                    SELECT string_agg(product || ': ' || pieces, ', ' ORDER BY product COLLATE "C")
                    FROM (SELECT product, count(*) AS pieces FROM piece
                          WHERE state IN ('wanted', 'withheld') AND product NOT IN ({names}) GROUP BY product) AS unlisted
                    """,
            };
        }
    }

    /// <summary>Whether there is a product of that name.</summary>
    public bool Has(string name) => _byName.ContainsKey(name);

    /// <summary>The product of that name.</summary>
    /// <exception cref="InvalidOperationException">The list has none.</exception>
    public Product Get(string name) => _byName.GetValueOrDefault(name)
        ?? throw new InvalidOperationException($"batch/Letters/Products.cs lists no product `{name}`.");

    /// <summary>The names of those of which something is true, for a statement's parameter.</summary>
    public string[] NamesWhere(Func<Product, bool> isTrue) => [.. List.Where(isTrue).Select(product => product.Name)];
}
