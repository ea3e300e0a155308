using Dapper;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Tests.Integration.Runs;

/// <summary>Each guard with its control: switched off, the harm must show (ENGINE.md, rule 13).</summary>
public sealed class GuardTests
{
    [Theory]
    [InlineData(GuardsOff.None, 40)]   // The zombie's late result is refused.
    [InlineData(GuardsOff.Fence, 50)]  // Control: without the fence its ten effects stand there twice.
    public async Task A_zombie_that_wakes_after_its_part_was_taken_over_changes_nothing(GuardsOff off, long effects)
    {
        await using var toy = await ToyRun.CreateAsync(guardsOff: off);
        await toy.OpenAsync(until: "first");
        var (reached, wake) = (new TaskCompletionSource(), new TaskCompletionSource());
        toy.Night.Pause = _ => reached.TrySetResult() ? wake.Task : Task.CompletedTask;
        var zombie = Task.Run(toy.WorkAsync);
        await reached.Task;
        await toy.ExecuteAsync("UPDATE worker SET state = 'dead'");
        if (off == GuardsOff.Fence)
        {
            // Or the counter's own constraint would hide the missing fence: guards stand behind each other.
            await toy.ExecuteAsync("UPDATE step SET parts_open = parts_open + 1 WHERE ordinal = 1");
        }

        await toy.WorkAsync();
        wake.SetResult();
        await zombie;
        Assert.Equal(effects, await toy.ScalarAsync<long>("SELECT count(*) FROM toy_effect WHERE step = 'first'"));
    }

    [Theory]
    [InlineData(GuardsOff.None, "closed")]
    [InlineData(GuardsOff.Counter, "running")] // Control: each of two last parts sees the other as open; nobody closes.
    public async Task Two_last_parts_that_commit_at_once_close_the_step(GuardsOff off, string state)
    {
        await using var toy = await ToyRun.CreateAsync(items: 20, guardsOff: off);
        await toy.OpenAsync(until: "first");
        var (first, second, go) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        toy.Night.Pause = part =>
        {
            (part.FromKey == "00001" ? first : second).TrySetResult();
            return go.Task;
        };
        var one = Task.Run(toy.WorkAsync);
        await first.Task;
        var other = Task.Run(toy.WorkAsync);
        await second.Task;
        await using (var holder = await toy.Engine.Database.OpenConnectionAsync())
        await using (var transaction = await holder.BeginTransactionAsync())
        {
            await holder.ExecuteAsync("SELECT FROM step WHERE ordinal = 1 FOR UPDATE", transaction: transaction);
            go.SetResult();
            // Both have stored their effects; their last statements wait for the step's row.
            await toy.WaitUntilAsync(
                "SELECT count(*) = 2 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        }

        await Task.WhenAll(one, other);
        Assert.Equal(state, await toy.ScalarAsync<string>("SELECT state FROM step WHERE ordinal = 1"));
    }

    [Theory]
    [InlineData(true, 40)]
    [InlineData(false, 30)] // Control: nothing frees the row, and no idle timeout ends a session in the middle of a COPY.
    public async Task A_worker_that_stands_still_inside_its_transaction_keeps_no_part_from_others(bool ownsSessions, long effects)
    {
        await using var toy = await ToyRun.CreateAsync(lease: TimeSpan.FromMilliseconds(300));
        await toy.OpenAsync(until: "first");
        await using var sessions = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(toy.ConnectionString) { ApplicationName = "stands still", Pooling = false });
        var workerId = await Workers.RegisterAsync(sessions, ownsSessions, CancellationToken.None);
        toy.Night.Pause = part => part.FromKey == "00001"
            ? toy.ExecuteAsync(
                "UPDATE part SET state = 'leased', worker_id = @workerId, epoch = epoch + 1 WHERE from_key = '00011'", new { workerId })
            : Task.CompletedTask;
        await using var connection = await sessions.OpenConnectionAsync();
        var others = toy.WorkAsync();
        await toy.WaitUntilAsync("SELECT EXISTS (SELECT FROM part WHERE from_key = '00011' AND state = 'leased')");
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("SELECT FROM part WHERE from_key = '00011' FOR UPDATE", transaction: transaction);
        var copy = await connection.BeginBinaryImportAsync("COPY toy_item (key) FROM STDIN (FORMAT BINARY)");
        await others;
        using (Heartbeat.Start(toy.Engine.Database, toy.Engine.Options, null, TimeProvider.System, Heartbeat.OnEvicted.Ignore))
        {
            await toy.WaitUntilAsync("SELECT count(*) = 0 FROM worker WHERE state = 'alive'");
        }

        await toy.WaitUntilAsync(
            "SELECT NOT EXISTS (SELECT FROM worker JOIN pg_stat_activity ON application_name = sessions)");
        await toy.WorkAsync();
        Assert.Equal(effects, await toy.ScalarAsync<long>("SELECT count(*) FROM toy_effect WHERE step = 'first'"));
        // Its session is dead, or (control) stands in the COPY until now.
        await Record.ExceptionAsync(async () => await copy.DisposeAsync());
    }

    [Fact]
    public async Task A_gone_worker_claims_nothing_more()
    {
        await using var toy = await ToyRun.CreateAsync();
        await toy.OpenAsync();
        var workerId = await Workers.RegisterAsync(toy.Engine.Database, ownsSessions: false, CancellationToken.None);
        await Workers.MarkDeadAsync(toy.Engine.Database, workerId, CancellationToken.None);
        using var heartbeat = Heartbeat.Start(
            toy.Engine.Database, toy.Engine.Options, workerId, TimeProvider.System, Heartbeat.OnEvicted.Ignore);
        using var worker = new Worker(toy.Engine, workerId, heartbeat);
        Assert.Equal(0, await worker.WorkUntilIdleAsync(CancellationToken.None, CancellationToken.None));
    }

    [Fact]
    public async Task Parts_are_claimed_in_key_order_and_closing_comes_before_work()
    {
        await using var toy = await ToyRun.CreateAsync();
        await toy.OpenAsync();
        await toy.WorkAsync();
        Assert.Equal(
            "plan:,work:00001,work:00011,work:00021,work:00031,close:",
            await toy.ScalarAsync<string>(
                "SELECT string_agg(act || ':' || from_key, ',' ORDER BY done_at, part.id) FROM part JOIN step ON step.id = step_id WHERE ordinal = 1"));
    }
}
