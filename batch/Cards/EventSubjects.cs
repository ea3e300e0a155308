using MyNumber.Batch.Runs;
using MyNumber.Batch.Selection;
using Npgsql;

namespace MyNumber.Batch.Cards;

/// <summary>One pending event.</summary>
internal sealed record PendingEvent(string EventId, DateOnly On, string Kind, string Subject, string Value);

/// <summary>A card while events are applied to it; saved once at the end.</summary>
internal sealed class CardSubject
{
    public required string Ref { get; init; }
    public string? OrderId { get; init; }
    public string? CardId { get; set; }
    public required string ResidentId { get; init; }
    public required string State { get; set; }
    public DateOnly? IssuedOn { get; set; }
    public DateOnly? ArrivedOn { get; set; }
    public DateOnly? ValidUntil { get; set; }
    public DateOnly? SignatureUntil { get; set; }
    public DateOnly? UserUntil { get; set; }
    public bool EndsWithStay { get; set; }
    public bool Suspended { get; set; }
    public bool Held { get; set; }
    public bool InDispute { get; set; }
    public DateOnly? ExtendedUntil { get; set; }
    public bool ReplacementApproved { get; set; }
    public DateOnly? PickupDeadline { get; set; }
    public DateOnly? ReissueRequestedOn { get; set; }
    public bool WantsSignature { get; init; }
    public bool WantsUser { get; init; }
    public bool WithoutPhotograph { get; init; }
    public bool Changed { get; set; }
    public bool StateChanged { get; set; }
    public bool ProposalWithdrawn { get; set; }

    public void Move(string state)
    {
        StateChanged |= state != State;
        State = state;
    }
}

internal sealed class ApplicationSubject
{
    public required string Key { get; init; }
    public string? ApplicationId { get; init; }
    public required string State { get; set; }
    public required DateOnly ReceivedOn { get; init; }
    public bool Changed { get; set; }
}

internal sealed record ResidentSubject(string ResidentId, DateOnly BirthDate, DateOnly? StayUntil, DateOnly? LeftOn);

internal sealed class PieceSubject
{
    public required string PieceId { get; init; }
    public required string State { get; set; }
    public bool Changed { get; set; }
}

/// <summary>Everything that the pending events speak of, loaded in five statements whatever their number.</summary>
internal sealed class EventSubjects
{
    private const string EventsSql = """
        SELECT event_id, (occurred_at AT TIME ZONE 'Asia/Tokyo')::date, kind, subject, value FROM event
        WHERE state = 'pending' ORDER BY occurred_at, event_id
        """;

    // All cards of the residents concerned: a delivery ends the card that it replaces.
    private const string CardsSql = """
        SELECT ref, order_id, card_id, resident_id, state, issued_on, arrived_on, valid_until, signature_certificate_until,
          user_certificate_until, ends_with_stay, suspended, held, in_dispute, extended_until, replacement_approved,
          pickup_deadline, notice_reissue_requested_on, signature_certificate, user_certificate,
          photo IS NULL
        FROM card WHERE resident_id IN (
          SELECT resident_id FROM card WHERE order_id = ANY($1)
          UNION SELECT resident_id FROM card WHERE card_id = ANY($1)
          UNION SELECT resident_id FROM resident WHERE resident_id = ANY($1))
        ORDER BY ref
        """;

    private const string ApplicationsSql = """
        SELECT key, application_id, state, received_on FROM application
        WHERE key = ANY($1) OR application_id = ANY($1)
        """;

    public required IReadOnlyList<PendingEvent> Events { get; init; }
    public required IReadOnlyList<CardSubject> Cards { get; init; }
    public required IReadOnlyList<ApplicationSubject> Applications { get; init; }
    public required IReadOnlyDictionary<string, ResidentSubject> Residents { get; init; }
    public required IReadOnlyDictionary<string, PieceSubject> Pieces { get; init; }

    public static async Task<EventSubjects> LoadAsync(StoreContext context, Policy policy, CancellationToken cancellation)
    {
        var events = await Query(EventsSql, row => new PendingEvent(
            row.GetString(0), row.GetFieldValue<DateOnly>(1), row.GetString(2), row.GetString(3), row.GetString(4)));
        var subjects = events.Select(e => e.Subject).Distinct().ToArray();
        var cards = subjects.Length == 0 ? [] : await Query(CardsSql, Card, subjects);
        var keys = subjects.Concat(cards.Select(card => card.OrderId).OfType<string>()).Distinct().ToArray();
        return new EventSubjects
        {
            Events = events,
            Cards = cards,
            // In R30's order: where several applications carry one ID, an event means the first that it fits.
            Applications = keys.Length == 0 ? [] : await Query(
                $"{ApplicationsSql} ORDER BY {OrderOfApplications.Sql(policy.MailBeforeOnline)}",
                row => new ApplicationSubject
                {
                    Key = row.GetString(0), ApplicationId = Text(row, 1), State = row.GetString(2),
                    ReceivedOn = row.GetFieldValue<DateOnly>(3),
                },
                keys),
            Residents = (await Query(
                "SELECT resident_id, birth_date, stay_until, left_on FROM resident WHERE resident_id = ANY($1)",
                row => new ResidentSubject(row.GetString(0), row.GetFieldValue<DateOnly>(1), Day(row, 2), Day(row, 3)),
                subjects.Concat(cards.Select(card => card.ResidentId)).Distinct().ToArray()))
                .ToDictionary(resident => resident.ResidentId),
            Pieces = (await Query(
                "SELECT piece_id, state FROM piece WHERE piece_id = ANY($1)",
                row => new PieceSubject { PieceId = row.GetString(0), State = row.GetString(1) },
                subjects)).ToDictionary(piece => piece.PieceId),
        };

        Task<IReadOnlyList<T>> Query<T>(string sql, Func<NpgsqlDataReader, T> read, params string[] ids) =>
            sql.Contains("$1", StringComparison.Ordinal)
                ? Sql.QueryAsync(context.Connection, context.Transaction, sql, read, cancellation, [ids])
                : Sql.QueryAsync(context.Connection, context.Transaction, sql, read, cancellation);
    }

    private static CardSubject Card(NpgsqlDataReader row) => new()
    {
        Ref = row.GetString(0),
        OrderId = Text(row, 1),
        CardId = Text(row, 2),
        ResidentId = row.GetString(3),
        State = row.GetString(4),
        IssuedOn = Day(row, 5),
        ArrivedOn = Day(row, 6),
        ValidUntil = Day(row, 7),
        SignatureUntil = Day(row, 8),
        UserUntil = Day(row, 9),
        EndsWithStay = row.GetBoolean(10),
        Suspended = row.GetBoolean(11),
        Held = row.GetBoolean(12),
        InDispute = row.GetBoolean(13),
        ExtendedUntil = Day(row, 14),
        ReplacementApproved = row.GetBoolean(15),
        PickupDeadline = Day(row, 16),
        ReissueRequestedOn = Day(row, 17),
        WantsSignature = row.GetBoolean(18),
        WantsUser = row.GetBoolean(19),
        WithoutPhotograph = row.GetBoolean(20),
    };

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateOnly? Day(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetFieldValue<DateOnly>(column);
}
