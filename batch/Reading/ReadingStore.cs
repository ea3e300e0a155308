using System.Text.Json;
using System.Text.Json.Serialization;
using MyNumber.Batch.Database;
using MyNumber.Batch.Feeds;
using MyNumber.Batch.Privacy;
using Npgsql;

namespace MyNumber.Batch.Reading;

/// <summary>Everything that was read of one application, with what keyers said already in place of what the machine read.</summary>
/// <param name="Front">Null where there is no such side.</param>
/// <param name="Back">Null where there is no such side.</param>
/// <param name="Photo">A loose photograph (R23) or the one of an online application; null where there is none.</param>
/// <param name="Online">What an online applicant sent; null by mail.</param>
/// <param name="Decisions">Decided values by field: also those whose side could not be read.</param>
public sealed record ApplicationReading(
    string Key,
    PageOutcome? Front,
    PageOutcome? Back,
    PageOutcome? Photo,
    OnlineApplication? Online,
    IReadOnlyDictionary<string, string> Decisions)
{
    /// <summary>The key only: members are personal data and must not reach a log in a message.</summary>
    public override string ToString() => $"{nameof(ApplicationReading)} {Key}";
}

/// <summary>Readings as they lie in the database: encrypted under the key of their application.</summary>
public static class ReadingStore
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    /// <summary>A reading as it lies in scan.reading_cipher.</summary>
    public static byte[] Encrypt(PageOutcome outcome, string feed, int row, byte[] key) =>
        Cipher.Encrypt(key, JsonSerializer.SerializeToUtf8Bytes(outcome, Json), Context(feed, row));

    /// <summary>What lies in scan.reading_cipher.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">Another key or another scan.</exception>
    public static PageOutcome Decrypt(byte[] cipher, string feed, int row, byte[] key) =>
        JsonSerializer.Deserialize<PageOutcome>(Cipher.Decrypt(key, cipher, Context(feed, row)), Json)!;

    /// <summary>A decided value as it lies in review_item.value_cipher.</summary>
    public static byte[] SealDecision(string value, string item, byte[] key) =>
        Cipher.Encrypt(key, System.Text.Encoding.UTF8.GetBytes(value), $"review_item.value_cipher|{item}");

    /// <summary>
    /// Loads some applications, in the order of their keys. An application whose key was destroyed is left out: nothing
    /// of it can be read.
    /// </summary>
    public static async Task<IReadOnlyList<ApplicationReading>> LoadAsync(
        NpgsqlDataSource database, ApplicationKeys keys, IReadOnlyCollection<string> applicationKeys,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(applicationKeys);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var wanted = applicationKeys.ToArray();
        var sealedApplications = await Sql.QueryAsync(
            connection, null,
            """
            SELECT application.key, key_slot.received_on, key_slot.slot, application.online_cipher
            FROM application JOIN key_slot ON key_slot.application_key = application.key AND key_slot.state = 'live'
            WHERE application.key = ANY($1) ORDER BY application.key
            """,
            row => (Key: row.GetString(0), On: row.GetFieldValue<DateOnly>(1), Slot: row.GetInt32(2),
                Online: row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3)),
            cancellation, [wanted]);
        var scans = (await Sql.QueryAsync(
            connection, null,
            """
            SELECT application_key, feed, row, side, kind, reading_cipher FROM scan
            WHERE application_key = ANY($1) AND state IN ('read', 'review', 'unreadable') AND reading_cipher IS NOT NULL
            ORDER BY application_key, feed, row
            """,
            row => (Key: row.GetString(0), Feed: row.GetString(1), Row: row.GetInt32(2), Side: row.GetString(3),
                Kind: row.GetString(4), Cipher: row.GetFieldValue<byte[]>(5)),
            cancellation, [wanted])).ToLookup(scan => scan.Key);
        var decisions = (await Sql.QueryAsync(
            connection, null,
            """
            SELECT application_key, item, side, field, value_cipher FROM review_item
            WHERE application_key = ANY($1) AND state = 'decided' AND value_cipher IS NOT NULL
            ORDER BY application_key, decided_at, item
            """,
            row => (Key: row.GetString(0), Item: row.GetString(1), Side: row.GetString(2), Field: row.GetString(3),
                Cipher: row.GetFieldValue<byte[]>(4)),
            cancellation, [wanted])).ToLookup(decision => decision.Key);

        var readings = new List<ApplicationReading>(sealedApplications.Count);
        foreach (var application in sealedApplications)
        {
            var key = keys.Key(application.On, application.Slot);
            var decided = decisions[application.Key]
                .Select(decision => new Decision(
                    decision.Side,
                    decision.Field,
                    System.Text.Encoding.UTF8.GetString(
                        Cipher.Decrypt(key, decision.Cipher, $"review_item.value_cipher|{decision.Item}"))))
                .ToList();
            PageOutcome? Side(string kind, string? side) => scans[application.Key]
                .Where(scan => scan.Kind == kind && (side is null || scan.Side == side))
                .Select(scan => Apply(Decrypt(scan.Cipher, scan.Feed, scan.Row, key), decided, side))
                .LastOrDefault();
            readings.Add(new(
                application.Key,
                Side("form", "front"),
                Side("form", "back"),
                Side("photo", null),
                application.Online is null ? null : OnlineApplication.Decrypt(application.Online, application.Key, key),
                decided.GroupBy(decision => decision.Field).ToDictionary(field => field.Key, field => field.Last().Value)));
        }

        return readings;
    }

    private static PageOutcome Apply(PageOutcome outcome, IReadOnlyList<Decision> decisions, string? side)
    {
        if (outcome.Reading is not { } reading || side is null)
        {
            return outcome;
        }

        var fields = new Dictionary<string, FieldReading>(reading.Fields);
        var marks = new Dictionary<string, MarkReading>(reading.Marks);
        var id = reading.ApplicationId;
        foreach (var decision in decisions.Where(decision => decision.Side == side))
        {
            if (decision.Field == "application_id")
            {
                id = new(decision.Value.Length == 0 ? null : decision.Value, ApplicationIdSource.Both, Certain);
            }
            else if (marks.TryGetValue(decision.Field, out var mark))
            {
                marks[decision.Field] = mark with { Filled = decision.Value == "1" };
            }
            else
            {
                fields[decision.Field] = decision.Value.Length == 0
                    ? new(null, Certain, FieldState.Blank)
                    : new(decision.Value, Certain, FieldState.Read);
            }
        }

        return outcome with { Reading = reading with { Fields = fields, Marks = marks, ApplicationId = id } };
    }

    private const int Certain = 1000;

    private static string Context(string feed, int row) => $"scan.reading_cipher|{feed}|{row}";

    private sealed record Decision(string Side, string Field, string Value);
}
