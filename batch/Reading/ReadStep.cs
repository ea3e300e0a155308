using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Reading;

/// <summary>
/// Reads every scan that was taken in and not read yet. Parts are ranges of applications, so that all scans of a sheet
/// are decided together; what concerns several applications (the same front twice) is decided at the seal, set-based.
/// </summary>
public sealed class ReadStep(NightServices services)
{
    /// <summary>
    /// Applications of one part; about ten seconds of one core: all that a dead worker can lose, and enough parts for all.
    /// </summary>
    public const int ApplicationsPerPartMax = 20;

    private const string ReaderDied = "the reader died on it";

    private static readonly BalanceCheck[] Checks =
    [
        // Scans of later nights do not count: `verify` asks the same of an old night.
        new(
            "scans in = read + review + unreadable + duplicate + replaced + other + held + waiting",
            """
            WITH scans AS (
              SELECT scan.* FROM scan JOIN feed
                ON feed.state = 'taken' AND feed.run_id <= @run
                AND (feed.kind, feed.name) = (scan.area, scan.feed_name))
            SELECT (SELECT count(*) FROM scans),
              (SELECT count(*) FROM scans WHERE state <> 'received' OR stored IS NULL OR waits
                 OR application_key IN (SELECT subject FROM item
                   WHERE run_id = @run AND step_ordinal = @ordinal AND outcome = 'held'))
            """),
    ];

    private readonly ScanReader _reader = new(services.Store);

    /// <summary>The step `read`.</summary>
    public StepDefinition Definition => new(
        "read", Act.OfRows(PlanAsync), Act.Of<IReadOnlyList<ApplicationResult>>(ComputeAsync, StoreAsync), Checks)
    {
        Seal = SealAsync,
        Items = (part, cancellation) => UnreadAsync(part, cancellation),
        Poison = (key, context, cancellation) => JudgeDeadlyAsync(key, ReaderDied, context, cancellation),
        Failed = async (application, context, cancellation) =>
        {
            await JudgeDeadlyAsync(application.Subject, application.Reason, context, cancellation);
            return "review";
        },
        ItemMax = TimeSpan.FromMinutes(5),
    };

    private async Task PlanAsync(StoreContext context, CancellationToken cancellation)
    {
        await DoubleKeying.TellAsync(context, services.Policy, services.Clock.GetUtcNow(), cancellation);
        // Its key was destroyed between intake and now: nothing of it can be read.
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            UPDATE scan SET state = 'unreadable', reason = 'key-destroyed' FROM key_slot
            WHERE scan.state = 'received' AND key_slot.application_key = scan.application_key AND key_slot.state <> 'live'
            """,
            cancellation);
        var keys = await Sql.QueryAsync(
            context.Connection, context.Transaction,
            """
            SELECT DISTINCT application_key FROM scan WHERE state = 'received' AND stored IS NOT NULL AND NOT waits
            ORDER BY application_key
            """,
            row => row.GetString(0), cancellation);
        await context.PlanPartsAsync(
            [.. keys.Chunk(ApplicationsPerPartMax).Select(part => new PlannedPart(part[0], part[^1]))], cancellation);
    }

    private static async Task<IReadOnlyList<string>> UnreadAsync(PartContext part, CancellationToken cancellation)
    {
        await using var connection = await part.Database.OpenConnectionAsync(cancellation);
        return await Sql.QueryAsync(
            connection, null,
            """
            SELECT DISTINCT application_key FROM scan
            WHERE state = 'received' AND stored IS NOT NULL AND NOT waits AND application_key BETWEEN $1 AND $2
            ORDER BY application_key
            """,
            row => row.GetString(0), cancellation, part.Part.FromKey, part.Part.ToKey);
    }

    private async Task<IReadOnlyList<ApplicationResult>> ComputeAsync(PartContext part, CancellationToken cancellation)
    {
        var keys = await UnreadAsync(part, cancellation);
        await using var connection = await part.Database.OpenConnectionAsync(cancellation);
        var scans = (await Sql.QueryAsync(
            connection, null,
            """
            SELECT scan.application_key, feed, row, side, kind, scan.state, asked_anew, stored, coalesce(stored_page, page),
              key_slot.received_on, key_slot.slot, area = 'online'
            FROM scan JOIN key_slot ON key_slot.application_key = scan.application_key AND key_slot.state = 'live'
            WHERE scan.application_key = ANY($1) AND stored IS NOT NULL AND NOT waits AND kind IN ('form', 'photo')
            ORDER BY scan.application_key, scan.state = 'received', scan.received_on, feed, row
            """,
            row => (Key: row.GetString(0), On: row.GetFieldValue<DateOnly>(9), Slot: row.GetInt32(10),
                Scan: new SideScan(
                    row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetString(4), row.GetString(5),
                    row.GetBoolean(6), row.GetString(7), row.GetInt32(8))
                {
                    IsOnline = row.GetBoolean(11),
                }),
            cancellation, [keys.ToArray()])).GroupBy(scan => (scan.Key, scan.On, scan.Slot));
        return [.. scans.Select(application =>
        {
            cancellation.ThrowIfCancellationRequested();
            part.BeginItem();
            var key = services.Keys.Key(application.Key.On, application.Key.Slot);
            return ApplicationResult.Of(
                application.Key.Key, key, services,
                SideDecisions.Decide(
                    application.Select(scan => scan.Scan),
                    scan => _reader.Read(scan.Stored, scan.Page, scan.Kind, scan.IsOnline, key, cancellation)));
        })];
    }

    private static async Task StoreAsync(
        IReadOnlyList<ApplicationResult> results, StoreContext context, CancellationToken cancellation)
    {
        var scans = results.SelectMany(result => result.Scans).ToList();
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            UPDATE scan SET state = new.state, reason = new.reason, asked_anew = false,
              reading_cipher = coalesce(new.cipher, scan.reading_cipher),
              photo_hash = coalesce(new.photo_hash, scan.photo_hash)
            FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::bytea[], $6::text[])
              AS new (feed, row, state, reason, cipher, photo_hash)
            WHERE scan.feed = new.feed AND scan.row = new.row
            """,
            cancellation,
            scans.Select(scan => scan.Feed).ToArray(), scans.Select(scan => scan.Row).ToArray(),
            scans.Select(scan => scan.State).ToArray(), scans.Select(scan => scan.Reason).ToArray(),
            scans.Select(scan => scan.Cipher).ToArray(), scans.Select(scan => scan.PhotoHash).ToArray());
        // By mail the form tells its kind and its Application ID; online the row did.
        await Sql.ExecuteAsync(
            context.Connection, context.Transaction,
            """
            UPDATE application SET to_validate = true,
              application_id = CASE WHEN channel = 'mail' AND new.is_front THEN new.id ELSE application.application_id END,
              form_kind = CASE WHEN channel = 'mail' AND new.is_front THEN new.form ELSE form_kind END
            FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[]) AS new (key, is_front, id, form)
            WHERE application.key = new.key
            """,
            cancellation,
            results.Select(result => result.Key).ToArray(), results.Select(result => result.FrontWasRead).ToArray(),
            results.Select(result => result.ApplicationId).ToArray(), results.Select(result => result.Form).ToArray());
        await DoubleKeying.OpenAsync(
            context,
            results.SelectMany(result => result.Scans.SelectMany(scan => scan.Rekeyed.Select(
                field => (result.Key, scan.Feed, scan.Row, scan.Side, field)))),
            cancellation);
        await context.LedgerAsync(
            scans.Select(scan => new ItemOutcome(SubjectOf(scan.Feed, scan.Row), scan.State, scan.Reason)), cancellation);
    }

    /// <summary>
    /// R03 across sheets: the same bytes of a front that carries the same Application ID are no second application. The
    /// first in content order stands, one read in an earlier night before all of tonight; the other's scans are duplicates,
    /// its application ends before it began, and its key is destroyed by the storage step.
    /// </summary>
    private static async Task SealAsync(StoreContext context, CancellationToken cancellation)
    {
        var failed = await context.StoreSetAsync(
            "application", cancel => Sql.QueryAsync(
                context.Connection, context.Transaction,
                """
                SELECT DISTINCT scan.application_key
                FROM item JOIN scan ON item.subject = scan.feed || '|' || lpad(scan.row::text, 8, '0')
                WHERE item.run_id = $1 AND item.step_ordinal = $2 AND scan.application_key IS NOT NULL ORDER BY 1
                """,
                row => row.GetString(0), cancel, context.Run.Id, context.StepOrdinal),
            (keys, cancel) => Sql.ExecuteAsync(
                context.Connection, context.Transaction, TwinsSql, cancel, context.Run.Id, context.StepOrdinal,
                context.BusinessDate, keys),
            cancellation);
        await context.ReportAsync(failed, "application", "read", cancellation);
    }

    private const string TwinsSql = """
        WITH tonight AS (
          SELECT scan.feed, scan.row, scan.sha256, scan.application_key
          FROM item JOIN scan ON item.subject = scan.feed || '|' || lpad(scan.row::text, 8, '0')
          WHERE item.run_id = $1 AND item.step_ordinal = $2),
        front AS (
          SELECT scan.sha256, scan.page, application.key, application.application_id,
            NOT (application.state = 'received' AND application.key IN (SELECT application_key FROM tonight)) AS stands,
            (application.received_on, application.envelope, application.sheet) AS place
          FROM scan JOIN application ON application.key = scan.application_key AND application.channel = 'mail'
          WHERE scan.side = 'front' AND scan.kind = 'form' AND scan.state IN ('read', 'review')
            AND scan.sha256 IN (SELECT sha256 FROM tonight)),
        twin AS (
          SELECT DISTINCT ON (new.key) new.key, first.key AS of
          FROM front AS new JOIN front AS first USING (sha256, page, application_id)
          WHERE ($4::text[] IS NULL OR new.key = ANY($4)) AND NOT new.stands AND new.key <> first.key AND (first.stands OR first.place < new.place)
            AND NOT EXISTS (SELECT FROM review_item WHERE review_item.application_key = new.key)
          ORDER BY new.key, first.stands DESC, first.place),
        scans AS (
          UPDATE scan SET state = 'duplicate', reason = 'same-front' FROM twin
          WHERE scan.application_key = twin.key AND scan.state <> 'replaced'
          RETURNING scan.feed || '|' || lpad(scan.row::text, 8, '0') AS subject),
        lines AS (
          UPDATE item SET outcome = 'duplicate', reason = 'same-front' FROM scans
          WHERE item.run_id = $1 AND item.step_ordinal = $2 AND item.subject = scans.subject),
        slots AS (
          UPDATE key_slot SET state = 'destroying' FROM twin WHERE key_slot.application_key = twin.key),
        ended AS (
          DELETE FROM application USING twin WHERE application.key = twin.key)
        INSERT INTO history (subject_kind, subject, at, what, by, why)
        SELECT 'application', key, $3, 'duplicate', 'read', 'R03 ' || of FROM twin ORDER BY key
        """;

    // Three workers died while they read it, or it throws: a person must look (ENGINE.md, rules 5 and 11).
    private async Task JudgeDeadlyAsync(
        string applicationKey, string reason, StoreContext context, CancellationToken cancellation)
    {
        var scans = await Sql.QueryAsync(
            context.Connection, context.Transaction,
            """
            SELECT feed, row, key_slot.received_on, key_slot.slot, side
            FROM scan JOIN key_slot USING (application_key)
            WHERE scan.application_key = $1 AND scan.state = 'received' AND NOT scan.waits AND key_slot.state = 'live' ORDER BY feed, row
            """,
            row => (Feed: row.GetString(0), Row: row.GetInt32(1), On: row.GetFieldValue<DateOnly>(2), Slot: row.GetInt32(3),
                Side: row.GetString(4)),
            cancellation, applicationKey);
        ScanResult[] judged = [.. scans.Select(scan => new ScanResult(
            scan.Feed, scan.Row, scan.Side, "review", reason,
            ReadingStore.Encrypt(
                new(null, "reader-died"), scan.Feed, scan.Row, services.Keys.Key(scan.On, scan.Slot)),
            []))];
        await StoreAsync([new(applicationKey, judged, false, null, null)], context, cancellation);
    }

    private static string SubjectOf(string feed, int row) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{feed}|{row:D8}");

    internal sealed record ScanResult(
        string Feed, int Row, string Side, string State, string? Reason, byte[]? Cipher, IReadOnlyList<RekeyedField> Rekeyed)
    {
        public string? PhotoHash { get; init; }
    }

    internal sealed record ApplicationResult(
        string Key, IReadOnlyList<ScanResult> Scans, bool FrontWasRead, string? ApplicationId, string? Form)
    {
        public static ApplicationResult Of(
            string applicationKey, byte[] key, NightServices services, IReadOnlyList<SideResult> results)
        {
            var front = results.LastOrDefault(result =>
                result.Scan.Kind == "form" && result.Scan.Side == "front" && result.Outcome is not null);
            return new(
                applicationKey,
                [.. results.Select(result => new ScanResult(
                    result.Scan.Feed, result.Scan.Row, result.Scan.Side, result.State, result.Reason,
                    result.Outcome is null ? null
                        : ReadingStore.Encrypt(result.Outcome, result.Scan.Feed, result.Scan.Row, key),
                    result is { State: "read", Scan.Kind: "form", Outcome.Reading: { } reading }
                        ? SureValues.Sample(
                            reading, applicationKey, result.Scan.Side, services.Ids, services.Policy.RekeyPerMille)
                        : [])
                {
                    PhotoHash = result.Outcome?.PhotoFingerprint is { } fingerprint ? services.Ids.PhotoHash(fingerprint) : null,
                })],
                front is not null, front?.Outcome?.Reading?.ApplicationId.Value, front?.Outcome?.Reading?.Form);
        }
    }
}
