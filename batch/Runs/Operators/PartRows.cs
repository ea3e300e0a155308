using MyNumber.Batch.Database;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Batch.Runs.Operators;

/// <summary>A part with all that an operator's act needs of it.</summary>
internal sealed record PartRow(PartView View, RunInfo Run, long StepId, int Ordinal, PartInfo Info);

/// <summary>Loads parts for operators' acts.</summary>
internal static class PartRows
{
    /// <summary>$1: a run. Only runs that go on: what failed in an abandoned one is history.</summary>
    public const string FailedOfRun =
        "WHERE step.run_id = $1 AND part.state = 'failed' AND run.state IN ('running', 'stopped') ORDER BY part.id";

    /// <summary>$1: a part.</summary>
    public const string FailedOne = "WHERE part.id = $1 AND part.state = 'failed' AND run.state IN ('running', 'stopped')";

    private const string Select = """
        SELECT part.id, step.run_id, step.name, part.act, part.from_key, part.to_key, part.state, part.error_class,
          part.error_text, step.id, step.ordinal, part.epoch, run.kind, run.business_date, run.scope, run.cut_off
        FROM part JOIN step ON step.id = part.step_id JOIN run ON run.id = step.run_id
        """;

    public static Task<IReadOnlyList<PartRow>> LoadAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, long id, CancellationToken cancellation) =>
        Sql.QueryAsync(connection, transaction, $"{Select} {where}", Read, cancellation, id);

    private static PartRow Read(NpgsqlDataReader row) => new(
        new PartView(
            row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
            row.GetString(6), row.IsDBNull(7) ? null : row.GetString(7), row.IsDBNull(8) ? null : row.GetString(8)),
        new RunInfo(row.GetInt64(1), row.GetString(12), row.GetFieldValue<DateOnly>(13), row.GetString(14))
        {
            CutOff = row.GetFieldValue<DateTimeOffset>(15),
        },
        row.GetInt64(9), row.GetInt32(10),
        new PartInfo(
            row.GetInt64(0), Enum.Parse<PartAct>(row.GetString(3), ignoreCase: true), row.GetString(4), row.GetString(5),
            row.GetInt64(11)));
}
