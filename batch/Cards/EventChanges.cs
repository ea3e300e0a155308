using MyNumber.Batch.Runs;

namespace MyNumber.Batch.Cards;

/// <summary>Writes what events changed, set-based.</summary>
internal static class EventChanges
{
    private const string CardSql = """
        UPDATE card SET card_id = new.card_id, state = new.state,
          state_on = CASE WHEN new.moved THEN $1 ELSE state_on END, issued_on = new.issued_on,
          arrived_on = new.arrived_on, valid_until = new.valid_until, signature_certificate_until = new.signature_until,
          user_certificate_until = new.user_until, ends_with_stay = new.ends_with_stay, suspended = new.suspended,
          held = new.held, in_dispute = new.in_dispute, extended_until = new.extended_until,
          replacement_approved = new.replacement_approved, pickup_deadline = new.pickup_deadline,
          notice_reissue_requested_on = new.reissue_requested_on
        FROM unnest($2::text[], $3::text[], $4::text[], $5::boolean[], $6::date[], $7::date[], $8::date[], $9::date[],
          $10::date[], $11::boolean[], $12::boolean[], $13::boolean[], $14::boolean[], $15::date[], $16::boolean[],
          $17::date[], $18::date[]) AS new (ref, card_id, state, moved, issued_on, arrived_on, valid_until, signature_until,
          user_until, ends_with_stay, suspended, held, in_dispute, extended_until, replacement_approved, pickup_deadline,
          reissue_requested_on)
        WHERE card.ref = new.ref
        """;

    private const string ApplicationSql = """
        UPDATE application SET state = new.state, state_on = $1, to_validate = false
        FROM unnest($2::text[], $3::text[]) AS new (key, state) WHERE application.key = new.key
        """;

    private const string PieceSql = """
        UPDATE piece SET state = new.state, state_on = $1
        FROM unnest($2::text[], $3::text[]) AS new (piece_id, state) WHERE piece.piece_id = new.piece_id
        """;

    private const string DisposalSql = """
        UPDATE disposal_item SET state = CASE WHEN card_ref = ANY($1) THEN 'withdrawn' ELSE 'disposed' END
        WHERE card_ref = ANY($1 || $2) AND state IN ('proposed', 'approved')
        """;

    // The used form stays used, and a new one is needed (A53): what was ordered has come to nothing.
    private const string DisposedSql = """
        WITH ended AS (
          UPDATE application SET state = 'void', state_on = $2, to_validate = false FROM card
          WHERE card.ref = ANY($1) AND application.key = card.order_id AND application.state = 'ordered'
          RETURNING application.key)
        INSERT INTO history (subject_kind, subject, at, what, by, why)
        SELECT 'application', key, $2, 'void', 'storage', 'R47' FROM ended ORDER BY key
        """;

    private const string ReviewSql = """
        UPDATE review_item SET state = 'withdrawn' WHERE application_key = ANY($1) AND state = 'open'
        """;

    private const string EventSql = """
        UPDATE event SET state = new.state, result = new.result, applied_on = $1
        FROM unnest($2::text[], $3::text[], $4::text[]) AS new (event_id, state, result) WHERE event.event_id = new.event_id
        """;

    private const string HistorySql = """
        INSERT INTO history (subject_kind, subject, at, what, by, why)
        SELECT new.kind, new.subject, $1, new.what, new.by, new.why
        FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) WITH ORDINALITY
          AS new (kind, subject, what, by, why, place) ORDER BY new.place
        """;

    // R10, R22: registered for an Application ID, so it holds for every application made with it, also one that comes later.
    private const string RegisteredSql = """
        UPDATE application SET agent_accepted = application.agent_accepted OR found.agent,
          photo_exempted = application.photo_exempted OR found.photo, to_validate = true
        FROM (
          SELECT key, bool_or(kind = 'agent-accepted') AS agent, bool_or(kind = 'photo-exempted') AS photo
          FROM (
            SELECT application.key, event.kind FROM event JOIN application ON application.application_id = event.subject
            WHERE event.kind IN ('agent-accepted', 'photo-exempted')
            UNION ALL
            SELECT application.key, event.kind FROM event JOIN application ON application.key = event.subject
            WHERE event.kind IN ('agent-accepted', 'photo-exempted')) AS named
          GROUP BY key) AS found
        WHERE application.key = found.key AND application.state IN ('received', 'review', 'waiting', 'selected', 'superseded')
          AND ((found.agent AND NOT application.agent_accepted) OR (found.photo AND NOT application.photo_exempted))
        """;

    public static async Task SaveAsync(
        StoreContext context, EventSubjects subjects, EventOutcome outcome, CancellationToken cancellation)
    {
        var date = context.BusinessDate;
        var cards = subjects.Cards.Where(card => card.Changed).ToList();
        await Execute(
            CardSql, date, Column(c => c.Ref), Column(c => c.CardId), Column(c => c.State), Column(c => c.StateChanged),
            Column(c => c.IssuedOn), Column(c => c.ArrivedOn), Column(c => c.ValidUntil), Column(c => c.SignatureUntil),
            Column(c => c.UserUntil), Column(c => c.EndsWithStay), Column(c => c.Suspended), Column(c => c.Held),
            Column(c => c.InDispute), Column(c => c.ExtendedUntil), Column(c => c.ReplacementApproved),
            Column(c => c.PickupDeadline), Column(c => c.ReissueRequestedOn));
        var applications = subjects.Applications.Where(application => application.Changed).ToList();
        await Execute(
            ApplicationSql, date, applications.Select(a => a.Key).ToArray(), applications.Select(a => a.State).ToArray());
        await Execute(ReviewSql, [applications.Select(a => a.Key).ToArray()]);
        var pieces = subjects.Pieces.Values.Where(piece => piece.Changed).ToList();
        await Execute(PieceSql, date, pieces.Select(p => p.PieceId).ToArray(), pieces.Select(p => p.State).ToArray());
        var disposed = cards.Where(card => card is { StateChanged: true, State: "disposed" }).Select(c => c.Ref).ToArray();
        await Execute(DisposalSql, cards.Where(card => card.ProposalWithdrawn).Select(c => c.Ref).ToArray(), disposed);
        await Execute(DisposedSql, disposed, date);
        await Execute(
            EventSql, date, outcome.Results.Select(r => r.EventId).ToArray(), outcome.Results.Select(r => r.State).ToArray(),
            outcome.Results.Select(r => r.Result).ToArray());
        await Execute(
            HistorySql, date, outcome.History.Select(h => h.Kind).ToArray(), outcome.History.Select(h => h.Subject).ToArray(),
            outcome.History.Select(h => h.What).ToArray(), outcome.History.Select(h => h.By).ToArray(),
            outcome.History.Select(h => h.Why).ToArray());

        T[] Column<T>(Func<CardSubject, T> column) => [.. cards.Select(column)];

        Task Execute(string sql, params object?[] parameters) =>
            Sql.ExecuteAsync(context.Connection, context.Transaction, sql, cancellation, parameters);
    }

    public static Task MarkRegisteredAsync(StoreContext context, CancellationToken cancellation) =>
        Sql.ExecuteAsync(context.Connection, context.Transaction, RegisteredSql, cancellation);
}
