using Dapper;
using MyNumber.Batch;
using MyNumber.Batch.Cards;
using MyNumber.Batch.Database;
using MyNumber.Batch.Feeds;
using MyNumber.Batch.Files;
using MyNumber.Batch.Reading;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Selection;
using MyNumber.Batch.Validation;

namespace MyNumber.Tests.Integration.Cards;

/// <summary>Validate, select and order-cards one after the other on real rows, keys and files; then once more.</summary>
public sealed partial class OneNightTests : IAsyncLifetime
{
    // A night is the whole database: each test has its own.
    private readonly TestDatabase _database = new();

    private static readonly DateOnly Date = new(2026, 11, 24);
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 1, 2, 3];

    private readonly string _folder = Directory.CreateTempSubdirectory("mynumber-night-").FullName;

    [Fact]
    public async Task The_first_valid_application_gets_a_card_ordered_and_the_rest_their_states()
    {
        var services = NightServices.Create(new Home(_folder), _database.DataSource, new Policy(), TimeProvider.System);
        await PrepareAsync();
        await SendAsync(services, 1, "R1", 1, new DateOnly(1990, 6, 15));          // Wins.
        await SendAsync(services, 2, "R1", 1, new DateOnly(1990, 6, 15));          // R03: the same form again.
        await SendAsync(services, 3, "R1", 2, new DateOnly(1990, 6, 15));          // Valid and later.
        await SendAsync(services, 4, "R2", 3, new DateOnly(1990, 6, 16));          // R02: another birth date,
        await SendAsync(services, 5, "R2", 3, new DateOnly(1990, 6, 15));          // which uses nothing up.
        await SendAsync(services, 6, "R3", 4, new DateOnly(1990, 6, 15), dark: true);

        await RunAsync(services, 1);
        Assert.Equal("ordered rejected superseded rejected ordered incomplete", await StatesAsync());
        Assert.Equal("F-2 R03 reject, F-4 R02 reject, F-6 R20 incomplete", await FindingsAsync());
        var drop = Path.Combine(_folder, "outbox", "card-orders", "TEST-20261124-card-order-001");
        Assert.Equal(
            "order_id,resident_id,application_id,photo,braille,signature_certificate,user_certificate\n"
            + $"F-1,R1,{Id(1)},F-1.jpg,0,1,1\nF-5,R2,{Id(3)},F-5.jpg,0,1,1\n",
            await File.ReadAllTextAsync(Path.Combine(drop, "orders.csv")));
        Assert.Equal(Jpeg, await File.ReadAllBytesAsync(Path.Combine(drop, "F-1.jpg")));
        Assert.True(File.Exists(Path.Combine(drop, "READY")));

        await RunAsync(services, 2);
        Assert.Equal("ordered rejected superseded rejected ordered incomplete", await StatesAsync());
        Assert.Single(Directory.GetDirectories(Path.GetDirectoryName(drop)!));
    }

    [Theory]
    [InlineData(false, "cancelled ordered", "")]
    // Meanwhile an adult ward: the representative's part is missing, so nothing more is ordered.
    [InlineData(true, "cancelled incomplete", "F-2 R10 incomplete")]
    public async Task R33_whoever_follows_a_cancelled_winner_is_judged_again_first_where_the_register_changed(
        bool ward, string states, string findings)
    {
        var services = NightServices.Create(new Home(_folder), _database.DataSource, new Policy(), TimeProvider.System);
        await PrepareAsync();
        await SendAsync(services, 1, "R1", 1, new DateOnly(1990, 6, 15));
        await SendAsync(services, 2, "R1", 2, new DateOnly(1990, 6, 15));
        await RunAsync(services, 1);
        Assert.Equal("ordered superseded", await StatesAsync());

        await using (var connection = await _database.DataSource.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                """
                UPDATE resident SET adult_ward = @ward WHERE resident_id = 'R1';
                UPDATE application SET to_validate = true WHERE state = 'superseded';
                """,
                new { ward });
        }

        // Its winner stands: nobody asks.
        await RunAsync(services, 2);
        Assert.Equal("ordered superseded", await StatesAsync());
        Assert.Equal("", await FindingsAsync());

        await using (var connection = await _database.DataSource.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO event (event_id, feed, row, occurred_at, kind, municipality_code, subject, value, note)
                VALUES ('e', 'e', 1, '2026-11-24T09:00:00+09:00', 'application-cancelled', '131016', @id, '', '')
                """,
                new { id = Id(1) });
        }

        await RunAsync(services, 3);
        Assert.Equal(states, await StatesAsync());
        Assert.Equal(findings, await FindingsAsync());
    }

    [Fact]
    public async Task R03_a_form_is_used_once_whichever_nights_its_applications_come_in()
    {
        var services = NightServices.Create(new Home(_folder), _database.DataSource, new Policy(), TimeProvider.System);
        var born = new DateOnly(1990, 6, 15);
        await PrepareAsync();
        await SendAsync(services, 1, "R1", 1, born, dark: true); // R51: ends incomplete,
        await SendAsync(services, 2, "R1", 1, born);             // and is made again, the same night.
        await SendAsync(services, 3, "R2", 3, born.AddDays(1));  // R02 uses nothing up.
        await SendAsync(services, 4, "R3", 4, born);
        await SendAsync(services, 5, "R3", 4, born);             // Too late, and the read step still has it.
        await ExecuteAsync("UPDATE scan SET state = 'received' WHERE application_key = 'F-5'");
        await RunAsync(services, 1);
        Assert.Equal("incomplete ordered rejected ordered received", await StatesAsync());
        Assert.Equal("F-1 R20 incomplete, F-3 R02 reject, F-5 R03 reject", await FindingsAsync());

        await ExecuteAsync("UPDATE scan SET state = 'read' WHERE application_key = 'F-5'");
        await SendAsync(services, 6, "R2", 3, born);
        await RunAsync(services, 2);
        Assert.Equal("incomplete ordered rejected ordered rejected ordered", await StatesAsync());
        Assert.Equal("F-1 R20 incomplete, F-3 R02 reject, F-5 R03 reject", await FindingsAsync());
    }

    [Fact]
    public async Task R03_a_form_is_used_by_the_first_also_while_its_photograph_is_not_read_yet()
    {
        var services = NightServices.Create(new Home(_folder), _database.DataSource, new Policy(), TimeProvider.System);
        var born = new DateOnly(1990, 6, 15);
        await PrepareAsync();
        await SendAsync(services, 1, "R3", 4, born);
        await SendAsync(services, 2, "R3", 4, born);
        await ExecuteAsync("UPDATE scan SET state = 'received' WHERE application_key = 'F-1'");
        await RunAsync(services, 1);
        Assert.Equal("received rejected", await StatesAsync());

        await ExecuteAsync("UPDATE scan SET state = 'read' WHERE application_key = 'F-1'");
        await RunAsync(services, 2);
        Assert.Equal("ordered rejected", await StatesAsync());
    }

    [Fact]
    public async Task R03_what_came_too_late_counts_once_the_first_is_found_to_have_used_nothing_up()
    {
        var services = NightServices.Create(new Home(_folder), _database.DataSource, new Policy(), TimeProvider.System);
        var born = new DateOnly(1990, 6, 15);
        await PrepareAsync();
        await SendAsync(services, 1, "R3", 4, born);
        await SendAsync(services, 2, "R3", 4, born);
        // On an earlier night the second was found too late and held back; since then the first was rejected under R02.
        await ExecuteAsync(
            """
            UPDATE application SET state = 'rejected', to_validate = false WHERE key = 'F-1';
            INSERT INTO finding VALUES ('F-1', 'R02', 'reject', 'birth-date-differs'), ('F-2', 'R03', 'reject', 'form-was-used')
            """);
        await RunAsync(services, 1);
        Assert.Equal("rejected ordered", await StatesAsync());
        Assert.Equal("F-1 R02 reject", await FindingsAsync());
    }

    [Fact]
    public async Task What_intake_holds_back_is_not_judged_yet()
    {
        var services = NightServices.Create(new Home(_folder), _database.DataSource, new Policy(), TimeProvider.System);
        await PrepareAsync();
        await SendAsync(services, 1, "R1", 1, new DateOnly(1990, 6, 15));
        await using (var connection = await _database.DataSource.OpenConnectionAsync())
        {
            // No photograph that could hold it back, and what was sent is not encrypted yet.
            await connection.ExecuteAsync("DELETE FROM scan; UPDATE application SET online_cipher = NULL");
        }

        await RunAsync(services, 1);
        Assert.Equal("received", await StatesAsync());
        Assert.Equal("", await FindingsAsync());
    }

    public Task InitializeAsync() => _database.InitializeAsync();

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Id(int n) => n.ToString("D23", null);

    private async Task PrepareAsync()
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO municipality VALUES ('131016', '千代田区', '東京都', 'a', 'b', 'c', 1, 3, false, NULL);
            INSERT INTO resident (resident_id, name, name_kana, birth_date, postal_code, address, municipality_code,
              registered_on, household_id, household_head, first_seen_on)
            SELECT 'R' || n, 'n', 'k', '1990-06-15', '1000001', 'a', '131016', '2020-01-01', 'H', 'h', '2026-11-24'
            FROM generate_series(1, 3) AS n;
            INSERT INTO form (application_id, resident_id, kind, issued_on, printed_name, printed_address)
            SELECT lpad(n::text, 23, '0'), CASE WHEN n < 3 THEN 'R1' WHEN n = 3 THEN 'R2' ELSE 'R3' END, 'qr', '2026-01-01', 'n', 'a'
            FROM generate_series(1, 4) AS n
            """);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }

    private async Task SendAsync(
        NightServices services, int row, string resident, int form, DateOnly birthDate, bool dark = false)
    {
        Assert.NotEmpty(resident);
        services.Keys.EnsureSlots(Date, 10);
        var secret = services.Keys.Key(Date, row);
        var key = $"F-{row}";
        var photo = new PhotoReading(true, null, null, 600, 0, true, 700, true, dark ? 10 : 150, true);
        var outcome = new PageOutcome(
            new PageReading(
                "photo", 0, 0, new Registration(false, 0, 0, 0, 0), new ApplicationIdReading(null, null, 0),
                new Dictionary<string, FieldReading>(), new Dictionary<string, MarkReading>(), photo, [], false),
            null);
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO key_slot (received_on, slot, application_key) VALUES ('2026-11-24', @row, @key);
            INSERT INTO application (key, channel, received_on, submitted_at, feed, row, application_id, state_on, online_cipher)
            VALUES (@key, 'online', '2026-11-24', '2026-11-24T00:00:00Z'::timestamptz + make_interval(mins => @row), 'F', @row,
              @id, '2026-11-24', @cipher);
            INSERT INTO scan (area, feed, row, envelope, sheet, side, kind, file, page, sha256, received_on, locator,
              application_key, stored, state, reading_cipher)
            VALUES ('online', 'online/F', @row, '', '', 'front', 'photo', 'p.jpg', 1, 'x', '2026-11-24', '', @key, @stored, 'read', @reading)
            """,
            new
            {
                row, key, id = Id(form),
                cipher = new OnlineApplication("a@example.jp", birthDate, false, false, false, "", "").Encrypt(key, secret),
                stored = services.Store.Write(Date, row, "photo", Jpeg, secret),
                reading = ReadingStore.Encrypt(outcome, "online/F", row, secret),
            });
    }

    /// <summary>The three steps as the engine runs them: plan, parts, seal, laws, publish, each in its transaction.</summary>
    private async Task RunAsync(NightServices services, int night)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        var run = new RunInfo(
            await connection.ExecuteScalarAsync<long>(
                """
                INSERT INTO run (kind, business_date, scope, cut_off, opened_at, state)
                VALUES ('night', '2026-11-24', @night, now(), now(), 'complete') RETURNING id
                """,
                new { night = night.ToString((IFormatProvider?)null) }),
            "night", Date, "");
        StepDefinition[] steps =
        [
            new ValidateStep(services.Database, services.Keys, services.Numbers, services.Ids, services.Policy).Definition,
            new SelectStep(services.Policy).Definition,
            new OrderCardsStep(services, (_, _) => null).Definition,
        ];
        for (var ordinal = 1; ordinal <= steps.Length; ordinal++)
        {
            var step = steps[ordinal - 1];
            var stepId = await connection.ExecuteScalarAsync<long>(
                "INSERT INTO step (run_id, ordinal, name) VALUES (@run, @ordinal, @name) RETURNING id",
                new { run = run.Id, ordinal, name = step.Name });
            await ActAsync(step.Plan, new PartInfo(0, PartAct.Plan, "", "", 1));
            var parts = await connection.QueryAsync<(string From, string To)>(
                "SELECT from_key, to_key FROM part WHERE step_id = @stepId ORDER BY from_key", new { stepId });
            foreach (var (from, to) in parts)
            {
                await ActAsync(step.Work, new PartInfo(0, PartAct.Work, from, to, 1));
            }

            await ActAsync(Act.OfRows(step.Seal ?? ((_, _) => Task.CompletedTask)), new PartInfo(0, PartAct.Close, "", "", 1));
            foreach (var check in step.Checks)
            {
                var (left, right) = await connection.QuerySingleAsync<(long, long)>(
                    check.Sql.Replace("@date::date", "'2026-11-24'::date", StringComparison.Ordinal), new { run = run.Id, ordinal });
                Assert.True(left == right, $"{step.Name}: {check.Name}: {left} {right}");
            }

            if (step.Publish is { } publish)
            {
                await ActAsync(publish, new PartInfo(0, PartAct.Publish, "", "", 1));
            }

            async Task ActAsync(Act act, PartInfo part)
            {
                var store = await act.ComputeAsync(
                    new PartContext(run, ordinal, part, services.Database, services.Staging), CancellationToken.None);
                await using var own = await _database.DataSource.OpenConnectionAsync();
                await using var transaction = await own.BeginTransactionAsync();
                await store(new StoreContext(run, stepId, ordinal, part, own, transaction), CancellationToken.None);
                await transaction.CommitAsync();
            }
        }
    }

    private async Task<string> StatesAsync()
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        return string.Join(' ', await connection.QueryAsync<string>("SELECT state FROM application ORDER BY key"));
    }

    private async Task<string> FindingsAsync()
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        return string.Join(", ", await connection.QueryAsync<string>(
            "SELECT concat_ws(' ', application_key, rule, severity) FROM finding ORDER BY 1"));
    }
}
