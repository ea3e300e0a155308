using System.IO.Compression;
using System.Security.Cryptography;
using MyNumber.Batch.Database;
using MyNumber.Batch.Files;
using MyNumber.Batch.Runs.Engine;
using Npgsql;
using NpgsqlTypes;

namespace MyNumber.Batch.Runs.Delivery;

/// <summary>
/// What the files of a drop say, kept as rows from the decision until they are in place: nothing that happens to business rows
/// meanwhile can change what leaves the house. Everything but what is too large (PDFs, photographs) is kept; those are made
/// again from rows that are frozen with the drop.
/// </summary>
/// <param name="encrypt">Encrypts a block in a context; files name people.</param>
public sealed class KeptFiles(Func<string, byte[], byte[]> encrypt, Func<string, byte[], byte[]> decrypt)
{
    private const int BlockBytesMax = 1 << 20;

    /// <summary>Records a file that was made in memory, and keeps what it says. Call it before the drop is sealed.</summary>
    public async Task<StagedFile> RecordAsync(
        StoreContext context, DropRow drop, string path, byte[] content, CancellationToken cancellation)
    {
        var file = new StagedFile(path, Convert.ToHexStringLower(SHA256.HashData(content)), content.Length);
        await RecordAsync(context, drop, [(file, content)], cancellation);
        return file;
    }

    /// <summary>Records files, and keeps what they say.</summary>
    public async Task RecordAsync(
        StoreContext context, DropRow drop, IReadOnlyList<(StagedFile File, byte[] Content)> files,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        await Drops.RecordFilesAsync(context, drop.Id, [.. files.Select(file => file.File)], cancellation);
        await KeepAsync(
            context.Connection, context.Transaction, drop,
            [.. files.Select(file => (file.File.Path, (Stream)new MemoryStream(file.Content)))], cancellation);
    }

    /// <summary>Keeps what recorded files say; whatever was kept of them before goes.</summary>
    public async Task KeepAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, DropRow drop,
        IReadOnlyList<(string Path, Stream Content)> files, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(drop);
        ArgumentNullException.ThrowIfNull(files);
        await Sql.ExecuteAsync(
            connection, transaction, "DELETE FROM kept_block WHERE drop_id = $1 AND path = ANY ($2)", cancellation, drop.Id,
            files.Select(file => file.Path).ToArray());
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY kept_block (drop_id, path, number, cipher) FROM STDIN (FORMAT BINARY)", cancellation);
        var block = new byte[BlockBytesMax];
        foreach (var (path, content) in files)
        {
            // An empty file has one empty block: without one it would look as if nothing had been kept.
            for (var (number, read) = (1, 0); number == 1 || read == BlockBytesMax; number++)
            {
                read = await content.ReadAtLeastAsync(block, BlockBytesMax, throwOnEndOfStream: false, cancellation);
                await copy.StartRowAsync(cancellation);
                await copy.WriteAsync(drop.Id, NpgsqlDbType.Bigint, cancellation);
                await copy.WriteAsync(path, NpgsqlDbType.Text, cancellation);
                await copy.WriteAsync(number, NpgsqlDbType.Integer, cancellation);
                await copy.WriteAsync(
                    encrypt(Context(drop, path, number), Deflated(block.AsSpan(0, read))), NpgsqlDbType.Bytea, cancellation);
            }
        }

        await copy.CompleteAsync(cancellation);
    }

    /// <summary>Writes what a file says.</summary>
    /// <returns>False where nothing of it was kept.</returns>
    public async Task<bool> WriteAsync(
        NpgsqlDataSource database, DropRow drop, string path, Stream to, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(drop);
        ArgumentNullException.ThrowIfNull(to);
        await using var command = database.CreateCommand(
            "SELECT number, cipher FROM kept_block WHERE drop_id = $1 AND path = $2 ORDER BY number");
        command.Parameters.Add(new() { Value = drop.Id });
        command.Parameters.Add(new() { Value = path });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = false;
        while (await reader.ReadAsync(cancellation))
        {
            found = true;
            var plain = decrypt(Context(drop, path, reader.GetInt32(0)), reader.GetFieldValue<byte[]>(1));
            await using var inflated = new DeflateStream(new MemoryStream(plain), CompressionMode.Decompress);
            await inflated.CopyToAsync(to, cancellation);
        }

        return found;
    }

    /// <summary>Drops what was kept: the files are in place.</summary>
    internal static Task ForgetAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long dropId, CancellationToken cancellation) =>
        Sql.ExecuteAsync(connection, transaction, "DELETE FROM kept_block WHERE drop_id = $1", cancellation, dropId);

    /// <summary>Drops what was kept of published drops of a date and before, which nobody asks for once more.</summary>
    public static Task ForgetUntilAsync(NpgsqlConnection connection, DateOnly date, CancellationToken cancellation) =>
        Sql.ExecuteAsync(
            connection, null,
            """
            DELETE FROM kept_block USING drop
            WHERE drop.id = kept_block.drop_id AND drop.state = 'published' AND drop.business_date <= $1
            """,
            cancellation, date);

    private static byte[] Deflated(ReadOnlySpan<byte> plain)
    {
        using var buffer = new MemoryStream();
        using (var deflate = new DeflateStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(plain);
        }

        return buffer.ToArray();
    }

    // A block moved to another place does not open there.
    private static string Context(DropRow drop, string path, int number) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"kept_block.cipher|{drop.Folder}|{path}|{number}");
}
