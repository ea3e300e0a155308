using System.Globalization;
using static MyNumber.Tests.Integration.Intake.IntakeHome;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>A person of a random register, as the municipality knows them today and as they ever were.</summary>
public sealed class Registered(string id, string number)
{
    public string Id => id;
    public string Number { get; set; } = number;
    public List<string> Numbers { get; } = [number];
    public required string Name { get; set; }
    public HashSet<string> Names { get; } = [];
    public required DateOnly Born { get; init; }
    public required string Household { get; set; }
    public required string Head { get; set; }
    public required string Code { get; set; }
    public required string Address { get; set; }
    public required string Municipality { get; set; }
    public required DateOnly Since { get; set; }
    public DateOnly? Assigned { get; set; }
    public string? Delivery { get; set; }
    public DateOnly? LeftOn { get; set; }
    public string LeftBecause { get; set; } = "";
    public DateOnly? CardEnds { get; init; }

    public bool IsHere => LeftOn is null;

    public string Row() => string.Join(
        ',', Id, Number, Name, "ミホン　ハナコ", "", Day(Born), "F", Code, Address, Delivery is null ? "" : "5300005", Delivery ?? "",
        Municipality, Day(Since), LeftOn is { } left ? Day(left) : "", LeftBecause, "0", "", Household, Head,
        Assigned is { } assigned ? Day(assigned) : "") + "\n";

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>
/// A register that lives: births, moves, delivery addresses registered and lifted, names, heads and numbers changed, people
/// who die, leave and come back. Every name and address is used once, so that text found on a page has one owner.
/// </summary>
public sealed class HouseholdRegister(Random dice)
{
    private const string Letters = "一二三四五六七八九十百千春夏秋冬東西南北山川田中村木林森石水";
    private const string Unprintable = "\U000F0000";
    private static readonly (string Code, string Municipality, string Street)[] Towns =
    [
        ("1000001", "131016", "東京都千代田区千代田"), ("1000014", "131016", "東京都千代田区永田町"), ("5300001", "271004", "大阪府大阪市北区梅田"),
    ];

    private int _names;
    private int _addresses = 1000;
    private long _numbers = 12_345_678_901;

    public List<Registered> People { get; } = [];

    public HashSet<Registered> Changed { get; } = [];

    /// <summary>Every address that was ever a delivery address.</summary>
    public HashSet<string> Deliveries { get; } = [];

    /// <summary>Every address that anybody ever had.</summary>
    public HashSet<string> Addresses { get; } = [];

    public void MoveIn(DateOnly day)
    {
        var home = Place();
        var household = $"H{People.Count + 1}";
        var head = NextName();
        for (var i = dice.Next(1, 5); i > 0; i--)
        {
            Add(day, household, head, home, isHead: i == 1);
        }
    }

    /// <summary>One thing happens to somebody.</summary>
    public void Happen(DateOnly day)
    {
        var here = People.Where(person => person.IsHere).ToList();
        if (here.Count == 0)
        {
            MoveIn(day);
            return;
        }

        var who = here[dice.Next(here.Count)];
        switch (dice.Next(16))
        {
            case 0: MoveIn(day); return;
            case 1: Add(day, who.Household, who.Head, (who.Code, who.Municipality, who.Address), isHead: false); return;
            case 2 or 3 or 4: Protect(who); break;
            case 5: who.Delivery = null; break;
            case 6: Move([who], day, $"H{People.Count + 1}X{_addresses}", who.Name); break;
            case 7: Move([.. here.Where(other => other.Household == who.Household)], day, who.Household, who.Head); return;
            case 8: Join(who, here[dice.Next(here.Count)], day); break;
            case 9: Rename(who, NextName()); break;
            case 10: Rename(who, NextName() + Unprintable); break;
            case 11: (who.LeftOn, who.LeftBecause) = (day, dice.Next(2) == 0 ? "died" : "abroad"); break;
            case 12: ComeBack(); return;
            case 13: NewHead(who, here); return;
            case 14: who.Code = ""; break;
            default: Renumber(who, day); break;
        }

        Changed.Add(who);
    }

    /// <summary>The municipality mends what kept letters back.</summary>
    public void Mend()
    {
        foreach (var person in People.Where(person => person.IsHere))
        {
            if (person.Name.Contains(Unprintable, StringComparison.Ordinal))
            {
                Rename(person, NextName());
                Changed.Add(person);
            }

            if (person.Code.Length == 0)
            {
                person.Code = Towns.First(town => person.Address.StartsWith(town.Street, StringComparison.Ordinal)).Code;
                Changed.Add(person);
            }
        }
    }

    /// <summary>R43 comes at any hour: a delivery address, in SQL for the register as it stands.</summary>
    public string ProtectSql()
    {
        var here = People.Where(person => person.IsHere).ToList();
        var who = here[dice.Next(here.Count)];
        Protect(who);
        return $"UPDATE resident SET delivery_postal_code = '5300005', delivery_address = '{who.Delivery}' WHERE resident_id = '{who.Id}'";
    }

    private void Add(DateOnly day, string household, string head, (string Code, string Municipality, string Address) home, bool isHead)
    {
        var person = new Registered($"P{People.Count + 1:D3}", NextNumber())
        {
            Name = isHead ? head : NextName(), Born = new(1950 + dice.Next(70), 1 + dice.Next(12), 1 + dice.Next(28)),
            Household = household, Head = head, Code = home.Code, Address = home.Address, Municipality = home.Municipality, Since = day,
            // One in four has had a number for long.
            Assigned = dice.Next(4) == 0 ? new(2016, 1, 1) : day.AddDays(-dice.Next(30)),
            CardEnds = dice.Next(3) == 0 ? day.AddDays(dice.Next(10, 90)) : null,
        };
        person.Names.Add(person.Name);
        People.Add(person);
        Changed.Add(person);
    }

    private void Protect(Registered who)
    {
        who.Delivery = string.Create(CultureInfo.InvariantCulture, $"大阪府大阪市北区中之島　{++_addresses}番");
        Deliveries.Add(who.Delivery);
        Addresses.Add(who.Delivery);
    }

    private void Move(IReadOnlyList<Registered> people, DateOnly day, string household, string head)
    {
        var home = Place();
        foreach (var person in people)
        {
            (person.Code, person.Municipality, person.Address) = home;
            (person.Household, person.Head, person.Since) = (household, head, day);
            Changed.Add(person);
        }
    }

    private static void Join(Registered who, Registered host, DateOnly day) =>
        (who.Household, who.Head, who.Code, who.Municipality, who.Address, who.Since) =
            (host.Household, host.Head, host.Code, host.Municipality, host.Address, day);

    private static void Rename(Registered who, string name)
    {
        who.Name = name;
        who.Names.Add(name);
    }

    private void ComeBack()
    {
        if (People.Find(person => person.LeftBecause == "abroad") is { } back)
        {
            (back.LeftOn, back.LeftBecause) = (null, "");
            Changed.Add(back);
        }
    }

    private void NewHead(Registered who, List<Registered> here)
    {
        foreach (var person in here.Where(person => person.Household == who.Household))
        {
            person.Head = who.Name;
            Changed.Add(person);
        }
    }

    private void Renumber(Registered who, DateOnly day)
    {
        (who.Number, who.Assigned) = (NextNumber(), day);
        who.Numbers.Add(who.Number);
    }

    private (string Code, string Municipality, string Address) Place()
    {
        var town = Towns[dice.Next(Towns.Length)];
        var address = string.Create(CultureInfo.InvariantCulture, $"{town.Street}　{++_addresses}番");
        Addresses.Add(address);
        return (town.Code, town.Municipality, address);
    }

    private string NextName()
    {
        var n = _names++;
        return $"見本　{Letters[n / Letters.Length % Letters.Length]}{Letters[n % Letters.Length]}郎";
    }

    private string NextNumber() => Number((_numbers += 7).ToString(CultureInfo.InvariantCulture));
}
