using Dapper;
using MyNumber.Batch;
using MyNumber.Batch.Database;
using MyNumber.Batch.Letters;
using MyNumber.Batch.Notices;
using MyNumber.Batch.Printing;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Tests.Integration.Printing;

/// <summary>
/// A home with its database in which nights of the steps `notices` and `print` run, as the engine runs them. Residents,
/// cards and applications are arranged as the steps before leave them.
/// </summary>
public sealed class PieceWorld : IAsyncDisposable
{
    public static readonly DateOnly Monday = new(2026, 11, 23);
    private readonly TestDatabase _database;

    private PieceWorld(TestDatabase database, string root, Policy policy, Products products)
    {
        _database = database;
        Services = NightServices.Create(new Home(root), database.DataSource, policy, TimeProvider.System) with
        {
            Products = products,
        };
    }

    public NightServices Services { get; }

    public NpgsqlDataSource Data => _database.DataSource;

    public string Outbox => Services.Home.Outbox;

    /// <summary>Which items fail on purpose in the nights to come.</summary>
    public Func<ItemPlace, bool>? ItemFault { get; set; }

    /// <summary>Runs inside the closing of `print`, before its seal: what happens between freeze and seal.</summary>
    public Func<StoreContext, Task>? BeforeSeal { get; set; }

    public static async Task<PieceWorld> MakeAsync(Policy? policy = null, Products? products = null)
    {
        var database = new TestDatabase();
        await database.InitializeAsync();
        var world = new PieceWorld(
            database, Directory.CreateTempSubdirectory("mynumber-pieces-").FullName, policy ?? new Policy(),
            products ?? Products.All);
        await world.RunAsync(
            """
            INSERT INTO municipality VALUES
              ('131016', '千代田区', '東京都', '区役所1階', '東京都千代田区九段南　1-2-1', '03-0000-0000', 3, 3, false, 60),
              ('271004', '大阪市', '大阪府', '市役所', '大阪府大阪市北区中之島　1-3-20', '06-0000-0000', 5, 4, true, NULL)
            """);
        return world;
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(Services.Home.Root, recursive: true);
    }

    /// <summary>A night of the two steps; returns whether it came to its end.</summary>
    public async Task<bool> NightAsync(DateOnly? date = null)
    {
        var engine = Engine();
        await engine.Opener.OpenNightAsync(date ?? Monday, null, AnyDate.Meant, CancellationToken.None);
        return await WorkAsync(engine, date ?? Monday);
    }

    /// <summary>The night goes on with what is open; returns whether it came to its end.</summary>
    public async Task<bool> WorkAsync(RunEngine engine, DateOnly date)
    {
        await engine.WorkUntilIdleAsync(CancellationToken.None);
        return await OneAsync<string>("SELECT state FROM run WHERE business_date = @date", new { date }) == "complete";
    }

    /// <summary>An engine of the two steps, with all that the letters of a list need.</summary>
    public RunEngine Engine(Products? products = null)
    {
        var services = Services with { Products = products ?? Services.Products };
        var print = new PrintStep(services).Definition;
        var watched = print with
        {
            Seal = async (context, cancellation) =>
            {
                if (BeforeSeal is { } before)
                {
                    BeforeSeal = null;
                    await before(context);
                }

                await print.Seal!(context, cancellation);
            },
        };
        return new RunEngine(
            Data,
            new Dictionary<string, IReadOnlyList<StepDefinition>> { ["night"] = [new NoticesStep(services).Definition, watched] },
            Outbox, TimeProvider.System, new EngineOptions { ItemFault = ItemFault });
    }

    /// <summary>A resident in Chiyoda; the columns that matter are set afterwards by SQL.</summary>
    public async Task ResidentAsync(
        string id, string name = "山田 太郎", string household = "", DateOnly? numberAssigned = null, string set = "")
    {
        var number = Number(id);
        await using var connection = await Data.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO resident (resident_id, number_hash, number_cipher, name, name_kana, birth_date, sex, postal_code,
              address, municipality_code, registered_on, household_id, household_head, number_assigned_on, first_seen_on)
            VALUES (@id, @hash, @cipher, @name, 'ヤマダ タロウ', '1980-05-01', 'M', '1000001', '東京都千代田区千代田　1-1',
              '131016', '2000-01-01', @household, '山田 一郎', @numberAssigned, '2026-11-20')
            """,
            new
            {
                id, name, numberAssigned,
                hash = Services.Numbers.Hash(number),
                cipher = Services.Numbers.Encrypt(number),
                household = household.Length > 0 ? household : $"H{id}",
            });
        if (set.Length > 0)
        {
            await connection.ExecuteAsync($"UPDATE resident SET {set} WHERE resident_id = @id", new { id });
        }
    }

    /// <summary>A twelve-digit number of that resident; its check digit does not matter here.</summary>
    public static string Number(string id) => $"98765{id.GetHashCodeStable() % 10_000_000:D7}";

    /// <summary>An application with findings, in a state, as `select` leaves it.</summary>
    public Task ApplicationAsync(string key, string resident, string state, params string[] incomplete) => RunAsync(
        $"""
        INSERT INTO application (key, channel, received_on, envelope, sheet, feed, row, resident_id, state, state_on)
        VALUES ('{key}', 'mail', '2026-11-20', 'E', '{key}', 'F', 1, '{resident}', '{state}', '2026-11-20');
        INSERT INTO scan (feed, row, envelope, sheet, side, kind, file, page, sha256, received_on, locator, application_key, state)
        SELECT '{key}', 1, 'E', '{key}', 'front', 'form', 'a.tif', 1, 'x', '2026-11-20', 'BOX-{key}', '{key}', 'read';
        INSERT INTO finding SELECT '{key}', split_part(code, '/', 1), 'incomplete', split_part(code, '/', 2)
        FROM unnest(string_to_array('{string.Join(',', incomplete)}', ',')) AS code WHERE code <> '';
        """);

    /// <summary>A card with its order, in a state.</summary>
    public async Task CardAsync(string resident, string state, string set = "")
    {
        await ApplicationAsync($"O-{resident}", resident, state is "delivered" ? "issued" : "ordered");
        await RunAsync(
            $"""
            INSERT INTO card (ref, order_id, card_id, resident_id, municipality_code, state, state_on, issued_on, arrived_on, valid_until)
            SELECT 'O-{resident}', 'O-{resident}', 'C-{resident}', resident_id, municipality_code, '{state}', '2026-11-22',
              '2026-11-21', '2026-11-22', '2036-05-01' FROM resident WHERE resident_id = '{resident}'
            """);
        if (set.Length > 0)
        {
            await RunAsync($"UPDATE card SET {set} WHERE ref = 'O-{resident}'");
        }
    }

    public async Task RunAsync(string sql)
    {
        await using var connection = await Data.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }

    public async Task<T> OneAsync<T>(string sql, object? with = null)
    {
        await using var connection = await Data.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, with))!;
    }

    public async Task<IReadOnlyList<T>> AllAsync<T>(string sql)
    {
        await using var connection = await Data.OpenConnectionAsync();
        return [.. await connection.QueryAsync<T>(sql)];
    }

    /// <summary>Every published file with its content's hash.</summary>
    public IReadOnlyList<string> Published() =>
    [
        .. Directory.EnumerateFiles(Outbox, "*", SearchOption.AllDirectories)
            .Where(path => !path.Contains(".staging", StringComparison.Ordinal))
            .Select(path => $"{Path.GetRelativePath(Outbox, path)} {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))}")
            .Order(StringComparer.Ordinal),
    ];

    public string Drop(string product, DateOnly? date = null) =>
        Path.Combine(Outbox, "print", $"TEST-{date ?? Monday:yyyyMMdd}-{product}-001");
}

internal static class StableHash
{
    public static int GetHashCodeStable(this string text) => text.Aggregate(7, (hash, c) => ((hash * 31) + c) & 0x7fffffff);
}
