using CsCheck;
using Dapper;
using MyNumber.Batch;
using MyNumber.Batch.Runs;
using MyNumber.Batch.Selection;
using Npgsql;

namespace MyNumber.Tests.Integration.Selection;

/// <summary>SQL = model, for random histories in any order of arrival, however often runs repeat.</summary>
public sealed class SelectionTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateOnly Date = new(2026, 11, 24);

    private sealed record App(int Key, int Resident, int Day, bool Mail, string State, bool Look);

    // The rule in a few lines: the first valid one without a holding one before it wins, unless a card is ordered.
    private static Dictionary<int, string> Model(IEnumerable<App> applications)
    {
        var states = new Dictionary<int, string>();
        foreach (var resident in applications.GroupBy(a => a.Resident))
        {
            var inOrder = resident.OrderBy(a => a.Day).ThenBy(a => !a.Mail).ThenBy(a => a.Key).ToList();
            var ordered = inOrder.Find(a => a.State == "ordered");
            App? winner = ordered;
            var held = false;
            foreach (var a in inOrder)
            {
                held |= winner is null && (a.State == "review" || (a.State == "received" && a.Look));
                var candidate = a.State is "waiting" or "selected" || (a.State == "received" && !a.Look);
                states[a.Key] = !candidate ? a.State : winner is not null ? "superseded" : held ? "waiting" : "selected";
                winner ??= states[a.Key] == "selected" ? a : null;
            }
        }

        return states;
    }

    private static readonly string[] States =
        ["received", "received", "received", "review", "incomplete", "rejected", "cancelled", "waiting", "void"];

    private static readonly Gen<App[]> Histories = Gen.Select(
            Gen.Int[1, 4], Gen.Int[1, 3], Gen.Bool,
            Gen.Int[0, States.Length - 1].Select(n => States[n]),
            Gen.Int[0, 4])
        .Select((resident, day, mail, state, look) => new App(0, resident, day, mail, state, look == 0 && state == "received"))
        .Array[1, 12]
        .Select(apps => apps.Select((app, i) => app with { Key = i + 1 }).ToArray());

    [Fact]
    public async Task Sql_decides_as_the_model_does_whatever_came_before()
    {
        await PrepareAsync();
        await Histories.SampleAsync(
            async apps =>
            {
                await using var connection = await database.DataSource.OpenConnectionAsync();
                await using var transaction = await connection.BeginTransactionAsync();
                foreach (var app in apps)
                {
                    await InsertAsync(connection, transaction, app);
                }

                await SelectAsync(connection, transaction, 1);
                var states = await StatesAsync(connection, transaction);
                // Once more: a run that repeats changes nothing.
                await SelectAsync(connection, transaction, 2);
                var again = await StatesAsync(connection, transaction);
                var expected = Model(apps);
                return states.Count == expected.Count && states.All(s => expected[s.Key] == s.Value)
                    && states.All(s => again[s.Key] == s.Value);
            },
            iter: 150, threads: 1);
    }

    [Fact]
    public async Task A_cancelled_winner_is_followed_by_the_next_and_a_late_earlier_one_takes_over_before_the_order()
    {
        await PrepareAsync();
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await InsertAsync(connection, transaction, new App(1, 1, 2, true, "received", false));
        await InsertAsync(connection, transaction, new App(2, 1, 2, false, "received", false));
        await SelectAsync(connection, transaction, 1);
        Assert.Equal(new Dictionary<int, string> { [1] = "selected", [2] = "superseded" }, await StatesAsync(connection, transaction));

        await InsertAsync(connection, transaction, new App(3, 1, 1, false, "received", false));
        await SelectAsync(connection, transaction, 2);
        Assert.Equal(
            new Dictionary<int, string> { [1] = "superseded", [2] = "superseded", [3] = "selected" },
            await StatesAsync(connection, transaction));

        await connection.ExecuteAsync("UPDATE application SET state = 'cancelled' WHERE key = '03'", transaction: transaction);
        await SelectAsync(connection, transaction, 3);
        Assert.Equal(
            new Dictionary<int, string> { [1] = "selected", [2] = "superseded", [3] = "cancelled" },
            await StatesAsync(connection, transaction));
        Assert.Equal("01", await connection.ExecuteScalarAsync<string>("SELECT superseded_by FROM application WHERE key = '02'", transaction: transaction));

        // Once its card is ordered, what turns up late is superseded (R32).
        await connection.ExecuteAsync("UPDATE application SET state = 'ordered' WHERE key = '01'", transaction: transaction);
        await InsertAsync(connection, transaction, new App(4, 1, 1, true, "received", false));
        await SelectAsync(connection, transaction, 4);
        Assert.Equal("superseded", (await StatesAsync(connection, transaction))[4]);
    }

    [Fact]
    public async Task The_database_has_the_last_word_on_one_live_winner()
    {
        await PrepareAsync();
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await InsertAsync(connection, transaction, new App(1, 1, 1, true, "ordered", false));
        var refused = await Assert.ThrowsAsync<PostgresException>(
            () => InsertAsync(connection, transaction, new App(2, 1, 2, true, "selected", false)));
        Assert.Equal("one_live_winner", refused.ConstraintName);
    }

    private async Task PrepareAsync()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO municipality VALUES ('131016', '千代田区', '東京都', 'a', 'b', 'c', 1, 3, false, NULL)
            ON CONFLICT DO NOTHING;
            INSERT INTO resident (resident_id, name, name_kana, birth_date, postal_code, address, municipality_code,
              registered_on, household_id, household_head, first_seen_on)
            SELECT 'R' || n, 'n', 'k', '1990-01-01', '1000001', 'a', '131016', '2020-01-01', 'H', 'h', '2026-11-24'
            FROM generate_series(1, 4) AS n ON CONFLICT DO NOTHING;
            INSERT INTO run (kind, business_date, cut_off, opened_at) VALUES ('night', '2026-11-24', now(), now())
            ON CONFLICT DO NOTHING
            """);
    }

    private static Task InsertAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, App app) =>
        connection.ExecuteAsync(
            """
            INSERT INTO application (key, channel, received_on, submitted_at, envelope, sheet, feed, row, resident_id, state,
              state_on, to_validate)
            VALUES (@key, CASE WHEN @mail THEN 'mail' ELSE 'online' END, '2026-11-20'::date + @day,
              CASE WHEN NOT @mail THEN '2026-11-20T00:00:00Z'::timestamptz + make_interval(days => @day) END,
              CASE WHEN @mail THEN @key END, CASE WHEN @mail THEN '1' END, 'f', @row, 'R' || @resident, @state, '2026-11-24', @look)
            """,
            new
            {
                key = app.Key.ToString("D2", null), mail = app.Mail, day = app.Day, row = app.Key, resident = app.Resident.ToString((IFormatProvider?)null),
                state = app.State, look = app.Look,
            },
            transaction);

    private static async Task SelectAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, int ordinal)
    {
        var runId = await connection.ExecuteScalarAsync<long>("SELECT max(id) FROM run", transaction: transaction);
        var plan = new StoreContext(
            new RunInfo(runId, "night", Date, ""), 0, ordinal, new PartInfo(0, PartAct.Plan, "", "", 1), connection, transaction);
        await new SelectStep(new Policy()).DecideAsync(plan, CancellationToken.None);
        var laws = new SelectStep(new Policy()).Definition.Laws;
        foreach (var law in laws)
        {
            var (left, right) = await connection.QuerySingleAsync<(long, long)>(law.Sql, transaction: transaction);
            Assert.True(left == right, law.Name);
        }
    }

    private static async Task<Dictionary<int, string>> StatesAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (await connection.QueryAsync<(string Key, string State)>("SELECT key, state FROM application", transaction: transaction))
        .ToDictionary(row => int.Parse(row.Key, null), row => row.State);
}
