namespace MyNumber.Tests.Sweep;

/// <summary>What can happen to processes, to the database server and to Hangfire's tables.</summary>
internal static class OutsideFaults
{
    private static readonly int[] AnyStep = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    private const int GroupKills = 12;
    private static readonly TimeSpan PartMax = TimeSpan.FromSeconds(60);

    public static IEnumerable<FaultKind> Kinds =>
    [
        new("a worker: kill -9", _ => AnyStep, KillWorkerAsync),
        new("the host: kill -9", _ => AnyStep, KillHostAsync),
        new("the host and all workers: kill -9", _ => AnyStep, KillAllAsync),
        new("the whole process group: kill -9, twelve times", _ => AnyStep, KillGroupsAsync),
        new("a worker: stopped past its lease", _ => AnyStep, StopWorkerAsync),
        new("the host: stopped past a lease", _ => AnyStep, StopHostAsync),
        new("a part that kills its process again and again", world => world == "first" ? [2] : [], KillPartAsync),
        new("PostgreSQL: kill -9", _ => AnyStep, KillServerAsync),
        new("PostgreSQL: fast restart", _ => AnyStep, async (night, _) => await Done(night.Stage.Cluster.RestartAsync())),
        new("all connections cut", _ => AnyStep, CutAsync),
        new("Hangfire: all jobs doubled", _ => AnyStep, DoubleWakeUpsAsync),
        new("Hangfire: all jobs lost", _ => AnyStep, LoseWakeUpsAsync),
        new("Hangfire: its tables emptied", _ => AnyStep, EmptyHangfireAsync),
    ];

    private static async Task<bool> KillWorkerAsync(SweptNight night, Random dice)
    {
        var pid = await night.BusyWorkerAsync(dice);
        if (pid > 0)
        {
            Processes.Kill(pid);
        }

        return pid > 0;
    }

    private static Task<bool> KillHostAsync(SweptNight night, Random dice)
    {
        var pid = night.Host;
        if (pid > 0)
        {
            Processes.Kill(pid);
        }

        return Task.FromResult(pid > 0);
    }

    private static Task<bool> KillAllAsync(SweptNight night, Random dice)
    {
        // Stopped first: none of them may act on the death of another.
        var all = night.Workers().Append(night.Host).Where(pid => pid > 0).ToList();
        all.ForEach(Processes.Stop);
        all.ForEach(Processes.Kill);
        return Task.FromResult(all.Count > 0);
    }

    // As soon as something is in hand, each time: the same parts are hit again and again, and must not be blamed (rule 5).
    private static async Task<bool> KillGroupsAsync(SweptNight night, Random dice)
    {
        var kills = 0;
        while (kills < GroupKills && await night.BusyWorkerAsync(dice) > 0)
        {
            await Task.Delay(dice.Next(kills < GroupKills / 3 ? 50 : 1500));
            if (night.Host is > 0 and var host)
            {
                Processes.KillGroup(host);
                kills++;
                await night.UntilAsync(() => Task.FromResult(night.Host > 0 && night.Host != host), PartMax);
            }
        }

        return kills > 0;
    }

    private static async Task<bool> StopWorkerAsync(SweptNight night, Random dice)
    {
        var pid = await night.BusyWorkerAsync(dice);
        if (pid == 0)
        {
            return false;
        }

        Processes.Stop(pid);
        await PointFaults.TakenOverAsync(night, pid);
        return true;
    }

    private static async Task<bool> StopHostAsync(SweptNight night, Random dice)
    {
        var pid = night.Host;
        if (pid == 0)
        {
            return false;
        }

        Processes.Stop(pid);
        await Task.Delay(SweptNight.Lease * (1.2 + dice.NextDouble()));
        Processes.Continue(pid);
        return true;
    }

    // Two deaths halve a part, once its host has said that they were of one worker alone; the next claim may come before
    // that. What is in it is innocent, so its halves must come out as ever.
    private static async Task<bool> KillPartAsync(SweptNight night, Random dice)
    {
        var key = "";
        for (var kills = 0; kills < 4 && !await IsSplitAsync(night, key); kills++)
        {
            string[] held = [];
            await night.UntilAsync(
                async () => (held = await night.AskAsync<string[]>(
                    """
                    SELECT ARRAY[pid::text, from_key] FROM part JOIN worker ON worker.id = worker_id JOIN step ON step.id = step_id
                    WHERE step.name = 'read' AND act = 'work' AND part.state = 'leased' AND worker.state = 'alive'
                      AND ($1 = '' OR from_key = $1) AND takeovers >= $2
                    """,
                    key, kills) ?? []).Length > 0 || await IsSplitAsync(night, key),
                PartMax);
            if (held.Length == 0)
            {
                break;
            }

            key = held[1];
            Processes.Kill(int.Parse(held[0], System.Globalization.CultureInfo.InvariantCulture));
        }

        return await IsSplitAsync(night, key);
    }

    private static Task<bool> IsSplitAsync(SweptNight night, string key) =>
        night.AskAsync<bool>("SELECT EXISTS (SELECT FROM part WHERE from_key = $1 AND state = 'split')", key);

    private static async Task<bool> KillServerAsync(SweptNight night, Random dice)
    {
        await night.Stage.Cluster.KillAsync();
        await Task.Delay(dice.Next(3000));
        await night.Stage.Cluster.StartAsync();
        return true;
    }

    private static async Task<bool> CutAsync(SweptNight night, Random dice) => await night.AskAsync<long>(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'mynumber%'") > 0;

    // Wake-ups that wait, and those that were answered: all come once more.
    private static async Task<bool> DoubleWakeUpsAsync(SweptNight night, Random dice) => await HasHangfireAsync(night)
        && await night.AskAsync<long>(
        """
        WITH again AS (
          INSERT INTO hangfire.jobqueue (jobid, queue) SELECT id, 'default' FROM hangfire.job ORDER BY id DESC LIMIT 20 RETURNING 1)
        SELECT count(*) FROM again
        """) > 0;

    private static async Task<bool> LoseWakeUpsAsync(SweptNight night, Random dice) => await HasHangfireAsync(night)
        && await night.UntilAsync(
        async () => await night.AskAsync<long>(
            "WITH lost AS (DELETE FROM hangfire.jobqueue RETURNING 1) SELECT count(*) FROM lost") > 0,
        TimeSpan.FromSeconds(5));

    private static async Task<bool> EmptyHangfireAsync(SweptNight night, Random dice)
    {
        if (!await HasHangfireAsync(night))
        {
            return false;
        }

        await night.AskAsync<object>(
            """
            DO $$ BEGIN EXECUTE (SELECT 'TRUNCATE ' || string_agg(format('hangfire.%I', table_name), ', ') || ' CASCADE'
              FROM information_schema.tables WHERE table_schema = 'hangfire' AND table_name <> 'schema'); END $$
            """);
        return true;
    }

    private static async Task<bool> HasHangfireAsync(SweptNight night) =>
        await night.AskAsync<bool>("SELECT to_regclass('hangfire.jobqueue') IS NOT NULL");

    private static async Task<bool> Done(Task act)
    {
        await act;
        return true;
    }
}
