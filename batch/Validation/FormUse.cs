using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Engine;
using MyNumber.Batch.Selection;

namespace MyNumber.Batch.Validation;

/// <summary>An application that carries an Application ID which others carry too.</summary>
/// <param name="State">Its state before this night's validation.</param>
/// <param name="Online">Not by mail.</param>
/// <param name="Counts">False where it uses nothing up: rejected under R02 or R03, or its ID is in doubt.</param>
/// <param name="EndsIncomplete">Still open, and this night's rules will end it as incomplete.</param>
public sealed record FormUser(string Key, string State, bool Online, bool Counts, bool EndsIncomplete);

/// <summary>R03. Which of several applications with one Application ID used the form: the first that was received.</summary>
/// <remarks>
/// One decision over all of them in R30's order, so that the result does not hang on who commits first. What a card was
/// ordered for, and what a municipality or a move ended, stands whatever turns up later (R32).
/// </remarks>
public static class FormUse
{
    private static readonly string[] Open = ["received", "review", "waiting", "selected", "superseded"];

    private static readonly string[] Standing = ["ordered", "issued", "cancelled", "void"];

    /// <summary>Keys of those in an open state that came too late.</summary>
    /// <param name="users">All applications with one Application ID, in R30's order.</param>
    public static IReadOnlySet<string> TooLate(IReadOnlyList<FormUser> users)
    {
        var holder = users.FirstOrDefault(user => user.Counts && Standing.Contains(user.State));
        var tooLate = new HashSet<string>();
        foreach (var user in users.Where(user => user.Counts && !Standing.Contains(user.State)))
        {
            // R51: an online application that ended incomplete may be made again with its ID. Where both came in one
            // night, the first ends in it: whether the second counts must not hang on which night took them in.
            if (holder is null || (holder.Online && (holder.State == "incomplete" || holder.EndsIncomplete)))
            {
                holder = user;
            }
            else if (Open.Contains(user.State))
            {
                tooLate.Add(user.Key);
            }
        }

        return tooLate;
    }

    private static bool EndsIncomplete(ApplicationFacts facts) =>
        ApplicationRules.Judge(facts with { FormWasUsed = false }).State == "incomplete";

    private static string SharedSql(Policy policy) => $"""
        WITH shared AS (
          SELECT application_id FROM application
          WHERE application_id IN (
            SELECT application_id FROM application
            WHERE to_validate AND state IN ('received', 'review', 'waiting', 'selected') AND application_id IS NOT NULL)
          GROUP BY application_id HAVING count(*) > 1)
        SELECT application.application_id, application.key, application.state, application.channel <> 'mail',
          coalesce(bool_or(finding.rule IN ('R02', 'R03') AND finding.severity = 'reject'), false),
          coalesce(bool_or(finding.rule = 'R03'), false), ({ValidateStep.ToDo})
        FROM shared JOIN application USING (application_id)
        LEFT JOIN finding ON finding.application_key = application.key
        GROUP BY application.key
        ORDER BY application.application_id, {OrderOfApplications.Sql(policy.MailBeforeOnline)}
        """;

    private const string WriteSql = """
        WITH late AS (SELECT unnest($1::text[]) AS key),
        gone AS (DELETE FROM finding WHERE rule = 'R03' AND application_key = ANY($2)),
        found AS (
          INSERT INTO finding (application_key, rule, severity, detail) SELECT key, 'R03', 'reject', 'form-was-used' FROM late
          ON CONFLICT DO NOTHING)
        UPDATE application SET to_validate = true WHERE key = ANY($1) OR key = ANY($2)
        """;

    /// <summary>Decides for every Application ID that several applications carry, one of which is to be validated.</summary>
    /// <returns>
    /// Keys of those still open under an ID over which an error came: whether their form was used nobody knows, so a person
    /// looks before one of them goes on.
    /// </returns>
    internal static async Task<IReadOnlyList<string>> DecideAsync(
        StoreContext context, FactsLoader loader, Policy policy, CancellationToken cancellation)
    {
        var rows = await Sql.QueryAsync(
            context.Connection, context.Transaction, SharedSql(policy),
            row => new SharedRow(
                row.GetString(0), row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetBoolean(4), row.GetBoolean(5),
                row.GetBoolean(6)),
            cancellation);
        var forms = rows.GroupBy(row => row.Id).ToList();
        var failed = await context.StoreEachAsync(
            "form", forms, form => $"form:{form.Key}",
            (some, cancel) => DecideAsync([.. some.SelectMany(form => form)], context, loader, cancel), cancellation);
        await context.ReportAsync(failed, "form", "review", cancellation);
        var undecided = failed.Select(form => form.Subject).ToHashSet();
        return [.. forms.Where(form => undecided.Contains($"form:{form.Key}")).SelectMany(form => form)
            .Where(row => row.Judged && Open.Contains(row.State)).Select(row => row.Key)];
    }

    private static async Task DecideAsync(
        IReadOnlyList<SharedRow> rows, StoreContext context, FactsLoader loader, CancellationToken cancellation)
    {
        // Whether an ID is certain stands in readings and online data, which are encrypted: only these few are opened.
        var open = rows.Where(row => Open.Contains(row.State)).Select(row => row.Key).ToList();
        var certain = (await loader.LoadAsync(open, context.BusinessDate, cancellation))
            .Where(loaded => !ApplicationIdKnown.Check(loaded.Facts).Any()).ToDictionary(loaded => loaded.Key, loaded => loaded.Facts);
        var late = new List<string>();
        var inTime = new List<string>();
        foreach (var group in rows.GroupBy(row => row.Id))
        {
            var users = group.Select(row => new FormUser(
                row.Key, row.State, row.Online,
                Open.Contains(row.State) ? certain.ContainsKey(row.Key) : !row.UsedNothing,
                // Of the others the verdict stands, or the photograph that it hangs on is not read yet.
                row.Judged && certain.TryGetValue(row.Key, out var facts) && EndsIncomplete(facts))).ToList();
            var tooLate = TooLate(users);
            late.AddRange(group.Where(row => tooLate.Contains(row.Key) && !row.Late).Select(row => row.Key));
            inTime.AddRange(group.Where(row => Open.Contains(row.State) && !tooLate.Contains(row.Key) && row.Late)
                .Select(row => row.Key));
        }

        await Sql.ExecuteAsync(
            context.Connection, context.Transaction, WriteSql, cancellation, late.ToArray(), inTime.ToArray());
    }

    private sealed record SharedRow(
        string Id, string Key, string State, bool Online, bool UsedNothing, bool Late, bool Judged);
}
