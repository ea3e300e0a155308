using System.Text.Json;
using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Lifecycle;

/// <summary>Writes what events changed, set-based.</summary>
internal static class EventChanges
{
    // Everything that follows from facts, and where playing starts the next time.
    private const string CardSql = """
        UPDATE card SET card_id = new.card_id, state = new.state,
          state_on = CASE WHEN card.state <> new.state THEN $1 ELSE state_on END, issued_on = new.issued_on,
          arrived_on = new.arrived_on, delivered_on = new.delivered_on, valid_until = new.valid_until,
          signature_certificate_until = new.signature_until, user_certificate_until = new.user_until,
          ends_with_stay = new.ends_with_stay, suspended = new.suspended, held = new.held, in_dispute = new.in_dispute,
          extended_until = new.extended_until, replacement_approved = new.replacement_approved,
          pickup_deadline = new.pickup_deadline, notice_reissue_requested_on = new.reissue_requested_on,
          base = CASE WHEN new.state = 'disposed' THEN NULL ELSE coalesce(card.base, new.base::jsonb) END
        FROM unnest($2::text[], $3::text[], $4::text[], $5::date[], $6::date[], $7::date[], $8::date[], $9::date[], $10::date[],
          $11::boolean[], $12::boolean[], $13::boolean[], $14::boolean[], $15::date[], $16::boolean[], $17::date[], $18::date[],
          $19::text[]) AS new (ref, card_id, state, issued_on, arrived_on, delivered_on, valid_until, signature_until, user_until,
          ends_with_stay, suspended, held, in_dispute, extended_until, replacement_approved, pickup_deadline,
          reissue_requested_on, base)
        WHERE card.ref = new.ref
        """;

    private const string ApplicationSql = """
        UPDATE application SET state = new.state, state_on = CASE WHEN application.state <> new.state THEN $1 ELSE state_on END,
          state_before = new.before, to_validate = new.state = 'received'
        FROM unnest($2::text[], $3::text[], $4::text[]) AS new (key, state, before) WHERE application.key = new.key
        """;

    private const string PieceSql = """
        UPDATE piece SET state = new.state, state_on = $1
        FROM unnest($2::text[], $3::text[]) AS new (piece_id, state) WHERE piece.piece_id = new.piece_id
        """;

    private const string DisposalSql = """
        UPDATE disposal_item SET state = CASE WHEN card_ref = ANY($1) THEN 'withdrawn' ELSE 'disposed' END
        WHERE card_ref = ANY($1 || $2) AND state IN ('proposed', 'approved')
        """;

    // The used form stays used, and a new one is needed (A53): what was ordered has come to nothing, unless it was ordered again.
    private const string DisposedSql = """
        WITH ended AS (
          UPDATE application SET state = 'void', state_on = $2, to_validate = false FROM card
          WHERE card.ref = ANY($1) AND application.key = card.application_key AND application.state = 'ordered'
            AND NOT EXISTS (SELECT FROM card AS other WHERE other.application_key = application.key
              AND other.state NOT IN ('void', 'disposed'))
          RETURNING application.key)
        INSERT INTO history (subject_kind, subject, at, what, by, why)
        SELECT 'application', key, $2, 'void', 'storage', 'R47' FROM ended ORDER BY key
        """;

    private const string ReviewSql = """
        UPDATE review_item SET state = 'withdrawn' WHERE application_key = ANY($1) AND state = 'open'
        """;

    private const string EventSql = """
        UPDATE event SET state = new.state, result = new.result, waits_for = new.waits_for, target = coalesce(new.target, event.target),
          applied_on = CASE WHEN new.state <> 'pending' THEN $1::date END
        FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS new (event_id, state, result, waits_for, target)
        WHERE event.event_id = new.event_id
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
            WHERE event.kind IN ('agent-accepted', 'photo-exempted') AND event.state <> 'pending'
            UNION ALL
            SELECT application.key, event.kind FROM event JOIN application ON application.key = event.subject
            WHERE event.kind IN ('agent-accepted', 'photo-exempted') AND event.state <> 'pending') AS named
          GROUP BY key) AS found
        WHERE application.key = found.key AND application.state IN ('received', 'review', 'waiting', 'selected', 'superseded')
          AND ((found.agent AND NOT application.agent_accepted) OR (found.photo AND NOT application.photo_exempted))
        """;

    public static async Task SaveAsync(
        StoreContext context, TimelineSubjects subjects, EventOutcome outcome, CancellationToken cancellation)
    {
        var date = context.BusinessDate;
        var ends = TimelineEnds.Of(subjects, outcome.Held);
        await SaveCardsAsync(Execute, date, ends.Cards);
        // Those that end first: the index of live winners looks at every row (R34).
        foreach (var applications in ends.Applications.GroupBy(end => end.State is "selected" or "ordered").OrderBy(group => group.Key))
        {
            await Execute(
                ApplicationSql, date, applications.Select(a => a.Key).ToArray(), applications.Select(a => a.State).ToArray(),
                applications.Select(a => a.Before).ToArray());
        }

        await Execute(ReviewSql, [ends.Applications.Where(a => a.Before is not null).Select(a => a.Key).ToArray()]);
        var pieces = subjects.Pieces.Values.Where(piece => piece.Changed).ToList();
        await Execute(PieceSql, date, pieces.Select(p => p.PieceId).ToArray(), pieces.Select(p => p.State).ToArray());
        var disposed = ends.Cards.Where(card => card.State == "disposed").Select(c => c.Ref).ToArray();
        await Execute(DisposalSql, subjects.Cards.Where(
            card => card.ProposalWithdrawn && !outcome.Held.Contains(card.ResidentId)).Select(c => c.Ref).ToArray(), disposed);
        await Execute(DisposedSql, disposed, date);
        var known = subjects.Events.ToDictionary(e => e.EventId);
        var changed = outcome.Results.Concat(outcome.Waiting).Where(result => known[result.EventId] is var e
            && (e.State, e.Result, e.WaitsFor) != (result.State, result.Result, result.WaitsFor)).ToList();
        await Execute(
            EventSql, date, changed.Select(r => r.EventId).ToArray(), changed.Select(r => r.State).ToArray(),
            changed.Select(r => r.Result).ToArray(), changed.Select(r => r.WaitsFor).ToArray(), changed.Select(r => r.Target).ToArray());
        var history = TimelineEnds.ToTell(
            outcome.History, changed.Where(r => r.State != "pending").Select(r => r.EventId).ToHashSet(), ends);
        await Execute(
            HistorySql, date, history.Select(h => h.Kind).ToArray(), history.Select(h => h.Subject).ToArray(),
            history.Select(h => h.What).ToArray(), history.Select(h => h.By).ToArray(), history.Select(h => h.Why).ToArray());

        Task Execute(string sql, params object?[] parameters) =>
            Sql.ExecuteAsync(context.Connection, context.Transaction, sql, cancellation, parameters);
    }

    private static Task SaveCardsAsync(Func<string, object?[], Task> execute, DateOnly date, IReadOnlyList<TimelineCard> cards)
    {
        return execute(CardSql, [
            date, Column(c => c.Ref), Column(c => c.CardId), Column(c => c.State), Column(c => c.IssuedOn), Column(c => c.ArrivedOn),
            Column(c => c.DeliveredOn), Column(c => c.ValidUntil), Column(c => c.SignatureUntil), Column(c => c.UserUntil),
            Column(c => c.EndsWithStay), Column(c => c.Suspended), Column(c => c.Held), Column(c => c.InDispute),
            Column(c => c.ExtendedUntil), Column(c => c.ReplacementApproved), Column(c => c.PickupDeadline),
            Column(c => c.ReissueRequestedOn), Column(c => JsonSerializer.Serialize(c.Base))]);

        T[] Column<T>(Func<TimelineCard, T> column) => [.. cards.Select(column)];
    }

    public static Task MarkRegisteredAsync(StoreContext context, CancellationToken cancellation) =>
        Sql.ExecuteAsync(context.Connection, context.Transaction, RegisteredSql, cancellation);
}
