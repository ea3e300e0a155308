using System.Globalization;
using MyNumber.Batch;
using MyNumber.Batch.Waiting;
using Npgsql;

namespace MyNumber.Tests.Integration.Waiting;

/// <summary>R96: each cause on its last day and on the day after, by name.</summary>
public sealed class WaitingListTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Since = "2026-06-01";

    // Cause, days, what it is named by, the rows that wait since Since.
    private static IReadOnlyList<Case> Cases { get; } =
    [
        new("row-waits", 30, "ev-1", rows => rows.RunAsync($"""
            INSERT INTO feed (kind, name, sha256, state, run_id, business_date) VALUES ('events', 'monday', 'h', 'taken', 7, '{Since}');
            INSERT INTO event (event_id, feed, row, occurred_at, kind, municipality_code, subject, value, note)
            VALUES ('ev-1', 'monday', 1, '2026-05-31T10:00:00Z', 'card-delivered', '131016', 'nobody', '', '')
            """)),
        new("application-received", 1, "A", rows => rows.ApplicationAsync("A", "received", Since)),
        new("application-review", 3, "A", rows => rows.ApplicationAsync("A", "review", Since)),
        new("review-item", 3, "A", async rows =>
            {
                await rows.ApplicationAsync("A", "ordered", "2026-05-20");
                await rows.RunAsync($"""
                    INSERT INTO review_item (item, application_key, field, rule, opened_on) VALUES ('i', 'A', 'photo', 'R24', '{Since}')
                    """);
            }),
        new("value-to-key-again", 30, "A", async rows =>
            {
                await rows.ApplicationAsync("A", "issued", "2026-05-20");
                await rows.RunAsync($"""
                    INSERT INTO rekey_item (item, application_key, feed, row, side, field, rule, scanner, opened_on)
                    VALUES ('i', 'A', 'F', 1, 'front', 'phone', 'R12', 'S1', '{Since}')
                    """);
            }),
        new("application-incomplete", 90, "A", rows => rows.ApplicationAsync("A", "incomplete", Since)),
        new("application-waiting", 14, "A", rows => rows.ApplicationAsync("A", "waiting", Since)),
        new("application-selected", 1, "A", rows => rows.ApplicationAsync("A", "selected", Since)),
        new("card-ordered", 21, "A", rows => rows.CardAsync("A", "ordered", Since, "arrived_on = NULL, card_id = NULL")),
        new("card-void-not-arrived", 21, "A", rows =>
            rows.CardAsync("A", "ordered", Since, "state = 'void', arrived_on = NULL, card_id = NULL")),
        new("card-arrived", 3, "C-A", rows => rows.CardAsync("A", "arrived", Since, "state = state")),
        new("card-storage-over", 30, "C-A", rows =>
            rows.CardAsync("A", "notified", "2026-02-01", $"disposable_from = '{Since}', held = true")),
        new("disposal-approval", 30, "L1", rows => DisposalAsync(rows, "proposed")),
        new("disposal-confirmation", 30, "L1", rows => DisposalAsync(rows, "approved")),
        new("message-wanted", 1, "A", async rows =>
            {
                await rows.ApplicationAsync("A", "rejected", Since);
                await rows.RunAsync($"INSERT INTO message (application_key, number, occasion, business_date) VALUES ('A', 1, 'x', '{Since}')");
            }),
        new("drop-not-handed-over", 1, "TEST-20260601-card-order-001", rows => rows.RunAsync($"""
            INSERT INTO drop (run_id, folder, product, business_date, number, state, manifest_sha256)
            VALUES (7, 'card-orders/TEST-20260601-card-order-001', 'card-order', '{Since}', 1, 'sealed', 'x')
            """)),
        new("piece-wanted", 1, "P1-001", rows =>
            rows.PiecesAsync("sent", Since, 1, set: "state = 'wanted', drop_id = NULL, chunk = NULL, sequence = NULL")),
        new("piece-withheld", 3, "P1-001", rows => rows.PiecesAsync(
            "sent", Since, 1, set: "state = 'withheld', reason = 'missing-glyph', drop_id = NULL, chunk = NULL, sequence = NULL")),
        new("piece-sealed", 1, "TEST-20261124-issuance-notice-001/issuance-notice-001-001.pdf", rows =>
            rows.PiecesAsync("sealed", Since, 1)),
        new("piece-spoiled", 10, "TEST-20261124-issuance-notice-001/issuance-notice-001-001.pdf", rows =>
            rows.PiecesAsync("spoiled", Since, 1)),
        new("piece-not-replaced", 1, "TEST-20261124-issuance-notice-001/issuance-notice-001-001.pdf", rows =>
            rows.PiecesAsync("refused", Since, 1)),
        new("piece-lost-by-one", 3, "P1-001", async rows =>
            {
                await rows.PiecesAsync("posted", "2026-05-20", 1);
                await rows.RunAsync($"""
                    INSERT INTO approval (kind, subject, person, reason, at) VALUES ('piece-lost', 'P1-001', 'first', 'x', '{Since}T10:00:00+09:00')
                    """);
            }),
        new("answer-waits", 30, "TEST-20261124-issuance-notice-001", async rows =>
            {
                // Destroyed, says the vendor, and never that it was spoiled.
                await rows.PiecesAsync("acknowledged", Since, 1);
                await rows.RunAsync($"""
                    INSERT INTO feed (kind, name, sha256, state, run_id, business_date)
                    VALUES ('vendor', 'TEST-20261124-issuance-notice-001.destroyed', '0123456789abcdef0123', 'taken', 7, '{Since}');
                    INSERT INTO vendor_answer (feed, row, drop_name, kind, subject, day, result)
                    VALUES ('TEST-20261124-issuance-notice-001.destroyed@0123456789abcdef', 1, 'TEST-20261124-issuance-notice-001',
                      'destroyed', 'P1-001', '{Since}', 'not-yet-spoiled')
                    """);
            }),
    ];

    public static TheoryData<string> Causes => [.. Cases.Select(one => one.Cause)];

    [Theory]
    [MemberData(nameof(Causes))]
    public async Task R96_what_waits_is_late_on_the_day_after_its_last_one_and_is_named(string cause)
    {
        var (_, days, name, arrange) = Cases.Single(one => one.Cause == cause);
        Assert.Equal(days, WaitingCauses.All.Single(one => one.Name == cause).Days.Count(new Policy()));
        await using var rows = await Arranged.BeginAsync(database);
        await arrange(rows);
        var since = DateOnly.Parse(Since, CultureInfo.InvariantCulture);
        Assert.Null(await rows.LateAsync(cause, since.AddDays(days)));

        var late = (await rows.LateAsync(cause, since.AddDays(days + 1)))!;
        Assert.Equal((1, since, days + 1), (late.Number, late.Oldest, late.OldestDays));
        var entry = Assert.Single(late.Entries);
        Assert.Equal((name, since, days + 1, 1L), (entry.Name, entry.Since, entry.AgeDays, entry.Number));
        Assert.Equal([new LateAge(since, days + 1, 1)], late.Ages);
    }

    [Fact]
    public void R96_every_cause_has_its_boundary_tested() => Assert.Equal(
        WaitingCauses.All.Select(cause => cause.Name).Except(["piece-sent", "piece-acknowledged"]).Order(),
        Cases.Select(one => one.Cause).Order());

    // Friday 20 November 2026; the 23rd is a holiday. Monday 28 December: the vendor rests from the 29th to 3 January.
    [Theory]
    [InlineData("piece-sent", "sent", "2026-11-24", "2026-11-25")]          // Tuesday: Wednesday is the day.
    [InlineData("piece-sent", "sent", "2026-11-20", "2026-11-24")]          // Over a weekend and a holiday.
    [InlineData("piece-sent", "sent", "2026-12-28", "2027-01-04")]          // Over the new year.
    [InlineData("piece-acknowledged", "acknowledged", "2026-11-24", "2026-11-27")]
    [InlineData("piece-acknowledged", "acknowledged", "2026-11-20", "2026-11-26")] // 24, 25, 26.
    [InlineData("piece-acknowledged", "acknowledged", "2026-12-28", "2027-01-06")] // 4, 5, 6 January.
    public async Task R96_the_vendor_is_late_after_its_own_working_days(string cause, string state, string since, string lastDay)
    {
        await using var rows = await Arranged.BeginAsync(database);
        await rows.PiecesAsync(state, since, 40);
        var last = DateOnly.Parse(lastDay, CultureInfo.InvariantCulture);
        Assert.Null(await rows.LateAsync(cause, last));

        var late = (await rows.LateAsync(cause, last.AddDays(1)))!;
        var entry = Assert.Single(late.Entries);
        Assert.Equal("TEST-20261124-issuance-notice-001/issuance-notice-001-001.pdf", entry.Name);
        Assert.Equal((40, "1-40", "131016"), (entry.Number, entry.Sequences, entry.MunicipalityCode));
        Assert.Equal(("P1-001", "P1-040"), (entry.Ids[0], entry.Ids[^1]));
    }

    [Fact]
    public async Task R96_days_on_which_the_vendor_is_closed_do_not_count()
    {
        await using var rows = await Arranged.BeginAsync(database, new Policy { VendorClosedOn = [new(2026, 11, 25)] });
        await rows.PiecesAsync("sent", "2026-11-24", 1);
        Assert.Null(await rows.LateAsync("piece-sent", new(2026, 11, 26)));
        Assert.NotNull(await rows.LateAsync("piece-sent", new(2026, 11, 27)));
    }

    [Fact]
    public async Task R96_some_pieces_of_a_file_are_named_by_their_numbers_and_many_files_by_theirs()
    {
        await using var rows = await Arranged.BeginAsync(database);
        await rows.PiecesAsync("acknowledged", "2026-06-01", 20);
        await rows.RunAsync("UPDATE piece SET state = 'posted', posted_on = '2026-06-02' WHERE sequence BETWEEN 4 AND 11 OR sequence = 13");
        await rows.PiecesAsync("acknowledged", "2026-06-02", 2, drop: 2);
        var late = (await rows.LateAsync("piece-acknowledged", new(2026, 7, 1)))!;
        Assert.Equal(13, late.Number);
        Assert.Equal(
            [("TEST-20261124-issuance-notice-001/issuance-notice-001-001.pdf", "1-3, 12, 14-20", 11),
             ("TEST-20261124-issuance-notice-002/issuance-notice-002-001.pdf", "1-2", 2)],
            late.Entries.Select(entry => (entry.Name, entry.Sequences, (int)entry.Number)));
        Assert.Equal([(30, 11L), (29, 2L)], late.Ages.Select(age => (age.AgeDays, age.Number)));
    }

    [Fact]
    public async Task R96_a_long_list_is_cut_and_still_counted()
    {
        await using var rows = await Arranged.BeginAsync(database);
        await rows.PiecesAsync("sent", Since, 250, set: "state = 'withheld', drop_id = NULL, chunk = NULL, sequence = NULL");
        var late = (await rows.LateAsync("piece-withheld", new(2026, 7, 1)))!;
        Assert.Equal((250, WaitingList.EntriesMax, 50), (late.Number, late.Entries.Count, late.EntriesLeftOff));
    }

    [Fact]
    public async Task R96_a_spoiled_piece_with_its_next_generation_waits_for_its_destruction_alone()
    {
        await using var rows = await Arranged.BeginAsync(database);
        await rows.PiecesAsync("spoiled", Since, 1);
        await rows.RunAsync("""
            INSERT INTO piece (piece_id, product, subject, occasion, generation, replaces, state, document, resident_id,
              municipality_code, wanted_on, state_on, drop_id, posted_on)
            SELECT 'P2', product, subject, occasion, 2, piece_id, 'posted', document, resident_id, municipality_code, wanted_on,
              state_on, drop_id, '2026-06-03' FROM piece
            """);
        Assert.Equal(["piece-spoiled"], (await rows.AllAsync(new(2027, 6, 1))).Select(late => late.Cause));
        await rows.RunAsync("UPDATE piece SET state = 'destroyed' WHERE piece_id = 'P1-001'");
        Assert.Empty(await rows.AllAsync(new(2027, 6, 1)));
    }

    [Fact]
    public async Task R96_a_card_arrived_says_why_it_has_no_notice_and_one_whose_notice_is_in_print_is_not_listed_here()
    {
        await using var rows = await Arranged.BeginAsync(database);
        await rows.CardAsync("A", "arrived", "2024-06-01", "state = state", resident: "R2"); // No pick-up details there.
        await rows.CardAsync("B", "arrived", "2024-06-01", "state = state");
        await rows.RunAsync("UPDATE resident SET municipality_code = '271004' WHERE resident_id = 'R1'");
        var late = (await rows.LateAsync("card-arrived", new(2026, 6, 1)))!;
        Assert.Equal(
            [("C-A", "no-pickup-details", 730), ("C-B", "holder-moved", 730)],
            late.Entries.Select(entry => (entry.Name, entry.Detail, entry.AgeDays)));
        await rows.PiecesAsync("posted", "2026-05-30", 2, set: "state = 'suppressed', subject = 'A', occasion = piece_id");
        Assert.Equal(2, (await rows.LateAsync("card-arrived", new(2026, 6, 1)))!.Number);
        await rows.RunAsync("UPDATE piece SET state = 'acknowledged' WHERE sequence = 1");
        Assert.Equal("C-B", Assert.Single((await rows.LateAsync("card-arrived", new(2026, 6, 1)))!.Entries).Name);
    }

    [Fact]
    public async Task R96_a_row_whose_day_lies_ahead_is_named_with_its_reason_and_a_planned_move_waits_for_nobody()
    {
        await using var rows = await Arranged.BeginAsync(database);
        await rows.RunAsync($"""
            INSERT INTO feed (kind, name, sha256, state, run_id, business_date) VALUES ('online', 'monday', 'h', 'taken', 7, '{Since}');
            INSERT INTO waiting_application (key, channel, received_on, submitted_at, feed, row)
            VALUES ('monday-1', 'online', '2027-01-05', '2027-01-05T01:00:00Z', 'monday', 1);
            INSERT INTO residence (resident_id, registered_on, municipality_code, postal_code, address, household_id, household_head, noted_on)
            VALUES ('R1', '2027-01-05', '271004', '5300001', '大阪市北区　1', 'H9', '山田 太郎', '{Since}');
            INSERT INTO register_change (resident_id, kind, business_date) VALUES ('R1', 'moved', '2027-01-05')
            """);
        var late = (await rows.LateAsync("row-waits", new(2026, 12, 1)))!;
        var entry = Assert.Single(late.Entries);
        Assert.Equal(("monday-1", "online day-to-come"), (entry.Name, entry.Detail));
    }

    [Fact]
    public async Task R96_an_incomplete_application_of_somebody_who_has_applied_anew_is_waited_for_no_more()
    {
        await using var rows = await Arranged.BeginAsync(database);
        await rows.ApplicationAsync("A", "incomplete", Since);
        await rows.ApplicationAsync("B", "ordered", "2026-06-20");
        await rows.ApplicationAsync("C", "incomplete", Since, resident: "R2");
        await rows.ApplicationAsync("D", "rejected", "2026-06-20", resident: "R2");
        Assert.Equal("C", Assert.Single((await rows.LateAsync("application-incomplete", new(2026, 12, 1)))!.Entries).Name);
    }

    // Every state that the database allows is watched, or says why nobody waits for it.
    [Fact]
    public async Task R96_no_state_of_anything_waits_unseen()
    {
        var known = new List<string>();
        await using (var command = database.DataSource.CreateCommand("""
            SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE contype = 'c' AND pg_get_constraintdef(oid) LIKE 'CHECK ((state = ANY (ARRAY[%'
              AND conrelid::regclass::text IN ('application', 'card', 'piece', 'drop', 'disposal_list', 'disposal_item',
                'review_item', 'rekey_item', 'event', 'vendor_answer', 'message')
            """))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                known.AddRange(System.Text.RegularExpressions.Regex.Matches(reader.GetString(1), "'([a-z-]+)'")
                    .Select(state => $"{reader.GetString(0)}.{state.Groups[1].Value}"));
            }
        }

        Assert.Equal(11, known.Select(state => state.Split('.')[0]).Distinct().Count());
        var watched = WaitingCauses.All.SelectMany(cause => cause.States).ToHashSet();
        Assert.Empty(known.Except(watched).Except(WaitingCauses.Final.Keys)); // Would wait unseen.
        Assert.Empty(watched.Except(known));
        Assert.Empty(watched.Intersect(WaitingCauses.Final.Keys));
    }

    private sealed record Case(string Cause, int Days, string Name, Func<Arranged, Task> Arrange);

    private static async Task DisposalAsync(Arranged rows, string state)
    {
        await rows.CardAsync("A", $"disposal-{state}", "2026-02-01", "state = state");
        await rows.RunAsync($"""
            INSERT INTO disposal_list (list_id, run_id, municipality_code, business_date, number, state)
            VALUES ('L1', 7, '131016', '{Since}', 1, '{state}');
            INSERT INTO disposal_item (list_id, card_ref, storage_began, storage_ended, state_before, state)
            VALUES ('L1', 'A', '2026-02-01', '2026-05-01', 'notified', '{state}')
            """);
    }
}
