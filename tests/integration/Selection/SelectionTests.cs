using CsCheck;
using Dapper;
using MyNumber.Batch;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Selection;
using Npgsql;

namespace MyNumber.Tests.Integration.Selection;

/// <summary>SQL = model, for random histories of several nights, in any order of arrival, however often runs repeat.</summary>
public sealed class SelectionTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateOnly FirstDay = new(2026, 11, 20);

    /// <summary>What may happen between two nights, to an application that its number names among those there are.</summary>
    private enum Step
    {
        /// <summary>One comes, valid, of any earlier day: late arrivals are the ordinary case.</summary>
        Arrives,
        ArrivesUnjudged,
        ArrivesInReview,
        ArrivesIncomplete,

        /// <summary>What was not judged, or in review, is valid now; or it is not.</summary>
        Judged,
        GoesToReview,
        Rejected,

        /// <summary>The register changed: what is superseded is to be judged again, and then was.</summary>
        LookAgain,
        Cancelled,
        Ordered,
        HandedOver,
        Moved,
    }

    private sealed record Happening(Step Step, int Pick, int Resident, int Day, bool Mail);

    private static readonly Gen<Happening[][]> Histories = Gen.Select(
            Gen.Frequency(
                (6, Gen.Const(Step.Arrives)), (1, Gen.Const(Step.ArrivesUnjudged)), (1, Gen.Const(Step.ArrivesInReview)),
                (1, Gen.Const(Step.ArrivesIncomplete)), (2, Gen.Const(Step.Judged)), (1, Gen.Const(Step.GoesToReview)),
                (1, Gen.Const(Step.Rejected)), (1, Gen.Const(Step.LookAgain)), (2, Gen.Const(Step.Cancelled)),
                (2, Gen.Const(Step.Ordered)), (2, Gen.Const(Step.HandedOver)), (1, Gen.Const(Step.Moved))),
            Gen.Int[0, 99], Gen.Int[1, 3], Gen.Int[0, 9], Gen.Bool)
        .Select((step, pick, resident, day, mail) => new Happening(step, pick, resident, day, mail))
        .Array[1, 6].Array[1, 5];

    [Fact]
    public async Task R30_R31_R32_R33_sql_decides_as_the_model_does_night_after_night()
    {
        await PrepareAsync();
        await Histories.SampleAsync(
            async nights =>
            {
                await using var connection = await database.DataSource.OpenConnectionAsync();
                await using var transaction = await connection.BeginTransactionAsync();
                App[] world = [];
                for (var night = 0; night < nights.Length; night++)
                {
                    foreach (var happening in nights[night])
                    {
                        world = Happen(world, happening, night);
                    }

                    await WriteAsync(connection, transaction, world);
                    await SelectAsync(connection, transaction, (2 * night) + 1);
                    world = SelectionModel.Decide(world);
                    if (!await IsAsync(connection, transaction, world))
                    {
                        return false;
                    }

                    // Once more: a run that repeats changes nothing, and says nothing.
                    var told = await HistoryAsync(connection, transaction);
                    await SelectAsync(connection, transaction, (2 * night) + 2);
                    if (!await IsAsync(connection, transaction, world) || told != await HistoryAsync(connection, transaction))
                    {
                        return false;
                    }
                }

                return true;
            },
            iter: 200, threads: 1);
    }

    [Fact]
    public async Task R30_the_order_of_arrival_decides_nothing_before_the_order()
    {
        await PrepareAsync();
        var arrivals = Gen.Select(Gen.Int[1, 3], Gen.Int[0, 3], Gen.Bool, Gen.Int[0, 9])
            .Select((resident, day, mail, kind) => new App(
                0, resident, day, mail, kind == 0 ? "review" : kind == 1 ? "incomplete" : "received"))
            .Array[2, 8].Select(apps => apps.Select((app, i) => app with { Key = i + 1 }).ToArray());
        await Gen.Select(arrivals, Gen.Int[0, 1_000_000]).SampleAsync(
            async (apps, seed) =>
            {
                await using var connection = await database.DataSource.OpenConnectionAsync();
                await using var transaction = await connection.BeginTransactionAsync();
                // One a night, shuffled, against all in one night.
                var shuffled = apps.ToArray();
                new Random(seed).Shuffle(shuffled);
                App[] world = [];
                for (var night = 0; night < shuffled.Length; night++)
                {
                    world = [.. world, shuffled[night]];
                    await WriteAsync(connection, transaction, world);
                    await SelectAsync(connection, transaction, night + 1);
                    world = SelectionModel.Decide(world);
                }

                return await IsAsync(connection, transaction, SelectionModel.Decide(apps));
            },
            iter: 60, threads: 1);
    }

    [Fact]
    public async Task R33_a_cancelled_winner_is_followed_by_the_next_and_R32_a_late_earlier_one_takes_over_before_the_order()
    {
        await PrepareAsync();
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        App[] world = [new(1, 1, 2, true, "received"), new(2, 1, 2, false, "received")];
        await NightAsync("1 selected, 2 superseded 1");

        world = [.. world, new(3, 1, 1, false, "received")];
        await NightAsync("1 superseded 3, 2 superseded 3, 3 selected");

        world = Set(3, "cancelled");
        await NightAsync("1 selected, 2 superseded 1, 3 cancelled");

        // Once its card is ordered, what turns up late is superseded (R32); handed over too, where it came before the card.
        world = [.. Set(1, "ordered"), new(4, 1, 1, true, "received")];
        await NightAsync("1 ordered, 2 superseded 1, 3 cancelled, 4 superseded 1");
        world = [.. Set(1, "issued").Select(app => app.Key == 1 ? app with { MadeOn = 8 } : app),
            new(5, 1, 7, true, "received"), new(6, 1, 8, true, "received")];
        await NightAsync("1 issued, 2 superseded 1, 3 cancelled, 4 superseded 1, 5 superseded 1, 6 selected");

        App[] Set(int key, string state) => [.. world.Select(app => app.Key == key ? app with { State = state } : app)];

        async Task NightAsync(string expected)
        {
            await WriteAsync(connection, transaction, world);
            await SelectAsync(connection, transaction, (int)await HistoryAsync(connection, transaction) + 1);
            world = [.. SelectionModel.Decide(world).OrderBy(app => app.Key)];
            Assert.Equal(expected, string.Join(", ", world.Select(app => $"{app.Key} {app.State} {app.Winner}".TrimEnd())));
            Assert.True(await IsAsync(connection, transaction, world));
        }
    }

    [Theory]
    [InlineData(true, "1 selected, 2 superseded 1")]
    [InlineData(false, "1 superseded 2, 2 selected")]
    public async Task R30_mail_before_online_is_a_policy(bool mailBeforeOnline, string expected)
    {
        await PrepareAsync();
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await WriteAsync(connection, transaction, [new(1, 1, 2, true, "received"), new(2, 1, 2, false, "received")]);
        await SelectAsync(connection, transaction, 1, new Policy { MailBeforeOnline = mailBeforeOnline });
        Assert.Equal(expected, string.Join(", ", (await RowsAsync(connection, transaction))
            .Select(row => $"{row.Key} {row.State} {row.Winner}".TrimEnd())));
    }

    [Fact]
    public async Task R34_the_database_has_the_last_word_on_one_live_winner()
    {
        await PrepareAsync();
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => WriteAsync(
            connection, transaction, [new(1, 1, 1, true, "ordered"), new(2, 1, 2, true, "selected")]));
        Assert.Equal("one_live_winner", refused.ConstraintName);
    }

    // Only what can happen does: a cell of the tables in batch/Lifecycle/README.md, a verdict, an arrival.
    private static App[] Happen(App[] world, Happening happening, int night)
    {
        App[] Change(Func<App, bool> may, Func<App, App> becomes)
        {
            var can = world.Where(may).ToList();
            return can.Count == 0 ? world
                : [.. world.Select(app => app == can[happening.Pick % can.Count] ? becomes(app) : app)];
        }

        App[] Arrive(string state, bool look = false) =>
            [.. world, new App(world.Length + 1, happening.Resident, happening.Day, happening.Mail, state, look)];

        return happening.Step switch
        {
            Step.Arrives => Arrive("received"),
            Step.ArrivesUnjudged => Arrive("received", look: true),
            Step.ArrivesInReview => Arrive("review"),
            Step.ArrivesIncomplete => Arrive("incomplete"),
            Step.Judged => Change(
                app => app.State == "review" || app.Look,
                app => app with { State = app.State == "review" ? "received" : app.State, Look = false }),
            Step.GoesToReview => Change(app => app.State is "waiting" or "selected", app => app with { State = "review" }),
            Step.Rejected => Change(app => app.State is "waiting" or "selected", app => app with { State = "rejected" }),
            Step.LookAgain => Change(app => app.State == "superseded", app => app with { Look = true }),
            Step.Cancelled => Change(
                app => app.State is "review" or "waiting" or "selected" or "superseded" or "ordered",
                app => app with { State = "cancelled", Winner = null }),
            Step.Ordered => Change(app => app.State == "selected", app => app with { State = "ordered" }),
            Step.HandedOver => Change(app => app.State == "ordered", app => app with { State = "issued", MadeOn = 5 + night }),
            Step.Moved => [.. world.Select(app => app.Resident == happening.Resident
                && app.State is "review" or "incomplete" or "waiting" or "selected" or "superseded" or "ordered"
                    ? app with { State = "void" } : app)],
            _ => throw new InvalidOperationException(),
        };
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

    /// <summary>What happened since the last night, on the rows; what selection wrote before must agree already.</summary>
    private static async Task WriteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IEnumerable<App> world)
    {
        // Those that end first: the index of live winners looks at every row.
        foreach (var app in world.OrderBy(app => app.State is "selected" or "ordered"))
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO application (key, channel, received_on, submitted_at, envelope, sheet, feed, row, resident_id, state,
                  state_on, to_validate, superseded_by)
                VALUES (@key, CASE WHEN @mail THEN 'mail' ELSE 'online' END, @on,
                  CASE WHEN NOT @mail THEN '2026-11-20T00:00:00Z'::timestamptz + make_interval(days => @day) END,
                  CASE WHEN @mail THEN @key END, CASE WHEN @mail THEN '1' END, 'f', @row, 'R' || @resident, @state, @on, @look,
                  @winner)
                ON CONFLICT (key) DO UPDATE SET state = excluded.state, to_validate = excluded.to_validate;
                INSERT INTO card (ref, order_id, card_id, resident_id, municipality_code, state, state_on, issued_on)
                SELECT @key, @key, @key, 'R' || @resident, '131016', 'delivered', @on, @made::date WHERE @made::date IS NOT NULL
                ON CONFLICT (ref) DO NOTHING
                """,
                new
                {
                    key = Key(app.Key), mail = app.Mail, on = FirstDay.AddDays(app.Day), day = app.Day, row = app.Key,
                    resident = app.Resident.ToString((IFormatProvider?)null), state = app.State, look = app.Look,
                    winner = app.Winner is { } winner ? Key(winner) : null,
                    made = app.MadeOn is { } made ? FirstDay.AddDays(made) : (DateOnly?)null,
                },
                transaction);
        }
    }

    private static async Task SelectAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, int ordinal, Policy? policy = null)
    {
        var runId = await connection.ExecuteScalarAsync<long>("SELECT max(id) FROM run", transaction: transaction);
        var plan = new StoreContext(
            new RunInfo(runId, "night", FirstDay, ""), 0, ordinal, new PartInfo(0, PartAct.Plan, "", "", 1), connection, transaction);
        var step = new SelectStep(policy ?? new Policy());
        await step.DecideAsync(plan, CancellationToken.None);
        foreach (var check in step.Definition.Checks)
        {
            var (left, right) = await connection.QuerySingleAsync<(long, long)>(check.Sql, transaction: transaction);
            Assert.True(left == right, check.Name);
        }
    }

    private static async Task<bool> IsAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<App> world)
    {
        var rows = (await RowsAsync(connection, transaction)).ToDictionary(row => row.Key);
        return rows.Count == world.Count && world.All(app => rows[app.Key].State == app.State
            && (app.State != "superseded" || rows[app.Key].Winner == app.Winner));
    }

    private static async Task<IReadOnlyList<(int Key, string State, int? Winner)>> RowsAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        [.. await connection.QueryAsync<(int, string, int?)>(
            "SELECT key::int, state, superseded_by::int FROM application ORDER BY key", transaction: transaction)];

    private static Task<long> HistoryAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        connection.ExecuteScalarAsync<long>("SELECT count(*) FROM history", transaction: transaction);

    private static string Key(int number) => number.ToString("D2", null);
}
