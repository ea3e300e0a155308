namespace MyNumber.Tests.Integration.Nights;

/// <summary>
/// The whole story once, for all tests of this folder: a first night on unseen mail, the card factory, a second night,
/// the vendor's answers, and a third night after the storage period.
/// </summary>
public sealed class Story : IDisposable
{
    public const string FirstNight = "2026-11-24";
    public const string SecondNight = "2026-11-27";
    public const string Answers = "2026-11-30";
    public const string ThirdNight = "2027-03-15";
    public const int Applications = 60;
    public const int Seed = 20261124;

    public Story()
    {
        Product = new("story");
        Product.Appoint("operator-1", "operator");
        Product.Appoint("first.person", "approver");
        Product.Appoint("second.person", "approver");
        Product.RunOk("fixtures", "night", "--applications", $"{Applications}", "--seed", $"{Seed}", "--out", Product.Inbox);
        Expected = File.ReadAllLines(Path.Combine(Product.Inbox, "expected.csv"));
        Residents = [.. Directory.EnumerateFiles(Path.Combine(Product.Inbox, "register"), "residents.csv", SearchOption.AllDirectories)
            .SelectMany(path => File.ReadAllLines(path).Skip(1))];
        First = Product.RunOk("night", "--date", FirstNight);
        OutcomesAfterTheFirstNight = Outcomes();
        foreach (var drop in Product.Drops("card-orders"))
        {
            Product.RunOk("factory", "simulate", drop, "--date", SecondNight);
        }

        Second = Product.RunOk("night", "--date", SecondNight);
        foreach (var drop in Product.Drops("print"))
        {
            Product.RunOk("vendor", "simulate", drop, "--date", Answers);
        }

        Third = Product.RunOk(["night", "--date", ThirdNight, .. Product.Unusual]);
    }

    public Product Product { get; }

    /// <summary>The lines of expected.csv, header first.</summary>
    public IReadOnlyList<string> Expected { get; }

    /// <summary>The rows of every residents.csv that went in, without their headers.</summary>
    public IReadOnlyList<string> Residents { get; }

    /// <summary>`key,state,rules` as the product tells them after the first night.</summary>
    public IReadOnlyDictionary<string, string> OutcomesAfterTheFirstNight { get; }

    public CommandResult First { get; }

    public CommandResult Second { get; }

    public CommandResult Third { get; }

    public void Dispose() => Product.Dispose();

    private Dictionary<string, string> Outcomes()
    {
        var outcomes = new Dictionary<string, string>();
        foreach (var key in Expected.Skip(1).Select(line => line.Split(',')[0]))
        {
            foreach (var line in Product.RunOk("application", key, "--json").Lines)
            {
                var rules = line.GetProperty("findings").EnumerateArray()
                    .Select(finding => finding.GetProperty("rule").GetString()!).Distinct().Order(StringComparer.Ordinal);
                outcomes[line.GetProperty("key").GetString()!] =
                    $"{line.GetProperty("state").GetString()},{string.Join('+', rules)}";
            }
        }

        return outcomes;
    }
}
