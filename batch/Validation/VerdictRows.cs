using MyNumber.Batch.Database;
using MyNumber.Batch.Privacy;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Validation;

/// <summary>Writes verdicts: findings, questions to keyers, states, history and ledger, set-based.</summary>
internal static class VerdictRows
{
    private const string FindingsSql = """
        WITH gone AS (DELETE FROM finding WHERE application_key = ANY($1)
          AND (application_key, rule, detail) NOT IN (SELECT * FROM unnest($2::text[], $3::text[], $5::text[])))
        INSERT INTO finding (application_key, rule, severity, detail)
        SELECT DISTINCT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[])
        ON CONFLICT (application_key, rule, detail) DO UPDATE SET severity = excluded.severity
        """;

    // Asked again after an answer that settled nothing: the question stands, the answer is taken off it.
    private const string QuestionsSql = """
        INSERT INTO review_item (item, application_key, field, rule, side, opened_on)
        SELECT DISTINCT ON (new.item) new.item, new.key, new.field, new.rule, new.side, $1
        FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS new (item, key, field, rule, side)
        ON CONFLICT (item) DO UPDATE SET state = 'open', opened_on = excluded.opened_on, value_cipher = NULL,
          decided_by = NULL, decided_at = NULL
        WHERE review_item.state <> 'open'
        """;

    private const string WithdrawnSql = """
        UPDATE review_item SET state = 'withdrawn'
        WHERE application_key = ANY($1) AND state = 'open' AND item <> ALL($2)
        """;

    // A keyer's answer that came while this part was computed keeps the application's turn for the next night.
    private const string StatesSql = """
        WITH new AS (
          SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[])
            AS new (key, state, resident_id, application_id, decided, why, presumed)),
        old AS (
          SELECT application.key, application.state AS was, new.state, new.resident_id, new.application_id, new.decided, new.why, new.presumed,
            CASE WHEN new.state = 'received' AND application.state IN ('waiting', 'selected', 'superseded')
              THEN application.state ELSE new.state END AS becomes
          FROM application JOIN new ON new.key = application.key
          WHERE application.state IN ('received', 'review', 'waiting', 'selected', 'superseded')),
        changed AS (
          UPDATE application SET state = old.becomes,
            superseded_by = CASE WHEN old.becomes = 'superseded' THEN superseded_by END,
            state_on = CASE WHEN old.was <> old.becomes THEN $1 ELSE state_on END, resident_id = old.resident_id,
            presumed_resident_id = old.presumed,
            application_id = coalesce(old.application_id, application.application_id),
            to_validate = old.decided <> (SELECT count(DISTINCT field) FROM review_item
              WHERE application_key = application.key AND review_item.state = 'decided' AND value_cipher IS NOT NULL)
          FROM old WHERE application.key = old.key RETURNING application.key)
        INSERT INTO history (subject_kind, subject, at, what, by, why)
        SELECT 'application', old.key, $1, CASE WHEN old.state = 'received' THEN 'valid' ELSE old.becomes END, 'validate', old.why
        FROM old WHERE old.was <> old.becomes OR old.state = 'received' ORDER BY old.key
        """;

    public static async Task StoreAsync(
        StoreContext context, IReadOnlyList<Judged> judged, Ids ids, CancellationToken cancellation)
    {
        var all = judged.Select(one => one.Key).ToArray();
        var findings = judged.SelectMany(one => one.Verdict.Findings.Select(finding => (one.Key, finding))).ToList();
        await Execute(
            FindingsSql, all, findings.Select(f => f.Key).ToArray(), findings.Select(f => f.finding.Rule).ToArray(),
            findings.Select(f => Finding.Word(f.finding.Severity)).ToArray(),
            findings.Select(f => f.finding.Detail).ToArray());

        await Execute(
            StatesSql, context.BusinessDate, all, judged.Select(one => one.Verdict.State).ToArray(),
            judged.Select(one => one.Verdict.ResidentId).ToArray(), judged.Select(one => one.ApplicationId).ToArray(),
            judged.Select(one => one.Decided).ToArray(), judged.Select(Why).ToArray(),
            judged.Select(one => one.Verdict.PresumedResidentId).ToArray());

        // Rejected, an application asks nobody anything any more, though its findings are kept.
        var questions = judged.Where(one => one.Verdict.State == "review")
            .SelectMany(one => one.Verdict.Findings.Where(finding => finding.Field is not null)
                .Select(finding => (one.Key, finding, Item: ids.ReviewItemId(one.Key, finding.Field!, finding.Rule)))).ToList();
        await Execute(WithdrawnSql, all, questions.Select(q => q.Item).ToArray());
        await Execute(
            QuestionsSql, context.BusinessDate, questions.Select(q => q.Item).ToArray(), questions.Select(q => q.Key).ToArray(),
            questions.Select(q => q.finding.Field).ToArray(), questions.Select(q => q.finding.Rule).ToArray(),
            questions.Select(q => q.finding.Side).ToArray());
        await context.LedgerAsync(
            judged.Select(one => new ItemOutcome(
                one.Key, one.Verdict.State == "received" ? "valid" : one.Verdict.State, Why(one) is { Length: > 0 } why ? why : null)),
            cancellation);

        Task Execute(string sql, params object?[] parameters) =>
            Sql.ExecuteAsync(context.Connection, context.Transaction, sql, cancellation, parameters);
    }

    private static string Why(Judged one) =>
        string.Join('+', one.Verdict.Findings.Select(finding => finding.Rule).Distinct().Order(StringComparer.Ordinal));
}
