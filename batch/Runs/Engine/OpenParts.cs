using Npgsql;

namespace MyNumber.Batch.Runs.Engine;

/// <summary>A part at one moment of its life: each claim raises the epoch.</summary>
public sealed record OpenPart(long Id, long Epoch);

/// <summary>What a dispatcher needs to know: the open part rows are the outbox, a wake-up says only "look".</summary>
public static class OpenParts
{
    /// <summary>The channel of NOTIFY on which everything that became claimable is told.</summary>
    public const string Channel = RunTransitions.Channel;

    /// <summary>min(parts that can be claimed now, wake-ups for each worker × living workers).</summary>
    public static int Count(NpgsqlConnection connection, int wakeUpsPerWorker)
    {
        using var command = new NpgsqlCommand(Claims.ClaimableSql, connection)
        {
            Parameters = { new() { Value = (long)wakeUpsPerWorker } },
        };
        return (int)command.ExecuteScalar()!;
    }

    /// <summary>The given part, if it can still be claimed under the same epoch; where none is given, any that can.</summary>
    public static OpenPart? Waiting(NpgsqlConnection connection, OpenPart? part)
    {
        using var command = new NpgsqlCommand(part is null ? Claims.OneClaimableSql : Claims.StillClaimableSql, connection);
        if (part is not null)
        {
            command.Parameters.Add(new() { Value = part.Id });
            command.Parameters.Add(new() { Value = part.Epoch });
        }

        using var reader = command.ExecuteReader();
        return reader.Read() ? new OpenPart(reader.GetInt64(0), reader.GetInt64(1)) : null;
    }
}
