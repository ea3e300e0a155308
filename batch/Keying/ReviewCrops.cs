using MyNumber.Batch.Database;
using MyNumber.Batch.Reading;

namespace MyNumber.Batch.Keying;

/// <summary>The pictures that a keyer needs: decrypted in memory, cut to the field, never written to disk.</summary>
public sealed class ReviewCrops(NightServices services)
{
    private readonly ScanReader _reader = new((services ?? throw new ArgumentNullException(nameof(services))).Store);

    /// <summary>The crop of an open item's field, PNG; null where there is no such item or no picture of it.</summary>
    public async Task<byte[]?> CropPngAsync(string item, CancellationToken cancellation)
    {
        await using var connection = await services.Database.OpenConnectionAsync(cancellation);
        var found = await Sql.QueryAsync(
            connection, null,
            """
            (SELECT review_item.field, scan.kind, scan.stored, coalesce(scan.stored_page, scan.page),
              key_slot.received_on, key_slot.slot
            FROM review_item
            JOIN scan ON scan.application_key = review_item.application_key
              AND (scan.kind = 'form' AND scan.side = review_item.side
                OR scan.kind = 'photo' AND review_item.field IN ('photo', 'photo_person'))
              AND scan.state IN ('read', 'review') AND scan.stored IS NOT NULL
            JOIN key_slot ON key_slot.application_key = review_item.application_key AND key_slot.state = 'live'
            WHERE review_item.item = $1 AND review_item.state = 'open'
            -- A loose or sent photograph stands above what is glued on (R23).
            ORDER BY scan.kind = 'photo' DESC, scan.feed DESC, scan.row DESC LIMIT 1)
            UNION ALL
            SELECT rekey_item.field, scan.kind, scan.stored, coalesce(scan.stored_page, scan.page),
              key_slot.received_on, key_slot.slot
            FROM rekey_item
            JOIN scan ON scan.feed = rekey_item.feed AND scan.row = rekey_item.row AND scan.stored IS NOT NULL
            JOIN key_slot ON key_slot.application_key = rekey_item.application_key AND key_slot.state = 'live'
            WHERE rekey_item.item = $1 AND rekey_item.state IN ('open', 'differs')
            """,
            row => (Field: row.GetString(0), Kind: row.GetString(1), Stored: row.GetString(2), Page: row.GetInt32(3),
                On: row.GetFieldValue<DateOnly>(4), Slot: row.GetInt32(5)),
            cancellation, item);
        return found.Count == 0 ? null
            : _reader.Crop(
                found[0].Stored, found[0].Page, found[0].Kind, found[0].Field,
                services.Keys.Key(found[0].On, found[0].Slot));
    }
}
