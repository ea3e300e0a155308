using System.Globalization;
using Dapper;
using MyNumber.Batch;
using MyNumber.Batch.Database;
using MyNumber.Batch.Feeds;
using MyNumber.Batch.Lifecycle;
using MyNumber.Batch.Register;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Tests.Integration.Intake;
using Npgsql;

namespace MyNumber.Tests.Integration.Cards;

/// <summary>
/// What the register and the events tell takes effect in the order of its own days, not of the nights and feeds that bring it:
/// random facts, each told on its own day, and the same facts dealt onto other nights, lead to the same end.
/// `MYNUMBER_TIMELINES=2000` makes a long run of it.
/// </summary>
public sealed class TimelineOrderTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private const int Residents = 6;
    private const int Days = 7;
    private const int LastNight = 12;
    private static readonly DateOnly First = new(2026, 12, 1);
    private static readonly string[] Municipalities = ["131016", "131024", "271004", "011002"];

    private readonly string _folder = Directory.CreateTempSubdirectory("mynumber-timeline-").FullName;

    [Fact]
    public async Task R36_the_end_does_not_depend_on_which_night_brought_a_fact()
    {
        var worlds = int.Parse(Environment.GetEnvironmentVariable("MYNUMBER_TIMELINES") ?? "8", CultureInfo.InvariantCulture);
        var services = NightServices.Create(new Home(_folder), database.DataSource, new Policy(), TimeProvider.System);
        var ends = new HashSet<string>();
        for (var seed = 1; seed <= worlds; seed++)
        {
            var facts = Facts(new Random(seed));
            var inTime = await PlayAsync(services, facts, fact => fact.Day);
            ends.UnionWith(inTime.Split('\n'));
            for (var deal = 1; deal <= 2; deal++)
            {
                var dealt = await PlayAsync(services, facts, Dealer(new Random((seed * 10) + deal), facts));
                if (inTime != dealt)
                {
                    Assert.Fail($"seed {seed}, deal {deal}:\n{Differences(inTime, dealt)}\n{Of(facts, inTime, dealt)}");
                }
            }
        }

        // The facts say something: cards end in many ways.
        Assert.All(
            ["delivered", "void", "arrived", "ordered", "issued", "cancelled", "other-municipality", "card-in-dispute"],
            word => Assert.Contains(ends, line => line.Contains(word, StringComparison.Ordinal)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static List<Fact> Facts(Random dice)
    {
        var facts = new List<Fact>();
        for (var i = 1; i <= Residents; i++)
        {
            var code = Municipalities[dice.Next(Municipalities.Length)];
            var homes = new List<(int From, string Code)> { (int.MinValue, code) };
            facts.Add(new Fact(i, 0, 0, "resident", code, null));
            foreach (var day in Enumerable.Range(1, Days).OrderBy(_ => dice.Next()).Take(dice.Next(3)).Order())
            {
                code = Municipalities.Where(other => other != code).ElementAt(dice.Next(Municipalities.Length - 1));
                homes.Add((day, code));
                facts.Add(new Fact(i, day, day, "resident", code, null));
            }

            if (dice.Next(4) == 0)
            {
                var from = homes.Max(home => Math.Max(home.From, 0));
                var left = dice.Next(from, Days + 1);
                facts.Add(new Fact(i, left, from, "resident", code,
                    $"{First.AddDays(left):yyyy-MM-dd},{(dice.Next(2) == 0 ? "died" : "abroad")}"));
            }

            if (dice.Next(8) > 0)
            {
                facts.Add(Event(i, dice.Next(1, 4), "card-arrived", $"A{i}", $"K{i}=2026-11-30",
                    dice.Next(2) == 0 ? "" : homes[0].Code, dice));
            }

            for (var n = dice.Next(7); n > 0; n--)
            {
                var day = dice.Next(1, Days + 1);
                var (kind, subject, value) = Anything(i, dice);
                var holder = homes.Last(home => home.From <= day).Code;
                var who = dice.Next(8) == 0 ? Municipalities[dice.Next(Municipalities.Length)] : dice.Next(2) == 0 ? holder : homes[0].Code;
                facts.Add(Event(i, day, kind, subject, value, who, dice));
            }
        }

        return facts;
    }

    private static (string Kind, string Subject, string Value) Anything(int i, Random dice)
    {
        var card = dice.Next(4) == 0 ? $"OLD{i}" : $"K{i}";
        return dice.Next(13) switch
        {
            0 or 1 or 2 => ("card-delivered", $"K{i}", ""),
            3 => ("card-suspended", card, ""),
            4 => ("card-resumed", card, ""),
            5 => ("card-returned", card, ""),
            6 => ("storage-held", $"K{i}", ""),
            7 => ("storage-released", $"K{i}", ""),
            8 => ("storage-extended", $"K{i}", $"2027-0{dice.Next(3, 9)}-15"),
            9 => ("notice-reissue-requested", $"K{i}", ""),
            10 => ("certificate-renewed", card, $"{(dice.Next(2) == 0 ? "user" : "signature")}=2027-0{dice.Next(1, 9)}-01"),
            11 => ("replacement-approved", $"R{i}", ""),
            _ => ("application-cancelled", $"A{i}", ""),
        };
    }

    private static Fact Event(int i, int day, string kind, string subject, string value, string municipality, Random dice) =>
        new(i, day, dice.Next(86_400), kind, municipality, value) { Subject = subject };

    // Some nights late, some early; of rows with the same residence the later one is told later, as it replaces the other.
    private static Func<Fact, int> Dealer(Random dice, List<Fact> facts)
    {
        var nights = facts.ToDictionary(
            fact => fact,
            fact => fact.Kind == "resident" && fact.Second == 0 && fact.Left is null ? 0
                : dice.Next(Math.Max(0, fact.Day - 2), LastNight - 1));
        foreach (var left in facts.Where(fact => fact is { Kind: "resident", Left: not null }))
        {
            var begins = facts.Single(fact => fact.Kind == "resident" && fact.Left is null
                && fact.Resident == left.Resident && fact.Second == left.Second);
            nights[left] = Math.Max(nights[left], nights[begins] + 1);
        }

        return fact => nights[fact];
    }

    private async Task<string> PlayAsync(NightServices services, List<Fact> facts, Func<Fact, int> night)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            string.Concat(Municipalities.Select(
                code => $"INSERT INTO municipality VALUES ('{code}', 'm', 'p', 'a', 'b', 'c', 1, 3, false, NULL);")),
            transaction: transaction);
        for (var n = 0; n <= LastNight; n++)
        {
            var context = new StoreContext(
                new RunInfo(1, "night", First.AddDays(n), ""), 0, 1, new PartInfo(0, PartAct.Plan, "", "", 1), connection, transaction);
            var tonight = facts.Where(fact => night(fact) == n).ToList();
            // One feed a row: two rows of one resident in one feed refuse it.
            foreach (var row in tonight.Where(fact => fact.Kind == "resident").OrderBy(fact => fact.Left is not null))
            {
                Assert.Empty(await RegisterStore.ApplyAsync(context, Feed(row), services.Numbers, CancellationToken.None));
            }

            await RegisterStore.BeginResidencesAsync(context, CancellationToken.None);
            foreach (var e in tonight.Where(fact => fact.Kind != "resident"))
            {
                await connection.ExecuteAsync(
                    """
                    INSERT INTO event (event_id, feed, row, occurred_at, kind, municipality_code, subject, value, note)
                    VALUES (@id, 'f', 1, @at, @Kind, @Municipality, @Subject, @Value, '')
                    """,
                    new
                    {
                        id = $"E{facts.IndexOf(e):D3}", at = new DateTimeOffset(
                            First.AddDays(e.Day), TimeOnly.MinValue, TimeSpan.FromHours(9))
                            .AddSeconds(e.Second).ToUniversalTime(),
                        e.Kind, e.Municipality, e.Subject, e.Value,
                    },
                    transaction);
            }

            if (n == 0)
            {
                await ArrangeAsync(connection, transaction);
            }

            // As the night does: in several of its plans.
            await Timeline.ApplyAsync(context, new Policy(), CancellationToken.None);
            await Timeline.ApplyAsync(context, new Policy(), CancellationToken.None);
        }

        return string.Join('\n', await connection.QueryAsync<string>(EndSql, transaction: transaction));
    }

    private static Task ArrangeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) => connection.ExecuteAsync(
        """
        INSERT INTO application (key, channel, received_on, envelope, sheet, feed, row, resident_id, state, state_on, to_validate)
        SELECT 'A' || substr(resident_id, 2), 'mail', '2026-11-10', resident_id, '1', 'f', 1, resident_id, 'ordered', '2026-11-20', false
        FROM resident;
        INSERT INTO card (ref, order_id, resident_id, municipality_code, state, state_on, ordered_on, signature_certificate, user_certificate, photo)
        SELECT 'A' || substr(resident_id, 2), 'A' || substr(resident_id, 2), resident_id, municipality_code, 'ordered', '2026-11-20', '2026-11-20',
          true, true, 'p'
        FROM resident;
        INSERT INTO card (ref, card_id, resident_id, municipality_code, state, state_on, issued_on, valid_until, delivered_on)
        SELECT 'OLD' || substr(resident_id, 2), 'OLD' || substr(resident_id, 2), resident_id, municipality_code, 'delivered', '2026-11-20',
          '2017-02-01', '2027-02-10', '2017-02-10'
        FROM resident
        """,
        transaction: transaction);

    private static CheckedFeed Feed(Fact row)
    {
        var on = row.Second == 0 ? "2020-01-01" : $"{First.AddDays(row.Second):yyyy-MM-dd}";
        string[] values =
        [
            $"R{row.Resident}", IntakeHome.Number($"1234567890{row.Resident}"), "名", "", "", "1990-06-15", "", "1000001",
            $"住所　{row.Municipality}", "", "", row.Municipality, on, .. (row.Left ?? ",").Split(','), "0", "", $"H{row.Resident}", "名", "",
        ];
        return new(
            Batch.Feeds.Feed.FolderFeed(FeedArea.Register, "F"), new("", new Dictionary<string, string>(), []),
            [new FeedTable(RegisterFeed.Residents, RegisterFeed.ResidentColumns, [new(1, values)], [])], []);
    }

    private const string EndSql = """
        SELECT 'resident ' || resident_id || ' ' || municipality_code || ' ' || address || ' ' || registered_on || ' '
          || coalesce(left_on::text, '-') || ' ' || coalesce(left_reason, '-') FROM resident
        UNION ALL
        SELECT 'application ' || resident_id || ' ' || key || ' ' || state FROM application
        UNION ALL
        -- The days on which the nights learnt of it are theirs: a void card waits the longer for it, never shorter (R45).
        SELECT 'card ' || resident_id || ' ' || ref || ' ' || (to_jsonb(card) - 'state_on' - 'void_on' - 'base')::text FROM card
        UNION ALL
        SELECT 'event R' || regexp_replace(subject, '\D', '', 'g') || ' ' || event_id || ' ' || kind || ' ' || municipality_code || ' '
          || occurred_at || ' ' || state || ' ' || coalesce(result, '-') || ' ' || coalesce(waits_for, '-') FROM event
        ORDER BY 1
        """;

    private static string Differences(string one, string other) => string.Join(
        '\n', one.Split('\n').Except(other.Split('\n')).Select(line => $"in time {line}")
            .Concat(other.Split('\n').Except(one.Split('\n')).Select(line => $"dealt   {line}")));

    // The facts of the residents concerned, to be looked at.
    private static string Of(List<Fact> facts, string one, string other)
    {
        var whose = Differences(one, other).Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .First(word => word is ['R', _, ..] && int.TryParse(word[1..], out _))).ToHashSet();
        return string.Join('\n', facts.Where(fact => whose.Contains($"R{fact.Resident}")).Select(fact => fact.ToString()));
    }

    /// <param name="Resident">1 and up.</param>
    /// <param name="Day">On which it happens, counted from the first night.</param>
    /// <param name="Second">Of its day; of a row the day on which its residence begins.</param>
    private sealed record Fact(int Resident, int Day, int Second, string Kind, string Municipality, string? Value)
    {
        public string Subject { get; init; } = "";

        /// <summary>A row's `left_on,left_reason`.</summary>
        public string? Left => Kind == "resident" ? Value : null;
    }
}
