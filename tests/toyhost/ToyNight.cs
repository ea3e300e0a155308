using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using MyNumber.Batch.Files;
using MyNumber.Batch.Runs.Delivery;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Tests.ToyHost;

/// <summary>
/// Three steps without a domain: `first` writes an effect an item, `paper` makes a drop of one file a part, `last` sums up.
/// Effects have no key on purpose: what happens twice stands there twice.
/// </summary>
public sealed partial class ToyNight(string outbox, int items, int itemsPerPart, TimeSpan workTime)
{
    public const string Tables = """
        CREATE TABLE toy_item (key text COLLATE "C" PRIMARY KEY);
        CREATE TABLE toy_effect (step text NOT NULL, key text COLLATE "C" NOT NULL, value bigint NOT NULL);
        CREATE TABLE toy_trouble (key text PRIMARY KEY, kind text NOT NULL);
        CREATE TABLE toy_death (key text NOT NULL, beside bigint NOT NULL);
        """;

    private const string Product = "toy-paper";

    /// <summary>Called by every part of `first` between compute and store: a test may hold it there.</summary>
    public Func<PartInfo, Task> Pause { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyDictionary<string, IReadOnlyList<StepDefinition>> Kinds =>
        new Dictionary<string, IReadOnlyList<StepDefinition>> { ["night"] = [First, Paper, Last], ["disposal"] = [Last] };

    private StepDefinition First => new(
        "first",
        Act.Of(HangPlanAsync, async (_, context, cancellation) =>
        {
            await context.Connection.ExecuteAsync(
                "INSERT INTO toy_item SELECT to_char(n, 'FM00000') FROM generate_series(1, @items) AS n ON CONFLICT DO NOTHING",
                new { items }, context.Transaction);
            await PlanAsync(context, cancellation);
        }),
        Act.Of<IReadOnlyList<string>>(ComputeFirstAsync, (keys, context, cancellation) => StoreAsync("first", keys, context, cancellation)),
        [
            new BalanceCheck(
                "items = effects + held",
                """
                SELECT (SELECT count(*) FROM toy_item), (SELECT count(*) FROM toy_effect WHERE step = 'first')
                  + (SELECT count(*) FROM item WHERE run_id = @run AND step_ordinal = @ordinal AND outcome IN ('held', 'review'))
                """),
        ])
    {
        Items = KeysAsync,
        // The plan of a hundred thousand parts is one item of a worker too.
        ItemMax = TimeSpan.FromSeconds(items > 1_000 ? 60 : 3),
        Poison = (key, context, cancellation) =>
            context.LedgerAsync([new ItemOutcome(key, "review", "the reader died on it")], cancellation),
    };

    private StepDefinition Paper => new(
        "paper",
        Act.OfRows(async (context, cancellation) =>
        {
            await Drops.CreateFolderAsync(context, "print", Product, production: false, cancellation);
            await PlanAsync(context, cancellation);
        }),
        Act.Of<StagedFile>(StagePaperAsync, StorePaperAsync),
        [
            new BalanceCheck(
                "items = items on paper",
                "SELECT (SELECT count(*) FROM toy_item), (SELECT count(*) FROM toy_effect WHERE step = 'paper')"),
        ])
    {
        Items = KeysAsync,
        Seal = SealAsync,
        Publish = Act.Of(PublishAsync, async (DropRow? drop, StoreContext context, CancellationToken cancellation) =>
        {
            if (drop is not null)
            {
                await Drops.MarkPublishedAsync(context, drop.Id, cancellation);
            }
        }),
    };

    private static StepDefinition Last => new(
        "last",
        Act.OfRows((context, cancellation) => context.PlanPartsAsync([new PlannedPart("all", "all")], cancellation)),
        Act.OfRows(async (context, _) => await context.Connection.ExecuteAsync(
            "INSERT INTO toy_effect SELECT 'last', 'all', coalesce(sum(value), 0) FROM toy_effect WHERE step = 'first'",
            transaction: context.Transaction)),
        []);

    /// <summary>What must be the same after any fault: effects, ledger, files, published content.</summary>
    public static async Task<string> DigestAsync(NpgsqlDataSource database, string outbox)
    {
        await using var connection = await database.OpenConnectionAsync();
        var text = new StringBuilder();
        foreach (var sql in new[]
        {
            """SELECT step || '|' || key || '|' || value FROM toy_effect ORDER BY step COLLATE "C", key, value""",
            """SELECT step_ordinal || '|' || subject || '|' || outcome FROM item ORDER BY step_ordinal, subject""",
            """SELECT folder || '|' || drop.state || '|' || path || '|' || sha256 FROM drop JOIN file ON drop_id = id ORDER BY folder COLLATE "C", path""",
            """SELECT business_date || '|' || state FROM run ORDER BY business_date""",
        })
        {
            foreach (var line in await connection.QueryAsync<string>(sql))
            {
                text.Append(line).Append('\n');
            }
        }

        foreach (var file in Directory.EnumerateFiles(outbox, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            text.Append(Path.GetRelativePath(outbox, file)).Append('|')
                .Append(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file)))).Append('\n');
        }

        return text.ToString();
    }

    private async Task PlanAsync(StoreContext context, CancellationToken cancellation)
    {
        var keys = (await context.Connection.QueryAsync<string>(
            "SELECT key FROM toy_item ORDER BY key", transaction: context.Transaction)).ToList();
        await context.PlanPartsAsync(
            [.. keys.Chunk(itemsPerPart).Select(chunk => new PlannedPart(chunk[0], chunk[^1]))], cancellation);
    }

    private static async Task<IReadOnlyList<string>> KeysAsync(PartContext part, CancellationToken cancellation)
    {
        await using var connection = await part.Database.OpenConnectionAsync(cancellation);
        return [.. await connection.QueryAsync<string>(
            "SELECT key FROM toy_item WHERE key BETWEEN @FromKey AND @ToKey ORDER BY key", part.Part)];
    }

    private static async Task<bool> HangPlanAsync(PartContext part, CancellationToken cancellation)
    {
        await using var connection = await part.Database.OpenConnectionAsync(cancellation);
        if (await connection.ExecuteScalarAsync<bool>("SELECT EXISTS (SELECT FROM toy_trouble WHERE kind = 'hang-plan')"))
        {
            Thread.Sleep(Timeout.Infinite);
        }

        return true;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    private async Task<IReadOnlyList<string>> ComputeFirstAsync(PartContext part, CancellationToken cancellation)
    {
        var keys = await KeysAsync(part, cancellation);
        await using var connection = await part.Database.OpenConnectionAsync(cancellation);
        var troubles = (await connection.QueryAsync<(string Key, string Kind)>(
            "SELECT key, kind FROM toy_trouble WHERE key = ANY(@keys)", new { keys = keys.ToArray() })).ToList();
        foreach (var (_, kind) in troubles)
        {
            switch (kind)
            {
                case "hang-once":
                    await connection.ExecuteAsync("DELETE FROM toy_trouble WHERE kind = 'hang-once'");
                    Thread.Sleep(Timeout.Infinite); // as native code hangs: no token reaches it
                    break;
                case "stopped": throw new DropStoppedException("toy", "toy", "a toy stop");
                case "bug": throw new InvalidOperationException("a toy bug");
                case "transient": throw new IOException("a toy disk hiccup");
                case "disk-full": throw new IOException("no room") { HResult = 28 };
                case "cut":
                    await connection.ExecuteAsync("SELECT pg_terminate_backend(pg_backend_pid())");
                    break;
                case "slow": await connection.ExecuteAsync(new CommandDefinition("SELECT pg_sleep(60)", commandTimeout: 1)); break;
                case "crash": System.Diagnostics.Process.GetCurrentProcess().Kill(); break;
                case "crash-all":
                    await connection.ExecuteAsync(
                        """
                        INSERT INTO toy_death SELECT @FromKey, count(*) FROM part JOIN worker ON worker.id = worker_id
                        WHERE part.state = 'leased' AND worker.state = 'alive' AND part.id <> @Id
                        """, part.Part);
                    _ = Kill(0, 9); // the host and every worker of it
                    break;
            }
        }

        await Task.Delay(workTime, cancellation);
        await Pause(part.Part);
        return keys;
    }

    private static async Task StoreAsync(
        string step, IReadOnlyList<string> keys, StoreContext context, CancellationToken cancellation)
    {
        await context.Connection.ExecuteAsync(
            "INSERT INTO toy_effect SELECT @step, key, key::bigint * 7 FROM unnest(@keys) AS key",
            new { step, keys = keys.ToArray() }, context.Transaction);
        if (step == "paper")
        {
            await context.LedgerAsync(keys.Select(key => new ItemOutcome(key, "printed")), cancellation);
        }
    }

    private async Task<StagedFile> StagePaperAsync(PartContext part, CancellationToken cancellation)
    {
        await Task.Delay(workTime, cancellation);
        var drop = await DropAsync(part.Database, part.Run, cancellation);
        var name = $"paper-{part.Part.FromKey}.txt";
        return await part.Staging.StageAsync(
            drop.Folder, name, (stream, cancel) => WriteAsync(part.Database, name, stream, cancel), cancellation);
    }

    private static async Task StorePaperAsync(StagedFile file, StoreContext context, CancellationToken cancellation)
    {
        var dropId = await context.Connection.ExecuteScalarAsync<long>(
            "SELECT id FROM drop WHERE run_id = @Id", context.Run, context.Transaction);
        await Drops.RecordFilesAsync(context, dropId, [file], cancellation);
        var keys = (await context.Connection.QueryAsync<string>(
            "SELECT key FROM toy_item WHERE key BETWEEN @FromKey AND @ToKey ORDER BY key", context.Part, context.Transaction)).ToList();
        await StoreAsync("paper", keys, context, cancellation);
    }

    private static async Task SealAsync(StoreContext context, CancellationToken cancellation)
    {
        var dropId = await context.Connection.ExecuteScalarAsync<long>(
            "SELECT id FROM drop WHERE run_id = @Id", context.Run, context.Transaction);
        var files = await Drops.FilesAsync(context.Connection, context.Transaction, dropId, cancellation);
        var control = Control(files);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(control));
        await Drops.RecordFilesAsync(context, dropId, [new StagedFile("control.json", sha256, control.Length)], cancellation);
        await Drops.SealAsync(context, dropId, sha256, cancellation);
    }

    private async Task<DropRow?> PublishAsync(PartContext part, CancellationToken cancellation)
    {
        var drops = await Drops.SealedAsync(part.Database, cancellation);
        if (drops.Count == 0)
        {
            return null;
        }

        var files = await Drops.FilesAsync(part.Database, drops[0].Id, cancellation);
        await new DropPublisher(outbox).PublishAsync(
            drops[0], files,
            async (path, stream, cancel) =>
            {
                if (path == "control.json")
                {
                    await stream.WriteAsync(Control([.. files.Where(file => file.Path != path)]), cancel);
                }
                else
                {
                    await WriteAsync(part.Database, path, stream, cancel);
                }
            },
            cancellation);
        return drops[0];
    }

    private async Task WriteAsync(NpgsqlDataSource database, string name, Stream stream, CancellationToken cancellation)
    {
        var from = name["paper-".Length..^".txt".Length];
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var keys = await connection.QueryAsync<string>(
            "SELECT key FROM toy_item WHERE key >= @from ORDER BY key LIMIT @itemsPerPart", new { from, itemsPerPart });
        foreach (var key in keys)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"item {key}\n"), cancellation);
        }
    }

    private static byte[] Control(IReadOnlyList<StagedFile> files) => Encoding.ASCII.GetBytes(string.Concat(
        files.Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Path} {file.Sha256} {file.Bytes}\n"))));

    private static async Task<DropRow> DropAsync(NpgsqlDataSource database, RunInfo run, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var (id, folder) = await connection.QuerySingleAsync<(long, string)>("SELECT id, folder FROM drop WHERE run_id = @Id", run);
        return new DropRow(id, folder, DropShape.Folder, Product, run.BusinessDate, 1, "frozen", null);
    }
}
