using System.Text.Json;
using MyNumber.Batch.Database;
using MyNumber.Batch.Letters;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Selection;
using Npgsql;

namespace MyNumber.Batch.Lifecycle;

/// <summary>
/// Loads what is to be played, in a fixed number of statements whatever its size: the events that are due, whoever they or the
/// register speak of, and of these residents all that was decided before, as a late fact may decide it otherwise.
/// </summary>
internal static class TimelineRows
{
    private const string EventColumns = """
        event_id, (occurred_at AT TIME ZONE 'Asia/Tokyo')::date, kind, subject, value, municipality_code, occurred_at, state, result,
          waits_for, target
        """;

    private const string PendingSql = $"""
        SELECT {EventColumns} FROM event WHERE state = 'pending' AND (occurred_at AT TIME ZONE 'Asia/Tokyo')::date <= $1
          AND ($2::text[] IS NULL OR 'event:' || event_id = ANY($2))
        """;

    private const string FactsSql = """
        SELECT 'event:' || event_id AS fact FROM event
        WHERE state = 'pending' AND (occurred_at AT TIME ZONE 'Asia/Tokyo')::date <= $1
        UNION SELECT 'resident:' || resident_id FROM register_change WHERE NOT applied AND business_date <= $1
        ORDER BY fact
        """;

    // Whose application it is, is known by the form that it was made with until a person is found for it. One expression,
    // wherever it is asked: two plays of a night must not know different things.
    private const string KnownByForm = "application.resident_id IS NULL";

    // $1 subjects of due events, $2 business date, $3 facts.
    private const string ResidentsSql = $"""
        SELECT resident_id FROM register_change WHERE NOT applied AND business_date <= $2
          AND ($3::text[] IS NULL OR 'resident:' || resident_id = ANY($3))
        UNION SELECT resident_id FROM card WHERE order_id = ANY($1)
        UNION SELECT resident_id FROM card WHERE card_id = ANY($1)
        UNION SELECT resident_id FROM application WHERE key = ANY($1) AND resident_id IS NOT NULL
        UNION SELECT resident_id FROM application WHERE application_id = ANY($1) AND resident_id IS NOT NULL
        UNION SELECT form.resident_id FROM application JOIN form USING (application_id)
        WHERE (key = ANY($1) OR application_id = ANY($1)) AND {KnownByForm}
        UNION SELECT resident_id FROM resident WHERE resident_id = ANY($1)
        """;

    private const string CardsSql = $"""
        SELECT card.ref, order_id, application_key, card_id, resident_id, municipality_code, card.state, ordered_on, issued_on,
          arrived_on, delivered_on, valid_until, signature_certificate_until, user_certificate_until, ends_with_stay, suspended,
          held, in_dispute, extended_until, replacement_approved, pickup_deadline, notice_reissue_requested_on,
          signature_certificate, user_certificate, photo IS NULL,
          EXISTS (SELECT FROM piece WHERE piece.product = '{IssuanceNotices.Name}' AND piece.subject = card.ref AND posted_on IS NOT NULL),
          base::text, open.business_date, open.state, open.state_before, open.out,
          (SELECT max(piece.deadline) FROM piece
           WHERE piece.product = '{IssuanceNotices.Name}' AND piece.subject = card.ref AND posted_on IS NOT NULL)
        FROM card LEFT JOIN LATERAL (
          SELECT list.business_date, item.state, item.state_before, EXISTS (
            SELECT FROM drop WHERE drop.product = 'disposals-' || list.municipality_code AND drop.business_date = list.business_date
              AND drop.number = list.number AND drop.state = 'published') AS out
          FROM disposal_item item JOIN disposal_list list USING (list_id)
          WHERE item.card_ref = card.ref AND item.state IN ('proposed', 'approved')) AS open ON true
        WHERE resident_id = ANY($1) ORDER BY card.ref
        """;

    private const string ApplicationsSql = $"""
        SELECT application.key, application.application_id, CASE WHEN {KnownByForm} THEN form.resident_id ELSE application.resident_id END,
          received_on, state, state_before
        FROM application LEFT JOIN form ON form.application_id = application.application_id
        WHERE application.key IN (
          SELECT key FROM application WHERE resident_id = ANY($1)
          UNION ALL SELECT unnest($2::text[])
          UNION ALL SELECT key FROM application WHERE application_id = ANY($2)
          UNION ALL SELECT key FROM form JOIN application USING (application_id)
            WHERE form.resident_id = ANY($1) AND {KnownByForm})
        """;

    // Pieces are not played again, nor what was asked for once: a letter is not taken back by what comes late.
    private const string DecidedSql = $"""
        SELECT {EventColumns} FROM event WHERE NOT settled AND state <> 'pending' AND subject = ANY($1) AND kind = ANY($2)
        """;

    private const string NumbersSql = """
        SELECT resident_id, business_date, CASE WHEN business_date = max(business_date) OVER (PARTITION BY resident_id)
            AND number_assigned_on <= business_date THEN number_assigned_on ELSE business_date END
        FROM register_change JOIN resident USING (resident_id)
        WHERE kind = 'number-changed' AND business_date <= $2 AND resident_id = ANY($1)
        """;

    private const string ResidencesSql = """
        SELECT resident_id, registered_on, municipality_code, left_on, left_reason FROM residence
        WHERE resident_id = ANY($1) AND registered_on <= $2 ORDER BY resident_id, registered_on
        """;

    /// <summary>What is due and not applied: `event:ID` and `resident:ID`.</summary>
    public static Task<IReadOnlyList<string>> FactsAsync(StoreContext context, CancellationToken cancellation) =>
        Sql.QueryAsync(
            context.Connection, context.Transaction, FactsSql, row => row.GetString(0), cancellation, context.BusinessDate);

    /// <summary>Loads these of the facts, or all of them where null is given.</summary>
    public static async Task<TimelineSubjects> LoadAsync(
        StoreContext context, string[]? facts, Policy policy, CancellationToken cancellation)
    {
        var pending = await Query(PendingSql, Event, context.BusinessDate, facts);
        var named = pending.Select(e => e.Subject).Distinct().ToArray();
        var whose = (await Query(ResidentsSql, row => row.GetString(0), named, context.BusinessDate, facts)).ToArray();
        var cards = whose.Length == 0 ? [] : await Query(CardsSql, Card, [whose]);
        // In R30's order: where several applications carry one ID, an event means the first that it fits.
        var applications = whose.Length + named.Length == 0 ? [] : await Query(
            $"{ApplicationsSql} ORDER BY {OrderOfApplications.Sql(policy.MailBeforeOnline, "application")}", Application, whose, named);
        var subjects = cards.SelectMany(card => new[] { card.OrderId, card.Stored!.CardId })
            .Concat(applications.SelectMany(application => new[] { application.Key, application.ApplicationId }))
            .OfType<string>().Concat(whose).Distinct().ToArray();
        var disposed = cards.Where(card => card.State == "disposed").SelectMany(card => new[] { card.OrderId, card.CardId }).ToHashSet();
        IReadOnlyList<PendingEvent> decided = subjects.Length == 0 ? []
            : [.. (await Query(DecidedSql, Event, subjects, PlayedAgain)).Where(e => !disposed.Contains(e.Subject))];
        var residents = await ResidentsAsync(
            context, [.. whose.Concat(applications.Select(application => application.ResidentId).OfType<string>())
                .Distinct()], cancellation);
        var arrivals = pending.Concat(decided).Where(e => e.Kind == "card-arrived").Select(e => e.Value.Split('=')[0]).Distinct().ToArray();
        return new TimelineSubjects
        {
            Events = [.. pending, .. decided],
            Cards = cards,
            Applications = applications,
            Residents = residents,
            Register = whose.Length == 0 ? []
                : [.. RegisterFacts.Of(residents.Values.Where(r => whose.Contains(r.ResidentId)), context.BusinessDate),
                .. (await Query(NumbersSql, row =>
                    (row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetFieldValue<DateOnly>(2)), whose, context.BusinessDate))
                    .Select(row => RegisterFacts.OfNumber(row.Item1, row.Item2, row.Item3))],
            Pieces = (await Query(
                "SELECT piece_id, state, municipality_code FROM piece WHERE piece_id = ANY($1)",
                row => new TimelinePiece { PieceId = row.GetString(0), State = row.GetString(1), MunicipalityCode = row.GetString(2) },
                [named])).ToDictionary(piece => piece.PieceId),
            CardIdsTaken = (await Query(
                "SELECT card_id, ref FROM card WHERE card_id = ANY($1)", row => (row.GetString(0), row.GetString(1)), [arrivals]))
                .ToDictionary(card => card.Item1, card => card.Item2),
        };

        Task<IReadOnlyList<T>> Query<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] parameters) =>
            Sql.QueryAsync(context.Connection, context.Transaction, sql, read, cancellation, parameters);
    }

    /// <summary>Kinds whose effect depends on what else happened before, so on what comes late.</summary>
    private static string[] PlayedAgain { get; } = [.. CardTransitions.CardKinds, "application-cancelled", "replacement-approved"];

    private static async Task<Dictionary<string, TimelineResident>> ResidentsAsync(
        StoreContext context, string[] ids, CancellationToken cancellation)
    {
        var residences = (await Sql.QueryAsync(
            context.Connection, context.Transaction, ResidencesSql,
            row => (Id: row.GetString(0),
                Residence: new Residence(row.GetFieldValue<DateOnly>(1), row.GetString(2), Day(row, 3), Text(row, 4))),
            cancellation, ids, context.BusinessDate)).ToLookup(row => row.Id, row => row.Residence);
        return (await Sql.QueryAsync(
            context.Connection, context.Transaction,
            """
            SELECT resident_id, birth_date, stay_until, left_on, registered_on, municipality_code, left_reason FROM resident
            WHERE resident_id = ANY($1)
            """,
            row => new TimelineResident(
                row.GetString(0), row.GetFieldValue<DateOnly>(1), Day(row, 2), Day(row, 3),
                residences.Contains(row.GetString(0)) ? [.. residences[row.GetString(0)]]
                    : [new Residence(row.GetFieldValue<DateOnly>(4), row.GetString(5), Day(row, 3), Text(row, 6))]),
            cancellation, [ids])).ToDictionary(resident => resident.ResidentId);
    }

    private static PendingEvent Event(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetString(2), row.GetString(3), row.GetString(4))
        {
            Municipality = row.GetString(5),
            At = row.GetFieldValue<DateTimeOffset>(6),
            State = row.GetString(7),
            Result = Text(row, 8),
            WaitsFor = Text(row, 9),
            Target = Text(row, 10),
        };

    private static TimelineApplication Application(NpgsqlDataReader row) => new()
    {
        Key = row.GetString(0),
        ApplicationId = Text(row, 1),
        ResidentId = Text(row, 2),
        ReceivedOn = row.GetFieldValue<DateOnly>(3),
        Stored = row.GetString(4),
        StateBefore = Text(row, 5),
        State = Text(row, 5) ?? row.GetString(4),
    };

    private static TimelineCard Card(NpgsqlDataReader row)
    {
        var stored = new CardValues(
            row.GetString(6), Text(row, 3), Day(row, 8), Day(row, 9), Day(row, 11), Day(row, 12), Day(row, 13), row.GetBoolean(14),
            row.GetBoolean(15), row.GetBoolean(16), row.GetBoolean(17), Day(row, 18), row.GetBoolean(19), Day(row, 21), Day(row, 10));
        var disposal = Day(row, 27) is { } on ? new OpenDisposal(on, $"disposal-{row.GetString(28)}", row.GetBoolean(30)) : null;
        // What became of a card that is disposed of is over; else its first facts find it as it was ordered, or fed.
        var start = stored.State == "disposed" || Text(row, 26) is not { } json
            ? stored with { State = disposal is null ? stored.State : row.GetString(29) }
            : JsonSerializer.Deserialize<CardValues>(json)!;
        return new TimelineCard
        {
            Ref = row.GetString(0),
            OrderId = Text(row, 1),
            ApplicationKey = Text(row, 2),
            ResidentId = row.GetString(4),
            MunicipalityCode = row.GetString(5),
            OrderedOn = Day(row, 7),
            PickupDeadline = Day(row, 20),
            WantsSignature = row.GetBoolean(22),
            WantsUser = row.GetBoolean(23),
            WithoutPhotograph = row.GetBoolean(24),
            NoticePosted = row.GetBoolean(25),
            NoticeDeadline = Day(row, 31),
            Disposal = disposal,
            Stored = stored,
            Base = start,
            State = start.State,
            CardId = start.CardId,
            IssuedOn = start.IssuedOn,
            ArrivedOn = start.ArrivedOn,
            DeliveredOn = start.DeliveredOn,
            ValidUntil = start.ValidUntil,
            SignatureUntil = start.SignatureUntil,
            UserUntil = start.UserUntil,
            EndsWithStay = start.EndsWithStay,
            Suspended = start.Suspended,
            Held = start.Held,
            InDispute = start.InDispute,
            ExtendedUntil = start.ExtendedUntil,
            ReplacementApproved = start.ReplacementApproved,
            ReissueRequestedOn = start.ReissueRequestedOn,
        };
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateOnly? Day(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateOnly>(column);
}
