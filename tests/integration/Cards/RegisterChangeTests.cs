using Dapper;
using MyNumber.Batch;
using MyNumber.Batch.Lifecycle;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Tests.Integration.Cards;

/// <summary>R09, R36, R37 on real rows: every change of the register at every state, all in one night.</summary>
public sealed class RegisterChangeTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateOnly Date = new(2026, 12, 10);

    [Fact]
    public async Task R36_every_change_does_to_every_state_what_the_table_says()
    {
        await using var world = await OpenAsync();
        foreach (var change in RegisterTransitions.Changes)
        {
            foreach (var state in CardTransitions.ApplicationStates)
            {
                await world.ResidentAsync($"a {change} {state}", change);
                await world.ApplicationAsync($"a {change} {state}", state);
            }

            foreach (var state in CardTransitions.CardStates)
            {
                await world.ResidentAsync($"c {change} {state}", change);
                await world.CardAsync($"c {change} {state}", state);
            }
        }

        await world.ApplyAsync();
        foreach (var change in RegisterTransitions.Changes)
        {
            foreach (var state in CardTransitions.ApplicationStates)
            {
                // Received before the move, as all are here.
                var cell = RegisterTransitions.Application(change, state);
                await world.IsAsync("application", $"a {change} {state}", state, cell == RegisterTransitions.Stays, change);
            }

            foreach (var state in CardTransitions.CardStates)
            {
                await world.IsAsync(
                    "card", $"c {change} {state}", state, RegisterTransitions.Card(change, state) == RegisterTransitions.Stays, change);
            }
        }

        // Applied once.
        var told = await world.CountAsync("history");
        await world.ApplyAsync();
        Assert.Equal(told, await world.CountAsync("history"));
    }

    [Fact]
    public async Task R37_a_number_that_changed_with_a_move_ends_the_card_in_use_all_the_same()
    {
        await using var world = await OpenAsync();
        await world.ResidentAsync("R1", "moved");
        await world.ChangeAsync("R1", "number-changed");
        await world.CardAsync("R1", "delivered");
        await world.ApplyAsync();
        await world.IsAsync("card", "R1", "delivered", stays: false, "number-changed");
    }

    [Fact]
    public async Task R36_what_was_received_after_the_move_and_not_judged_yet_is_judged()
    {
        await using var world = await OpenAsync();
        await world.ResidentAsync("R1", "moved");
        await world.ApplicationAsync("R1", "received", receivedOn: "2026-12-05");
        await world.ApplyAsync();
        Assert.Equal(1, await world.CountAsync("application WHERE state = 'received' AND to_validate"));
    }

    [Fact]
    public async Task What_is_still_open_after_a_change_is_judged_again()
    {
        await using var world = await OpenAsync();
        foreach (var state in CardTransitions.ApplicationStates)
        {
            await world.ResidentAsync(state, "number-changed");
            await world.ApplicationAsync(state, state);
        }

        await world.ApplyAsync();
        Assert.Equal(
            "received review selected superseded waiting",
            await world.TextAsync("SELECT string_agg(key, ' ' ORDER BY key) FROM application WHERE to_validate"));
    }

    private async Task<World> OpenAsync()
    {
        var connection = await database.DataSource.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            "INSERT INTO municipality VALUES ('131016', '千代田区', '東京都', 'a', 'b', 'c', 1, 3, false, NULL)", transaction: transaction);
        return new World(connection, transaction);
    }

    /// <summary>In a transaction that is rolled back; whatever belongs together has one name.</summary>
    private sealed class World(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        // Registered anew on 1 December.
        public async Task ResidentAsync(string name, string change)
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO resident (resident_id, name, name_kana, birth_date, postal_code, address, municipality_code,
                  registered_on, household_id, household_head, first_seen_on, left_on, left_reason)
                VALUES (@name, 'n', 'k', '1990-06-15', '1000001', 'a', '131016', '2026-12-01', 'H', 'h', '2020-01-01',
                  CASE WHEN @change IN ('died', 'left') THEN '2026-12-09'::date END,
                  CASE @change WHEN 'died' THEN 'died' WHEN 'left' THEN 'abroad' END);
                INSERT INTO residence (resident_id, registered_on, municipality_code, postal_code, address, household_id, household_head,
                  noted_on)
                SELECT @name, day, code, '', '', '', '', '2026-12-10'::date
                FROM (VALUES ('2020-01-01'::date, '271004'), ('2026-12-01', '131016')) AS known (day, code) WHERE @change = 'moved'
                """,
                new { name, change }, transaction);
            await ChangeAsync(name, change == "died" ? "left" : change);
        }

        public Task ChangeAsync(string name, string kind) => connection.ExecuteAsync(
            "INSERT INTO register_change VALUES (@name, @kind, '2026-12-10')", new { name, kind }, transaction);

        public Task ApplicationAsync(string name, string state, string receivedOn = "2026-11-24") => connection.ExecuteAsync(
            """
            INSERT INTO application (key, channel, received_on, envelope, sheet, feed, row, resident_id, state, state_on, to_validate)
            VALUES (@name, 'mail', @receivedOn::date, @name, '1', 'f', 1, @name, @state, '2026-11-24', false)
            """,
            new { name, state, receivedOn }, transaction);

        public Task CardAsync(string name, string state) => connection.ExecuteAsync(
            """
            INSERT INTO card (ref, card_id, resident_id, municipality_code, state, state_on)
            VALUES (@name, @name, @name, '131016', @state, '2026-11-24')
            """,
            new { name, state }, transaction);

        public Task ApplyAsync() => Timeline.ApplyAsync(
            new StoreContext(
                new RunInfo(1, "night", Date, ""), 0, 1, new PartInfo(0, PartAct.Plan, "", "", 1), connection, transaction),
            new Policy(), CancellationToken.None);

        /// <summary>The state is what it was, or void with the rule of that change in the history.</summary>
        public async Task IsAsync(string kind, string name, string before, bool stays, string change)
        {
            Assert.Equal(
                $"{name}: {(stays ? before : "void")}",
                $"{name}: {await TextAsync($"SELECT state FROM {kind} WHERE {(kind == "card" ? "ref" : "key")} = '{name}'")}");
            Assert.Equal(
                stays ? null : RegisterTransitions.Rule(change),
                await TextAsync($"SELECT why FROM history WHERE subject_kind = '{kind}' AND subject = '{name}'"));
        }

        public Task<string?> TextAsync(string sql) => connection.ExecuteScalarAsync<string?>(sql, transaction: transaction);

        public Task<long> CountAsync(string table) =>
            connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table}", transaction: transaction);

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
