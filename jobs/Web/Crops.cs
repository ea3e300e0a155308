using MyNumber.Batch;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Reading;

namespace MyNumber.Jobs.Web;

/// <summary>
/// Cuts the field that a keyer is asked about out of its stored scan: decrypted in memory, cropped, forgotten. Nothing of
/// it is written or cached anywhere.
/// </summary>
/// <param name="services">The home.</param>
public sealed class Crops(NightServices services) : IDisposable
{
    // Reading is done by one page reader on one thread at a time; keyers wait a moment for each other.
    private readonly SemaphoreSlim _one = new(1);
    private PageReader? _reader;

    /// <summary>The crop as PNG; null where there is no such item, no scan of the side, or its key is destroyed.</summary>
    public async Task<byte[]?> PngAsync(string item, CancellationToken cancellation)
    {
        if (await ScanAsync(item, cancellation) is not { } scan)
        {
            return null;
        }

        await _one.WaitAsync(cancellation);
        try
        {
            var file = services.Store.Read(scan.Stored, services.Keys.Key(scan.ReceivedOn, scan.Slot));
            return await Task.Run(() => Cut(file, scan), cancellation);
        }
        catch (KeyDestroyedException)
        {
            return null;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader?.Dispose();
        _one.Dispose();
    }

    private byte[]? Cut(byte[] file, StoredScan scan)
    {
        _reader ??= new PageReader();
        return scan.Field == "photo" ? _reader.PhotoPng(file, scan.Page) : _reader.CropPng(file, scan.Page, scan.Field);
    }

    private async Task<StoredScan?> ScanAsync(string item, CancellationToken cancellation)
    {
        await using var command = services.Database.CreateCommand("""
            SELECT review_item.field, scan.page, scan.stored, key_slot.received_on, key_slot.slot
            FROM review_item
            JOIN key_slot ON key_slot.application_key = review_item.application_key AND key_slot.state = 'live'
            JOIN scan ON scan.application_key = review_item.application_key AND scan.side = review_item.side
              AND scan.kind = 'form' AND scan.stored IS NOT NULL AND scan.state IN ('read', 'review', 'unreadable')
            WHERE review_item.item = $1
            ORDER BY scan.feed, scan.row LIMIT 1
            """);
        command.Parameters.Add(new() { Value = item });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new StoredScan(
                reader.GetString(0), reader.GetInt32(1), reader.GetString(2), reader.GetFieldValue<DateOnly>(3),
                reader.GetInt32(4))
            : null;
    }

    private sealed record StoredScan(string Field, int Page, string Stored, DateOnly ReceivedOn, int Slot);
}
