using Npgsql;

namespace MyNumber.Batch.Runs;

/// <summary>What a ringer needs to know: the open part rows are the outbox, the ring says only "look".</summary>
public static class OpenParts
{
    /// <summary>The channel of NOTIFY on which everything that became claimable is told.</summary>
    public const string Channel = Transitions.Channel;

    /// <summary>min(parts that can be claimed now, rings a worker × living workers).</summary>
    public static int Count(NpgsqlConnection connection, int ringsPerWorker)
    {
        using var command = new NpgsqlCommand(Claims.ClaimableSql, connection)
        {
            Parameters = { new() { Value = (long)ringsPerWorker } },
        };
        return (int)command.ExecuteScalar()!;
    }
}
