using MyNumber.Batch.Database;

namespace MyNumber.Batch.Cards;

/// <summary>Cuts the photograph out of a page of a scan: PNG, or null where none can be had.</summary>
/// <param name="page">Page within it, from 1.</param>
public delegate byte[]? PhotoCutter(byte[] file, int page);

/// <summary>Where an order's photograph comes from.</summary>
internal sealed record OrderPhoto(string Key, bool Sent, string Stored, int Page, DateOnly ReceivedOn, int Slot);

/// <summary>A photograph as the factory gets it.</summary>
internal sealed record PhotoFile(string Name, byte[] Bytes, OrderPhoto Source);

/// <summary>Photographs for the factory: the applicant's JPEG as it came, or the picture cut out of the form.</summary>
internal sealed class OrderPhotos(NightServices services, PhotoCutter cut)
{
    // A loose or sent photograph stands above what is glued on (R23). The front is the page with the photo area; a sheet
    // that was fed the wrong way round has it on the other side, so both are tried, the front first.
    private const string FindSql = """
        SELECT scan.application_key, scan.kind = 'photo', scan.stored, coalesce(scan.stored_page, scan.page), key_slot.received_on, key_slot.slot
        FROM scan JOIN key_slot ON key_slot.application_key = scan.application_key AND key_slot.state = 'live'
        WHERE scan.application_key = ANY($1) AND scan.kind IN ('form', 'photo') AND scan.stored IS NOT NULL
          AND scan.state IN ('read', 'review')
        ORDER BY scan.application_key, scan.kind = 'photo' DESC, scan.side = 'front' DESC, scan.feed DESC, scan.row DESC
        """;

    private const string FrozenSql = """
        SELECT card.order_id, card.photo_sent, card.photo_stored, card.photo_page, key_slot.received_on, key_slot.slot
        FROM card JOIN key_slot ON key_slot.application_key = card.application_key AND key_slot.state = 'live'
        WHERE card.order_id = $1 AND card.photo_stored IS NOT NULL
        """;

    public async Task<IReadOnlyList<OrderPhoto>> FindAsync(string[] keys, CancellationToken cancellation)
    {
        await using var connection = await services.Database.OpenConnectionAsync(cancellation);
        var all = await Sql.QueryAsync(
            connection, null, FindSql,
            row => new OrderPhoto(
                row.GetString(0), row.GetBoolean(1), row.GetString(2), row.GetInt32(3), row.GetFieldValue<DateOnly>(4),
                row.GetInt32(5)),
            cancellation, [keys]);
        return all;
    }

    /// <summary>What the photograph of a sealed order was cut out of, whatever was scanned since.</summary>
    public async Task<IReadOnlyList<OrderPhoto>> FrozenAsync(string order, CancellationToken cancellation)
    {
        await using var connection = await services.Database.OpenConnectionAsync(cancellation);
        var frozen = await Sql.QueryAsync(
            connection, null, FrozenSql,
            row => new OrderPhoto(
                row.GetString(0), row.GetBoolean(1), row.GetString(2), row.GetInt32(3), row.GetFieldValue<DateOnly>(4),
                row.GetInt32(5)),
            cancellation, order);
        // An order that an earlier version sealed does not say.
        return frozen.Count > 0 ? frozen
            : await FindAsync([await OrderDrops.ApplicationKeyAsync(services.Database, order, cancellation)], cancellation);
    }

    /// <summary>The first of an order's sources that has a picture, named by the order.</summary>
    public PhotoFile? Cut(string order, IEnumerable<OrderPhoto> sources) =>
        sources.Select(photo => Cut(order, photo)).FirstOrDefault(photo => photo is not null);

    private PhotoFile? Cut(string order, OrderPhoto photo)
    {
        var bytes = services.Store.Read(photo.Stored, services.Keys.Key(photo.ReceivedOn, photo.Slot));
        if (photo.Sent)
        {
            return new PhotoFile(order + (bytes is [0xFF, 0xD8, ..] ? ".jpg" : bytes is [0x89, 0x50, ..] ? ".png" : ".tif"), bytes, photo);
        }

        return cut(bytes, photo.Page) is { } png ? new PhotoFile(order + ".png", png, photo) : null;
    }
}
