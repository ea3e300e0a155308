using MyNumber.Batch.Database;
using MyNumber.Batch.Feeds;
using MyNumber.Batch.Files;
using MyNumber.Batch.Register;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Engine;

namespace MyNumber.Batch.Intake;

/// <summary>
/// Takes in what lies in the inbox with its marker: register, events, online applications, scans, in this order. The plan
/// checks every feed whole and decides it in one transaction; the parts encrypt what is personal; publishing moves the
/// feeds out of the inbox.
/// </summary>
public sealed class IntakeStep(NightServices services)
{
    private static readonly BalanceCheck[] Checks =
    [
        new(
            "rows of scan manifests taken = scans",
            """
            SELECT coalesce((SELECT sum(rows) FROM feed WHERE kind = 'scans' AND state = 'taken' AND run_id = @run), 0)::bigint,
              (SELECT count(*) FROM scan JOIN feed ON feed.kind = 'scans' AND feed.name = scan.feed
               WHERE feed.state = 'taken' AND feed.run_id = @run)
            """),
        new(
            "scans of tonight = taken + other + duplicate + held",
            """
            SELECT
              (SELECT count(*) FROM scan JOIN feed ON feed.kind = 'scans' AND feed.name = scan.feed
               WHERE feed.state = 'taken' AND feed.run_id = @run),
              (SELECT count(*) FROM item
               JOIN feed ON feed.kind = 'scans' AND feed.state = 'taken' AND feed.run_id = @run
                 AND feed.name = split_part(substr(item.subject, length('scans/') + 1), '|', 1)
               WHERE item.subject LIKE 'scans/%|%' AND item.run_id = @run AND step_ordinal = @ordinal AND outcome IN ('taken', 'other', 'duplicate', 'held'))
            """),
        new(
            "sheets + online rows of tonight = applications + waiting",
            """
            WITH sheet AS (
              SELECT scan.application_key AS key, bool_or(scan.waits) AS waits FROM scan
              JOIN feed ON feed.kind = 'scans' AND feed.name = scan.feed AND feed.state = 'taken' AND feed.run_id = @run
              WHERE scan.application_key IS NOT NULL GROUP BY scan.application_key),
            online AS (SELECT name, rows FROM feed WHERE kind = 'online' AND state = 'taken' AND run_id = @run)
            SELECT (SELECT count(*) FROM sheet) + coalesce((SELECT sum(rows) FROM online), 0)::bigint,
              (SELECT count(*) FROM sheet
               WHERE waits OR EXISTS (SELECT FROM application WHERE application.key = sheet.key AND channel = 'mail')
                 OR EXISTS (SELECT FROM key_slot WHERE application_key = sheet.key AND key_slot.state <> 'live'))
              + (SELECT count(*) FROM application JOIN online ON online.name = application.feed WHERE channel <> 'mail')
              + (SELECT count(*) FROM waiting_application JOIN online ON online.name = waiting_application.feed)
            """),
        new(
            "rows that waited for a day that has come = none",
            """
            SELECT (SELECT count(*) FROM scan WHERE waits AND received_on <= @date)
              + (SELECT count(*) FROM waiting_application WHERE received_on <= @date), 0::bigint
            """),
    ];

    private readonly ScanKeeper _keeper = new(services);

    /// <summary>The step `intake`.</summary>
    public StepDefinition Definition => new(
        "intake",
        Act.Of(CheckAsync, DecideAsync),
        Act.Of<ScanKeeper.Kept>(_keeper.ComputeAsync, ScanKeeper.StoreAsync),
        Checks)
    {
        Items = ScanKeeper.ItemsAsync,
        Poison = HoldAsync,
        Failed = (_, _, _) => Task.FromResult("held"),
        Publish = FeedArchive.Publish(
            services.Home, FeedArea.Register, FeedArea.Events, FeedArea.Online, FeedArea.Scans),
    };

    // Reads and hashes the whole inbox: minutes on a full night, so no transaction is open meanwhile.
    private Task<Arrivals> CheckAsync(PartContext part, CancellationToken cancellation)
    {
        ItemResults<CheckedFeed> Read(string area, Func<Feed, DateOnly, CheckedFeed> read) => FeedDesk.Read(
            part, Feed.Marked(services.Home, area), feed => read(feed, part.BusinessDate), cancellation);

        return Task.FromResult(new Arrivals(
            Read(FeedArea.Register, RegisterFeed.Read),
            Read(FeedArea.Events, IntakeFeeds.ReadEvents),
            Read(FeedArea.Online, IntakeFeeds.ReadOnline),
            Read(FeedArea.Scans, IntakeFeeds.ReadScans),
            [.. Feed.Marked(services.Home, FeedArea.Vendor).Select(answer => (answer.Name, FeedMarker.Read(answer).Sha256))]));
    }

    private async Task DecideAsync(Arrivals arrivals, StoreContext context, CancellationToken cancellation)
    {
        foreach (var area in FeedArea.All.Where(area => GivenFile.KindOf(Path.Combine(services.Home.Inbox, area)) == GivenKind.Link))
        {
            await Alerts.RaiseAsync(
                context.Connection, context.Transaction, "inbox-link", $"inbox/{area}",
                $"inbox/{area} is a symbolic link: nothing is taken from behind it. Mount the folder there instead.",
                services.Clock.GetUtcNow(), cancellation);
        }

        await EachAsync(arrivals.Register, context, feed =>
            RegisterStore.ApplyAsync(context, feed, services.Numbers, cancellation), cancellation);
        await RegisterStore.BeginResidencesAsync(context, cancellation);
        await ExecuteAsync(
            context, IntakeSql.TakeWaiting, cancellation, context.BusinessDate, context.Run.Id, context.StepOrdinal);
        await EachAsync(arrivals.Events, context, feed => TakeEventsAsync(context, feed, cancellation), cancellation);
        await EachAsync(arrivals.Online, context, feed => TakeOnlineAsync(context, feed, cancellation), cancellation);
        await EachAsync(arrivals.Scans, context, feed => TakeScansAsync(context, feed, cancellation), cancellation);
        await ExecuteAsync(
            context, IntakeSql.FreezeAnswers, cancellation, context.Run.Id,
            arrivals.Answers.Select(answer => answer.Name).ToArray(), arrivals.Answers.Select(answer => answer.Sha256).ToArray());

        // Applications are made once all drops are in: the sheet's first received date must not depend on their order.
        await context.RenewStatisticsAsync(cancellation);
        await ExecuteAsync(context, IntakeSql.TakeSheets, cancellation, context.BusinessDate, context.Run.Id);
        await context.RenewStatisticsAsync(cancellation);
        await ExecuteAsync(context, IntakeSql.ReserveSlots, cancellation, context.BusinessDate);
        await ExecuteAsync(context, IntakeSql.ReserveWaitingSlots, cancellation);
        await context.RenewStatisticsAsync(cancellation);
        await ExecuteAsync(context, IntakeSql.Ledger, cancellation, context.Run.Id, context.StepOrdinal);
        var unstored = await Sql.QueryAsync(
            context.Connection, context.Transaction, IntakeSql.Unstored,
            row => (row.GetString(0), row.GetString(1), row.GetInt32(2)), cancellation);
        await context.PlanPartsAsync(ScanKeeper.Parts(unstored), cancellation);
    }

    // A feed is taken whole or not at all: its faults are all known before its first row is applied.
    // An error over one holds that one: it stays in the inbox and is tried again in the next night.
    private async Task EachAsync(
        ItemResults<CheckedFeed> feeds, StoreContext context, Func<CheckedFeed, Task<IReadOnlyList<FeedFault>>> apply,
        CancellationToken cancellation)
    {
        var failed = await context.StoreOneByOneAsync("feed", feeds.Done, feed => FeedDesk.Subject(feed.Feed), async (feed, _) =>
        {
            var verdict = await FeedDesk.JudgeAsync(context, feed, cancellation);
            if (verdict == FeedVerdict.Again)
            {
                await FeedDesk.PassAsync(context, feed, cancellation);
                return;
            }

            var faults = verdict == FeedVerdict.Take ? await apply(feed) : [];
            if (verdict == FeedVerdict.Refuse || faults.Count > 0)
            {
                await FeedDesk.RefuseAsync(context, feed, faults, services.Clock.GetUtcNow(), cancellation);
            }
            else
            {
                await FeedDesk.TakeAsync(context, feed, cancellation);
            }
        }, cancellation);
        await context.ReportAsync([.. feeds.Failed, .. failed], "feed", "held", cancellation);
    }

    private static async Task<IReadOnlyList<FeedFault>> TakeEventsAsync(
        StoreContext context, CheckedFeed feed, CancellationToken cancellation)
    {
        await TempTable.CopyAsync(context, "new_event", feed.Tables[0], null, [], cancellation);
        await ExecuteAsync(context, IntakeSql.TakeEvents, cancellation, feed.Feed.Name, context.BusinessDate);
        return [];
    }

    private static async Task<IReadOnlyList<FeedFault>> TakeOnlineAsync(
        StoreContext context, CheckedFeed feed, CancellationToken cancellation)
    {
        var table = feed.Tables[0];
        // What is personal never lies in clear in a table, not even a temporary one.
        var withoutPersons = table with
        {
            Columns = [.. table.Columns.Where(column => IsPlain(column.Name))],
            Rows = [.. table.Rows.Select(row => row with
            {
                Values = [.. row.Values.Where((_, index) => IsPlain(table.Columns[index].Name))],
            })],
        };
        await TempTable.CopyAsync(context, "new_online", withoutPersons, null, [], cancellation);
        var faults = await FaultsAsync(context, IntakeSql.OnlineFaults, cancellation, feed.Feed.Name);
        if (faults.Count == 0)
        {
            await ExecuteAsync(context, IntakeSql.TakeOnline, cancellation, feed.Feed.Name, context.BusinessDate);
            await ExecuteAsync(
                context, IntakeSql.TakePhotos, cancellation, feed.Feed.Name, feed.Marker.Files.Keys.ToArray(),
                feed.Marker.Files.Values.ToArray(), context.BusinessDate);
        }

        return faults;

        static bool IsPlain(string column) => column is "application_id" or "submitted_at" or "photo" or "channel";
    }

    private static async Task<IReadOnlyList<FeedFault>> TakeScansAsync(
        StoreContext context, CheckedFeed feed, CancellationToken cancellation)
    {
        await TempTable.CopyAsync(context, "new_scan", feed.Tables[0], null, [], cancellation);
        var faults = await FaultsAsync(context, IntakeSql.ScanFaults, cancellation);
        if (faults.Count == 0)
        {
            await ExecuteAsync(context, IntakeSql.TakeScans, cancellation, feed.Feed.Name, context.BusinessDate);
        }

        return faults;
    }

    // Three workers died over one file: it stays in the inbox, is planned again next night, and counts as held.
    private async Task HoldAsync(string item, StoreContext context, CancellationToken cancellation)
    {
        await context.LedgerAsync([new ItemOutcome(item, "held", "the worker died on it")], cancellation);
        await Alerts.RaiseAsync(
            context.Connection, context.Transaction, "intake-poison", item,
            "Workers died while this was encrypted: look at the file; it is held and tried again next night.",
            services.Clock.GetUtcNow(), cancellation);
    }

    private static Task<IReadOnlyList<FeedFault>> FaultsAsync(
        StoreContext context, string sql, CancellationToken cancellation, params object?[] parameters) =>
        Sql.QueryAsync(
            context.Connection, context.Transaction, sql,
            row => new FeedFault(row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetString(3), row.GetString(4)),
            cancellation, parameters);

    private static Task<int> ExecuteAsync(
        StoreContext context, string sql, CancellationToken cancellation, params object?[] parameters) =>
        Sql.ExecuteAsync(context.Connection, context.Transaction, sql, cancellation, parameters);

    private sealed record Arrivals(
        ItemResults<CheckedFeed> Register,
        ItemResults<CheckedFeed> Events,
        ItemResults<CheckedFeed> Online,
        ItemResults<CheckedFeed> Scans,
        IReadOnlyList<(string Name, string Sha256)> Answers);
}
