using System.Globalization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Files;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Runs.Delivery;

/// <summary>How a drop lies in the outbox, and so what its marker is.</summary>
public enum DropShape
{
    /// <summary>A folder of its own; its marker is `READY` in it.</summary>
    Folder,

    /// <summary>Files in a folder that others share; each has its marker `NAME.done` beside it.</summary>
    Flat,
}

/// <summary>One drop: what leaves the house together.</summary>
/// <param name="Id">Surrogate id; never in a file.</param>
/// <param name="Folder">Below the outbox: `print/20261124-issuance-notice-001`, `status`.</param>
/// <param name="Shape">Folder or flat.</param>
/// <param name="Product">What is counted and chained.</param>
/// <param name="Number">From 1, by product and date.</param>
/// <param name="State">`frozen`, `sealed` or `published`.</param>
/// <param name="ManifestSha256">Hash of its control file; null while frozen.</param>
public sealed record DropRow(
    long Id, string Folder, DropShape Shape, string Product, DateOnly BusinessDate, int Number, string State,
    string? ManifestSha256)
{
    /// <summary>The drop's name: the last segment of its folder.</summary>
    public string Name => Folder[(Folder.LastIndexOf('/') + 1)..];
}

/// <summary>Drops as rows: created (frozen), sealed, published. Every change happens in a part's fenced transaction.</summary>
public static class Drops
{
    private const string Columns =
        "id, folder, flat, product, business_date, number, state, manifest_sha256";

    /// <summary>
    /// Creates a folder drop `AREA/DATE-PRODUCT-NNN`, outside production `AREA/TEST-DATE-PRODUCT-NNN`. Call it in a plan's
    /// Store, which is serial: the number is the next one of its product and date.
    /// </summary>
    /// <param name="area">`print`, `card-orders`.</param>
    /// <param name="product">As in the name.</param>
    /// <param name="production">Policy.Production.</param>
    public static async Task<DropRow> CreateFolderAsync(
        StoreContext context, string area, string product, bool production, CancellationToken cancellation)
    {
        var number = await NextNumberAsync(context, product, cancellation);
        var day = DateInNames(context.BusinessDate);
        var name = string.Create(CultureInfo.InvariantCulture, $"{(production ? "" : "TEST-")}{day}-{product}-{number:D3}");
        return await InsertAsync(context, $"{area}/{name}", DropShape.Folder, product, number, cancellation);
    }

    /// <summary>A date as it stands in the names of what leaves the house: `20261124` (FORMATS.md, Out).</summary>
    public static string DateInNames(DateOnly date) => date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>
    /// `DATE.csv`: the one file of a flat drop of a day; `DATE-002.csv` where a night of that day was set aside and played again.
    /// </summary>
    public static string FlatFileName(DropRow drop)
    {
        ArgumentNullException.ThrowIfNull(drop);
        var number = drop.Number == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{drop.Number:D3}");
        return $"{DateInNames(drop.BusinessDate)}{number}.csv";
    }

    /// <summary>Creates a flat drop: files of their own names below <paramref name="folder"/>.</summary>
    /// <param name="folder">Below the outbox: `status`, `email`, `disposals/131016` …</param>
    /// <param name="product">What is counted: one drop of it and a date has number 1, the next 2 …</param>
    public static async Task<DropRow> CreateFlatAsync(
        StoreContext context, string folder, string product, CancellationToken cancellation) =>
        await InsertAsync(
            context, folder, DropShape.Flat, product, await NextNumberAsync(context, product, cancellation), cancellation);

    /// <summary>
    /// Hash of the control file of the drop sealed before for this product; null where there is none. One night runs at a time,
    /// so drops are made in the order in which they are sealed; a mistaken far night's date says nothing about that.
    /// </summary>
    public static Task<string?> PreviousSha256Async(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string product, CancellationToken cancellation) =>
        Sql.ScalarAsync<string>(
            connection, transaction,
            """
            SELECT manifest_sha256 FROM drop WHERE product = $1 AND state NOT IN ('frozen', 'given-up')
            ORDER BY id DESC LIMIT 1
            """,
            cancellation, product);

    /// <summary>
    /// Decides: the drop leaves the house as its file rows say (ENGINE.md, Files, c). Its files are recorded before.
    /// </summary>
    /// <param name="controlSha256">Hash of its control file; of its one file where it has none.</param>
    /// <exception cref="InvalidOperationException">The drop is not frozen any more.</exception>
    public static async Task SealAsync(StoreContext context, long dropId, string controlSha256, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        var drop = (await LoadAsync(context.Connection, context.Transaction, "WHERE id = $1", cancellation, dropId))[0];
        var previous = await PreviousSha256Async(context.Connection, context.Transaction, drop.Product, cancellation);
        var changed = await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            UPDATE drop SET state = 'sealed', manifest_sha256 = $2, previous_sha256 = $3
            WHERE id = $1 AND state = 'frozen'
            """,
            cancellation, dropId, controlSha256, previous);
        if (changed == 0)
        {
            throw new InvalidOperationException($"Drop {drop.Folder} is not frozen any more.");
        }
    }

    /// <summary>
    /// Creates a flat drop of one file that is decided outside of a run's part (two people have approved it), sealed at once.
    /// </summary>
    /// <param name="connection">The connection of the act.</param>
    /// <param name="transaction">The transaction of the act.</param>
    /// <param name="runId">The run whose drop it is.</param>
    /// <param name="asked">Folder, product, date and number; its control hash is that of the file.</param>
    /// <param name="file">Its one file.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<DropRow> CreateSealedAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long runId, DropRow asked, StagedFile file,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(asked);
        ArgumentNullException.ThrowIfNull(file);
        var id = await Sql.ScalarAsync<long>(
            connection, transaction,
            """
            WITH made AS (
              INSERT INTO drop (run_id, folder, flat, product, business_date, number, state, manifest_sha256)
              VALUES ($1, $2, $3, $4, $5, $6, 'sealed', $7) RETURNING id),
            file AS (INSERT INTO file (drop_id, path, sha256, bytes) SELECT id, $8, $7, $9 FROM made)
            SELECT id FROM made
            """,
            cancellation, runId, asked.Folder, asked.Shape == DropShape.Flat, asked.Product, asked.BusinessDate, asked.Number,
            file.Sha256, file.Path, file.Bytes);
        return asked with { Id = id, State = "sealed", ManifestSha256 = file.Sha256 };
    }

    /// <summary>
    /// Gives a drop that is out already its row, where it has none: a restore took the row back. It belongs to the run that
    /// first finds it; number and hashes are its own.
    /// </summary>
    /// <param name="context">The transaction that finds it.</param>
    /// <param name="drop">As its control file says.</param>
    /// <param name="previousSha256">Of the drop before it; null in the first.</param>
    /// <param name="files">Files to record, where they are not.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Its id.</returns>
    public static async Task<long> AddPublishedAsync(
        StoreContext context, DropRow drop, string? previousSha256, IReadOnlyCollection<StagedFile> files,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(drop);
        ArgumentNullException.ThrowIfNull(files);
        var id = await Sql.ScalarAsync<long>(
            context.Connection, context.Transaction,
            """
            WITH made AS (
              INSERT INTO drop (run_id, folder, product, business_date, number, state, manifest_sha256, previous_sha256)
              SELECT $1, $2, $3, $4, $5, 'published', $6, $7 WHERE NOT EXISTS (SELECT FROM drop WHERE folder = $2)
              RETURNING id)
            SELECT id FROM made UNION ALL SELECT id FROM drop WHERE folder = $2
            """,
            cancellation, context.Run.Id, drop.Folder, drop.Product, drop.BusinessDate, drop.Number, drop.ManifestSha256,
            previousSha256);
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            INSERT INTO file (drop_id, path, sha256, bytes)
            SELECT $1, path, sha256, bytes FROM unnest($2::text[], $3::text[], $4::bigint[]) AS new (path, sha256, bytes)
            ON CONFLICT (drop_id, path) DO NOTHING
            """,
            cancellation, id, files.Select(file => file.Path).ToArray(), files.Select(file => file.Sha256).ToArray(),
            files.Select(file => file.Bytes).ToArray());
        return id;
    }

    /// <summary>A drop that is stopped is given up for good: what was kept of its files goes, and nothing tries it again.</summary>
    public static async Task GiveUpAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long dropId, CancellationToken cancellation)
    {
        await Sql.ExecuteAsync(
            connection, transaction,
            "UPDATE drop SET state = 'given-up', stopped_class = NULL, stopped_known = false WHERE id = $1", cancellation, dropId);
        await KeptFiles.ForgetAsync(connection, transaction, dropId, cancellation);
    }

    /// <summary>A published drop is to be handed over once more, as it is.</summary>
    public static Task SealAgainAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long dropId, CancellationToken cancellation) =>
        Sql.ExecuteAsync(connection, transaction, "UPDATE drop SET state = 'sealed' WHERE id = $1", cancellation, dropId);

    /// <summary>Marks a published drop (ENGINE.md, Files, e).</summary>
    public static Task MarkPublishedAsync(StoreContext context, long dropId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Sql.ExecuteAsync(
            context.Connection, context.Transaction, "UPDATE drop SET state = 'published' WHERE id = $1 AND state = 'sealed'",
            cancellation, dropId);
    }

    /// <summary>
    /// Drops that are sealed and not yet published, whichever run sealed them: what an earlier run decided and could not
    /// hand over (skipped, abandoned) goes out with the next one.
    /// </summary>
    public static async Task<IReadOnlyList<DropRow>> SealedAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await LoadAsync(connection, null, "WHERE state = 'sealed'", cancellation);
    }

    /// <summary>The frozen drops of a run, of some products.</summary>
    public static Task<IReadOnlyList<DropRow>> FrozenAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, long runId, IReadOnlyCollection<string> products,
        CancellationToken cancellation) =>
        LoadAsync(
            connection, transaction, "WHERE run_id = $1 AND state = 'frozen' AND product = ANY ($2)", cancellation, runId,
            products.ToArray());

    /// <summary>Takes a frozen drop back, with the files recorded for it. What points to it is given back before.</summary>
    /// <exception cref="InvalidOperationException">The drop is not frozen any more.</exception>
    public static async Task DeleteFrozenAsync(StoreContext context, long dropId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction, "DELETE FROM file WHERE drop_id = $1", cancellation, dropId);
        if (await Sql.ExecuteAsync(
            context.Connection, context.Transaction, "DELETE FROM drop WHERE id = $1 AND state = 'frozen'", cancellation,
            dropId) == 0)
        {
            throw new InvalidOperationException($"Drop {dropId} is not frozen any more.");
        }
    }

    /// <summary>Records staged files of a drop (ENGINE.md, Files, b). The same file twice is the same row.</summary>
    public static Task RecordFilesAsync(
        StoreContext context, long dropId, IReadOnlyCollection<StagedFile> files, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            INSERT INTO file (drop_id, path, sha256, bytes, made_with)
            SELECT $1, path, sha256, bytes, made_with
            FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[]) AS new (path, sha256, bytes, made_with)
            ON CONFLICT (drop_id, path)
            DO UPDATE SET sha256 = excluded.sha256, bytes = excluded.bytes, made_with = excluded.made_with
            """,
            cancellation, dropId, files.Select(file => file.Path).ToArray(), files.Select(file => file.Sha256).ToArray(),
            files.Select(file => file.Bytes).ToArray(), files.Select(file => file.MadeWith).ToArray());
    }

    /// <summary>Forgets files of a frozen drop that are made anew, or not at all.</summary>
    public static Task DeleteFilesAsync(
        StoreContext context, long dropId, IReadOnlyCollection<string> paths, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Sql.ExecuteAsync(
            context.Connection, context.Transaction, "DELETE FROM file WHERE drop_id = $1 AND path = ANY ($2)", cancellation,
            dropId, paths.ToArray());
    }

    /// <summary>The recorded files of a drop, by path.</summary>
    public static async Task<IReadOnlyList<StagedFile>> FilesAsync(
        NpgsqlDataSource database, long dropId, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await FilesAsync(connection, null, dropId, cancellation);
    }

    /// <summary>The recorded files of a drop, by path, as a transaction sees them.</summary>
    public static Task<IReadOnlyList<StagedFile>> FilesAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, long dropId, CancellationToken cancellation) =>
        Sql.QueryAsync(
            connection, transaction,
            """SELECT path, sha256, bytes, made_with FROM file WHERE drop_id = $1 ORDER BY path COLLATE "C" """,
            row => new StagedFile(row.GetString(0), row.GetString(1), row.GetInt64(2))
            {
                MadeWith = row.IsDBNull(3) ? null : row.GetString(3),
            },
            cancellation, dropId);

    /// <summary>A person has seen which drops are stopped: every later night tries them, and none is held up by them again.</summary>
    public static Task KnowStoppedAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            connection, transaction,
            "UPDATE drop SET stopped_known = true WHERE state = 'sealed' AND stopped_class IS NOT NULL", cancellation);

    /// <summary>
    /// Deletes staging folders that no frozen or sealed drop names: what a killed process left behind, and what was
    /// handed over.
    /// </summary>
    /// <returns>How many folders went.</returns>
    public static async Task<int> SweepAsync(NpgsqlDataSource database, string outbox, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        var staging = Path.Combine(outbox, ".staging");
        // Folders are listed before living drops are asked for: a drop that comes in between is not swept.
        var folders = Directory.Exists(staging) ? Directory.GetDirectories(staging) : [];
        if (folders.Length == 0)
        {
            return 0;
        }

        await using var connection = await database.OpenConnectionAsync(cancellation);
        var living = (await Sql.QueryAsync(
                connection, null, "SELECT folder FROM drop WHERE state IN ('frozen', 'sealed')", row => row.GetString(0),
                cancellation))
            .Select(folder => folder.Replace('/', '+')).ToHashSet();
        var orphans = folders.Where(folder => !living.Contains(Path.GetFileName(folder))).ToList();
        var swept = 0;
        foreach (var orphan in orphans)
        {
            swept += TryDelete(orphan) ? 1 : 0;
        }

        return swept;
    }

    /// <summary>The engine's <see cref="EngineOptions.AfterPublish"/>.</summary>
    public static Task SweepAfterPublishAsync(RunEngine engine, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return SweepAsync(engine.Database, engine.Outbox, cancellation);
    }

    // Another worker sweeps at the same moment, or an evicted one still writes there: what stays is swept next time.
    private static bool TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task<int> NextNumberAsync(StoreContext context, string product, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        return await Sql.ScalarAsync<int>(
            context.Connection, context.Transaction,
            "SELECT coalesce(max(number), 0) + 1 FROM drop WHERE product = $1 AND business_date = $2",
            cancellation, product, context.BusinessDate);
    }

    private static async Task<DropRow> InsertAsync(
        StoreContext context, string folder, DropShape shape, string product, int number, CancellationToken cancellation)
    {
        var id = await Sql.ScalarAsync<long>(
            context.Connection, context.Transaction,
            """
            INSERT INTO drop (run_id, folder, flat, product, business_date, number)
            VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
            """,
            cancellation, context.Run.Id, folder, shape == DropShape.Flat, product, context.BusinessDate, number);
        return new DropRow(id, folder, shape, product, context.BusinessDate, number, "frozen", null);
    }

    private static Task<IReadOnlyList<DropRow>> LoadAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, CancellationToken cancellation,
        params object?[] parameters) =>
        Sql.QueryAsync(
            connection, transaction, $"SELECT {Columns} FROM drop {where} ORDER BY folder COLLATE \"C\", business_date, number",
            row => new DropRow(
                row.GetInt64(0), row.GetString(1), row.GetBoolean(2) ? DropShape.Flat : DropShape.Folder, row.GetString(3),
                row.GetFieldValue<DateOnly>(4), row.GetInt32(5), row.GetString(6),
                row.IsDBNull(7) ? null : row.GetString(7)),
            cancellation, parameters);
}
