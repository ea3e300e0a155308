using Dapper;
using MyNumber.Batch;
using MyNumber.Batch.Lifecycle;
using MyNumber.Batch.Runs.Engine;
using Npgsql;

namespace MyNumber.Tests.Integration.Cards;

/// <summary>Events and register changes on real rows: what they write, that they are applied once, what is kept.</summary>
public sealed class EventTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly DateOnly Date = new(2026, 12, 10);

    [Fact]
    public async Task A_card_arrives_is_suspended_renewed_and_given_back()
    {
        await using var world = await World.OpenAsync(database);
        await world.EventAsync("e2", "2026-12-09T10:00:00+09:00", "card-delivered", "C1", "");
        await world.EventAsync("e1", "2026-12-08T10:00:00+09:00", "card-arrived", "A1", "C1=2026-12-01");
        await world.EventAsync("e3", "2026-12-09T11:00:00+09:00", "certificate-renewed", "C1", "user=2032-01-05");
        await world.ApplyAsync();

        var card = await world.CardAsync("A1");
        Assert.Equal("delivered", card.State);
        Assert.Equal(new DateOnly(2026, 12, 8), card.ArrivedOn);
        Assert.Equal(new DateOnly(2036, 6, 15), card.ValidUntil);
        Assert.Equal(new DateOnly(2031, 6, 15), card.SignatureUntil);
        Assert.Equal(new DateOnly(2032, 1, 5), card.UserUntil);
        Assert.Equal("issued", await world.ApplicationAsync("A1"));
        Assert.Equal("void", (await world.CardAsync("OLD")).State); // The card it replaces.

        // Applied once: a second round finds nothing pending.
        var history = await world.CountAsync("history");
        await world.ApplyAsync();
        Assert.Equal(history, await world.CountAsync("history"));
    }

    [Fact]
    public async Task An_event_waits_for_its_subject_and_an_unknown_kind_is_kept()
    {
        await using var world = await World.OpenAsync(database);
        await world.EventAsync("e1", "2026-12-08T10:00:00+09:00", "card-delivered", "C1", "");
        await world.EventAsync("e2", "2026-12-08T10:00:00+09:00", "card-polished", "C1", "");
        await world.EventAsync("e3", "2026-12-08T10:00:00+09:00", "card-arrived", "A1", "nonsense");
        await world.ApplyAsync();
        Assert.Equal(("pending", null), await world.EventAsync("e1"));
        Assert.Equal(("kept", "kind-unknown"), await world.EventAsync("e2"));
        Assert.Equal(("kept", "value-unusable"), await world.EventAsync("e3"));
        Assert.Equal("ordered", (await world.CardAsync("A1")).State);
    }

    [Fact]
    public async Task A_cancelled_order_voids_its_card_which_still_arrives()
    {
        await using var world = await World.OpenAsync(database);
        await world.EventAsync("e1", "2026-12-08T09:00:00+09:00", "application-cancelled", "A1", "");
        await world.EventAsync("e2", "2026-12-08T10:00:00+09:00", "card-arrived", "A1", "C1=2026-12-01");
        await world.EventAsync("e3", "2026-12-08T11:00:00+09:00", "card-delivered", "C1", "");
        await world.ApplyAsync();
        Assert.Equal("cancelled", await world.ApplicationAsync("A1"));
        var card = await world.CardAsync("A1");
        Assert.Equal(("void", true), (card.State, card.InDispute));
        Assert.Equal(new DateOnly(2026, 12, 8), card.ArrivedOn); // Its storage is counted from here (R45).
        Assert.Equal(("kept", "card-in-dispute"), await world.EventAsync("e3"));
    }

    [Fact]
    public async Task What_is_registered_for_an_Application_ID_holds_for_an_application_that_comes_later()
    {
        await using var world = await World.OpenAsync(database);
        var id = new string('7', 23);
        await world.FormAsync(id);
        await world.EventAsync("e1", "2026-12-08T09:00:00+09:00", "photo-exempted", id, "");
        await world.ApplyAsync();
        Assert.Equal(("pending", null), await world.EventAsync("e1"));
        await world.ExecuteAsync(
            $"""
            INSERT INTO application (key, channel, received_on, submitted_at, feed, row, application_id, state_on)
            VALUES ('F-1', 'online', '2026-12-09', '2026-12-09T01:00:00Z', 'F', 1, '{id}', '2026-12-09')
            """);
        await world.ApplyAsync();
        Assert.Equal(("applied", "applied"), await world.EventAsync("e1"));
        Assert.Equal(1, await world.CountAsync("application WHERE photo_exempted"));
    }

    [Fact]
    public async Task R16_the_application_that_goes_on_is_cancelled_not_the_one_that_ended_incomplete()
    {
        await using var world = await World.OpenAsync(database);
        var id = new string('7', 23);
        await world.FormAsync(id);
        await world.ExecuteAsync(
            $"""
            INSERT INTO application (key, channel, received_on, submitted_at, feed, row, application_id, state_on, state)
            VALUES ('F-1', 'online', '2026-12-01', '2026-12-01T01:00:00Z', 'F', 1, '{id}', '2026-12-01', 'incomplete'),
              ('F-2', 'online', '2026-12-02', '2026-12-02T01:00:00Z', 'F', 2, '{id}', '2026-12-02', 'selected')
            """);
        await world.EventAsync("e1", "2026-12-08T09:00:00+09:00", "application-cancelled", id, "");
        await world.ApplyAsync();
        Assert.Equal("incomplete", await world.ApplicationAsync("F-1"));
        Assert.Equal("cancelled", await world.ApplicationAsync("F-2"));
        // Once more: now the incomplete one is all that is left to cancel; then nothing is.
        await world.EventAsync("e2", "2026-12-09T09:00:00+09:00", "application-cancelled", id, "");
        await world.EventAsync("e3", "2026-12-09T10:00:00+09:00", "application-cancelled", id, "");
        await world.ApplyAsync();
        Assert.Equal("cancelled", await world.ApplicationAsync("F-1"));
        Assert.Equal(("kept", "cancelled-already"), await world.EventAsync("e3"));
    }

    [Fact]
    public async Task An_event_changes_nothing_of_a_card_but_what_it_says()
    {
        await using var world = await World.OpenAsync(database);
        await world.ExecuteAsync(
            """
            UPDATE card SET issued_on = '2018-01-02', arrived_on = '2018-01-03', signature_certificate_until = '2023-01-05',
              user_certificate_until = '2023-01-06', ends_with_stay = true, held = true, extended_until = '2018-06-07',
              replacement_approved = true, pickup_deadline = '2018-06-08', notice_reissue_requested_on = '2018-03-09'
            WHERE ref = 'OLD'
            """);
        var before = await world.RowAsync("to_jsonb(card) - 'suspended' - 'base'", "card WHERE ref = 'OLD'");
        await world.EventAsync("e1", "2026-12-08T10:00:00+09:00", "card-suspended", "OLD", "");
        await world.ApplyAsync();
        Assert.Equal("true", await world.RowAsync("suspended", "card WHERE ref = 'OLD'"));
        Assert.Equal(before, await world.RowAsync("to_jsonb(card) - 'suspended' - 'base'", "card WHERE ref = 'OLD'"));
    }

    [Fact]
    public async Task R40_a_card_ends_with_the_stay_and_has_the_certificate_that_was_ordered()
    {
        await using var world = await World.OpenAsync(database);
        await world.ExecuteAsync(
            """
            UPDATE resident SET stay_until = '2029-03-31' WHERE resident_id = 'R1';
            UPDATE card SET user_certificate = false WHERE ref = 'A1';
            """);
        await world.EventAsync("e1", "2026-12-08T10:00:00+09:00", "card-arrived", "A1", "C1=2026-12-01");
        await world.ApplyAsync();
        var card = await world.CardAsync("A1");
        Assert.Equal(
            (new DateOnly(2029, 3, 31), new DateOnly(2029, 3, 31), (DateOnly?)null),
            (card.ValidUntil, card.SignatureUntil, card.UserUntil));
    }

    [Fact]
    public async Task R42_a_piece_that_was_posted_comes_back_and_one_that_was_not_waits()
    {
        await using var world = await World.OpenAsync(database);
        await world.ExecuteAsync(
            """
            INSERT INTO run (kind, business_date, scope, cut_off, opened_at, state)
            VALUES ('night', '2026-12-01', '', now(), now(), 'complete');
            INSERT INTO drop (run_id, folder, product, business_date, number)
            SELECT max(id), 'print/d', 'issuance-notice', '2026-12-01', 1 FROM run;
            INSERT INTO piece (piece_id, product, subject, occasion, generation, state, document, municipality_code, wanted_on,
              state_on, posted_on, drop_id)
            SELECT id, 'issuance-notice', id, 'first', 1, state, 'd', '131016', '2026-12-01', '2026-12-01', posted_on,
              (SELECT max(id) FROM drop)
            FROM (VALUES ('P1', 'posted', '2026-12-02'::date), ('P2', 'sent', NULL)) AS new (id, state, posted_on)
            """);
        await world.EventAsync("e1", "2026-12-08T10:00:00+09:00", "piece-returned", "P1", "");
        await world.EventAsync("e2", "2026-12-08T10:00:00+09:00", "piece-returned", "P2", "");
        await world.ApplyAsync();
        Assert.Equal("returned 2026-12-10", await world.RowAsync("state || ' ' || state_on", "piece WHERE piece_id = 'P1'"));
        Assert.Equal("sent", await world.RowAsync("state", "piece WHERE piece_id = 'P2'"));
        Assert.Equal(("pending", null), await world.EventAsync("e2"));
    }

    [Fact]
    public async Task R46_two_events_of_one_night_leave_no_line_of_a_disposal_list_open()
    {
        await using var world = await World.OpenAsync(database);
        await world.ExecuteAsync(
            """
            INSERT INTO run (kind, business_date, scope, cut_off, opened_at, state)
            VALUES ('night', '2026-12-09', '', now(), now(), 'complete');
            UPDATE card SET card_id = 'C1', state = 'disposal-approved', pickup_deadline = '2026-12-01' WHERE ref = 'A1';
            INSERT INTO disposal_list (list_id, run_id, municipality_code, business_date, number, state)
            SELECT 'L1', max(id), '131016', '2026-12-09', 1, 'approved' FROM run;
            INSERT INTO disposal_item VALUES ('L1', 'A1', '2026-08-01', '2026-12-01', 'notified', 'approved')
            """);
        await world.EventAsync("e1", "2026-12-10T10:00:00+09:00", "storage-held", "C1", "");
        await world.EventAsync("e2", "2026-12-10T11:00:00+09:00", "storage-extended", "C1", "2027-01-31");
        await world.ApplyAsync();
        Assert.Equal("notified", (await world.CardAsync("A1")).State);
        Assert.Equal("withdrawn", await world.RowAsync("state", "disposal_item WHERE list_id = 'L1'"));
    }

    [Fact]
    public async Task R45_a_second_extension_never_shortens_the_first()
    {
        await using var world = await World.OpenAsync(database);
        await world.EventAsync("e1", "2026-12-08T10:00:00+09:00", "card-arrived", "A1", "C1=2026-12-01");
        await world.EventAsync("e2", "2026-12-08T11:00:00+09:00", "storage-extended", "C1", "2027-06-30");
        await world.EventAsync("e3", "2026-12-08T12:00:00+09:00", "storage-extended", "C1", "2027-05-31");
        await world.ApplyAsync();
        Assert.Equal(1, await world.CountAsync("card WHERE extended_until = '2027-06-30' AND pickup_deadline = '2027-06-30'"));
    }

    [Fact]
    public async Task A_move_before_pick_up_voids_application_and_card()
    {
        await using var world = await World.OpenAsync(database);
        await world.MoveAsync("2026-12-08");
        await world.ApplyAsync();
        Assert.Equal("void", await world.ApplicationAsync("A1"));
        Assert.Equal("void", (await world.CardAsync("A1")).State);
        Assert.Equal("delivered", (await world.CardAsync("OLD")).State); // A card in use moves with its holder.
        Assert.Equal(1, await world.CountAsync("history WHERE subject_kind = 'application' AND why = 'R36'"));
        await world.ApplyAsync();
        Assert.Equal(1, await world.CountAsync("history WHERE subject_kind = 'application' AND why = 'R36'"));
    }

    [Fact]
    public async Task R36_a_card_picked_up_in_the_morning_is_delivered_though_a_move_is_told_the_same_night()
    {
        await using var world = await World.OpenAsync(database);
        await world.EventAsync("e1", "2026-12-08T09:00:00+09:00", "card-arrived", "A1", "C1=2026-12-01");
        await world.EventAsync("e2", "2026-12-10T09:00:00+09:00", "card-delivered", "C1", "");
        await world.MoveAsync("2026-12-10");
        await world.ApplyAsync();
        var card = await world.CardAsync("A1");
        Assert.Equal(("delivered", false), (card.State, card.InDispute));
        Assert.Equal("issued", await world.ApplicationAsync("A1"));
        Assert.Equal("void", (await world.CardAsync("OLD")).State); // The one that it replaces.
    }

    [Theory]
    [InlineData("2026-12-08T23:59:59+09:00", "delivered", false, "issued")]  // The day before the move.
    [InlineData("2026-12-09T10:00:00+09:00", "delivered", false, "issued")]  // The day itself.
    [InlineData("2026-12-10T00:00:00+09:00", "void", true, "void")]          // The day after: people must look.
    public async Task R36_a_delivery_that_is_told_nights_after_the_move_counts_on_its_own_day(
        string at, string state, bool inDispute, string application)
    {
        await using var world = await World.OpenAsync(database);
        await world.EventAsync("e1", "2026-12-07T09:00:00+09:00", "card-arrived", "A1", "C1=2026-12-01");
        await world.MoveAsync("2026-12-09");
        await world.ApplyAsync();
        Assert.Equal("void", (await world.CardAsync("A1")).State);
        Assert.Equal("void", await world.ApplicationAsync("A1"));

        await world.EventAsync("e2", at, "card-delivered", "C1", "");
        await world.ApplyAsync();
        var card = await world.CardAsync("A1");
        Assert.Equal((state, inDispute), (card.State, card.InDispute));
        Assert.Equal(application, await world.ApplicationAsync("A1"));
        Assert.Equal(state == "delivered" ? "void" : "delivered", (await world.CardAsync("OLD")).State);
        Assert.Equal(1, await world.CountAsync("history WHERE subject_kind = 'card' AND subject = 'A1' AND what = 'void'"));
    }

    [Fact]
    public async Task R34_an_application_that_had_not_ended_after_all_does_not_overtake_one_that_was_ordered_meanwhile()
    {
        await using var world = await World.OpenAsync(database);
        await world.EventAsync("e1", "2026-12-05T09:00:00+09:00", "application-cancelled", "A1", "");
        await world.ApplyAsync();
        await world.ExecuteAsync(
            """
            INSERT INTO application (key, channel, received_on, envelope, sheet, feed, row, resident_id, state, state_on)
            VALUES ('A2', 'mail', '2026-11-25', 'A', '2', 'f', 2, 'R1', 'ordered', '2026-12-09');
            INSERT INTO card (ref, order_id, resident_id, municipality_code, state, state_on, ordered_on)
            VALUES ('A2', 'A2', 'R1', '131016', 'ordered', '2026-12-09', '2026-12-09')
            """);
        // The cancelled one's card was in its holder's hands before: it is issued, and the other order stays out.
        await world.EventAsync("e2", "2026-12-03T09:00:00+09:00", "card-arrived", "A1", "C1=2026-12-01");
        await world.EventAsync("e3", "2026-12-04T09:00:00+09:00", "card-delivered", "C1", "");
        await world.ApplyAsync();
        Assert.Equal("issued", await world.ApplicationAsync("A1"));
        Assert.Equal("ordered", await world.ApplicationAsync("A2"));
        Assert.Equal(("kept", "card-was-delivered"), await world.EventAsync("e1"));
        Assert.Equal("delivered", (await world.CardAsync("A1")).State);
    }

    [Theory]
    [InlineData("card-arrived", "A1", "", true)]
    [InlineData("card-arrived", "A1", "000000", true)]
    [InlineData("card-arrived", "A1", "271004", false)]
    [InlineData("card-suspended", "OLD", "", true)]
    [InlineData("card-suspended", "OLD", "131016", true)]
    [InlineData("card-suspended", "OLD", "271004", false)]
    [InlineData("card-returned", "OLD", "", false)]
    [InlineData("card-returned", "OLD", "131016", true)]
    [InlineData("application-cancelled", "A1", "131016", true)]
    [InlineData("application-cancelled", "A1", "271004", false)]
    [InlineData("application-cancelled", "A1", "000000", false)]
    [InlineData("agent-accepted", "A1", "", false)]
    [InlineData("photo-exempted", "77777777777777777777777", "", true)]
    [InlineData("photo-exempted", "77777777777777777777777", "271004", false)]
    [InlineData("form-reissue-requested", "R1", "131016", true)]
    [InlineData("form-reissue-requested", "R1", "271004", false)]
    [InlineData("replacement-approved", "R1", "000000", false)]
    public async Task An_event_of_another_municipality_or_of_none_waits_and_changes_nothing(
        string kind, string subject, string municipality, bool takesEffect)
    {
        await using var world = await World.OpenAsync(database);
        await world.ExecuteAsync(
            """
            INSERT INTO application (key, channel, received_on, submitted_at, feed, row, application_id, resident_id, state, state_on)
            VALUES ('F-1', 'online', '2026-12-01', '2026-12-01T01:00:00Z', 'F', 1, '77777777777777777777777', 'R1', 'superseded', '2026-12-01')
            """);
        var before = await world.EverythingAsync();
        await world.EventAsync("e1", "2026-12-08T09:00:00+09:00", kind, subject,
            kind == "card-arrived" ? "C1=2026-12-01" : "", municipality);
        await world.ApplyAsync();
        Assert.Equal(takesEffect ? ("applied", "applied") : ("pending", (string?)null), await world.EventAsync("e1"));
        Assert.Equal(
            takesEffect ? null : "other-municipality", await world.RowAsync("waits_for", "event"));
        if (!takesEffect)
        {
            Assert.Equal(before, await world.EverythingAsync());
            Assert.Equal("event e1 other-municipality", await world.RowAsync("kind || ' ' || subject || ' ' || reason", "waiting_row"));
        }
    }

    [Fact]
    public async Task An_event_of_the_new_municipality_one_night_before_the_register_says_so_is_not_lost()
    {
        await using var world = await World.OpenAsync(database);
        await world.EventAsync("e1", "2026-12-09T10:00:00+09:00", "card-returned", "OLD", "", "271004");
        await world.ApplyAsync();
        Assert.Equal(("pending", null), await world.EventAsync("e1"));
        Assert.Equal("delivered", (await world.CardAsync("OLD")).State);
        await world.MoveAsync("2026-12-09");
        await world.ApplyAsync();
        Assert.Equal(("applied", "applied"), await world.EventAsync("e1"));
        Assert.Equal("void", (await world.CardAsync("OLD")).State);
    }

    [Fact]
    public async Task R47_a_disposal_is_confirmed_once_its_list_has_left_the_house_and_by_its_municipality()
    {
        await using var world = await World.OpenAsync(database);
        await world.ExecuteAsync(
            """
            INSERT INTO run (kind, business_date, scope, cut_off, opened_at, state)
            VALUES ('night', '2026-12-09', '', now(), now(), 'complete');
            UPDATE card SET card_id = 'C1', state = 'disposal-proposed', pickup_deadline = '2026-12-01' WHERE ref = 'A1';
            INSERT INTO disposal_list (list_id, run_id, municipality_code, business_date, number)
            SELECT 'L1', max(id), '131016', '2026-12-09', 1 FROM run;
            INSERT INTO disposal_item VALUES ('L1', 'A1', '2026-08-01', '2026-12-01', 'notified', 'proposed')
            """);
        await world.EventAsync("e1", "2026-12-10T09:00:00+09:00", "disposal-confirmed", "C1", "");
        await world.EventAsync("e2", "2026-12-10T08:00:00+09:00", "disposal-confirmed", "C1", "", "271004");
        await world.ApplyAsync();
        Assert.Equal("disposal-proposed", (await world.CardAsync("A1")).State);
        Assert.Equal(("pending", null), await world.EventAsync("e1"));

        await world.ExecuteAsync(
            """
            UPDATE card SET state = 'disposal-approved' WHERE ref = 'A1';
            UPDATE disposal_item SET state = 'approved';
            UPDATE disposal_list SET state = 'approved';
            INSERT INTO drop (run_id, folder, flat, product, business_date, number, state, manifest_sha256)
            SELECT max(id), 'disposals/131016', true, 'disposals-131016', '2026-12-09', 1, 'sealed', 'x' FROM run
            """);
        await world.ApplyAsync();
        Assert.Equal("disposal-approved", (await world.CardAsync("A1")).State);
        Assert.Equal("list-not-published", await world.RowAsync("waits_for", "event WHERE event_id = 'e1'"));

        await world.ExecuteAsync("UPDATE drop SET state = 'published'");
        await world.ApplyAsync();
        Assert.Equal("disposed", (await world.CardAsync("A1")).State);
        Assert.Equal(("pending", null), await world.EventAsync("e2"));
    }

    [Fact]
    public async Task R46_a_hold_of_before_the_proposal_that_comes_after_it_takes_it_back()
    {
        await using var world = await World.OpenAsync(database);
        await world.ExecuteAsync(
            """
            INSERT INTO run (kind, business_date, scope, cut_off, opened_at, state)
            VALUES ('night', '2026-12-09', '', now(), now(), 'complete');
            UPDATE card SET card_id = 'C1', state = 'disposal-proposed', pickup_deadline = '2026-12-01' WHERE ref = 'A1';
            INSERT INTO disposal_list (list_id, run_id, municipality_code, business_date, number)
            SELECT 'L1', max(id), '131016', '2026-12-09', 1 FROM run;
            INSERT INTO disposal_item VALUES ('L1', 'A1', '2026-08-01', '2026-12-01', 'notified', 'proposed')
            """);
        await world.EventAsync("e1", "2026-12-08T09:00:00+09:00", "storage-held", "C1", "");
        await world.ApplyAsync();
        Assert.Equal("notified", (await world.CardAsync("A1")).State);
        Assert.Equal("withdrawn", await world.RowAsync("state", "disposal_item"));
    }

    [Fact]
    public async Task An_event_that_fails_holds_its_resident_and_nobody_else()
    {
        await using var world = await World.OpenAsync(database, "e1");
        await world.ExecuteAsync(
            """
            INSERT INTO run (id, kind, business_date, scope, cut_off, opened_at, state)
            OVERRIDING SYSTEM VALUE VALUES (1, 'night', '2026-12-10', 'x', now(), now(), 'complete');
            INSERT INTO resident (resident_id, name, name_kana, birth_date, postal_code, address, municipality_code,
              registered_on, household_id, household_head, first_seen_on)
            VALUES ('R2', 'n', 'k', '1990-06-15', '1000001', 'a', '131016', '2020-01-01', 'H', 'h', '2026-11-24');
            INSERT INTO card (ref, card_id, resident_id, municipality_code, state, state_on)
            VALUES ('C9', 'C9', 'R2', '131016', 'delivered', '2026-11-24')
            """);
        await world.EventAsync("e1", "2026-12-08T10:00:00+09:00", "card-suspended", "OLD", "");
        await world.EventAsync("e2", "2026-12-08T11:00:00+09:00", "card-arrived", "A1", "C1=2026-12-01");
        await world.EventAsync("e3", "2026-12-08T12:00:00+09:00", "card-suspended", "C9", "");
        await world.ApplyAsync();
        Assert.Equal(("pending", null), await world.EventAsync("e1"));
        Assert.Equal(("pending", null), await world.EventAsync("e2"));
        Assert.Equal(("applied", "applied"), await world.EventAsync("e3"));
        Assert.Equal("error:ItemFaultException", await world.RowAsync("waits_for", "event WHERE event_id = 'e1'"));
        Assert.Equal("held error:ItemFaultException", await world.RowAsync("outcome || ' ' || reason", "item WHERE subject = 'e1'"));
        Assert.Equal("ordered", (await world.CardAsync("A1")).State);
    }

    [Fact]
    public async Task A_card_id_that_another_residents_card_has_is_taken()
    {
        await using var world = await World.OpenAsync(database);
        await world.ExecuteAsync(
            """
            INSERT INTO resident (resident_id, name, name_kana, birth_date, postal_code, address, municipality_code,
              registered_on, household_id, household_head, first_seen_on)
            VALUES ('R2', 'n', 'k', '1990-06-15', '1000001', 'a', '131016', '2020-01-01', 'H', 'h', '2026-11-24');
            INSERT INTO card (ref, card_id, resident_id, municipality_code, state, state_on)
            VALUES ('C9', 'C9', 'R2', '131016', 'delivered', '2026-11-24')
            """);
        await world.EventAsync("e1", "2026-12-08T10:00:00+09:00", "card-arrived", "A1", "C9=2026-12-01");
        await world.ApplyAsync();
        Assert.Equal(("kept", "card-id-is-anothers"), await world.EventAsync("e1"));
    }

    /// <summary>A resident with an ordered card and an old one, in a transaction that is rolled back.</summary>
    private sealed class World(NpgsqlConnection connection, NpgsqlTransaction transaction, string? fails) : IAsyncDisposable
    {
        public StoreContext Context { get; } = new(
            new RunInfo(1, "night", Date, ""), 0, 1, new PartInfo(0, PartAct.Plan, "", "", 1), connection, transaction)
        {
            Items = new(new EngineOptions { ItemFault = place => place.Subject == fails }, "", PartAct.Plan, unlimited: false),
        };

        public static async Task<World> OpenAsync(TestDatabase database, string? fails = null)
        {
            var connection = await database.DataSource.OpenConnectionAsync();
            var world = new World(connection, await connection.BeginTransactionAsync(), fails);
            await world.ExecuteAsync(
                """
                INSERT INTO municipality VALUES ('131016', '千代田区', '東京都', 'a', 'b', 'c', 1, 3, false, NULL);
                INSERT INTO resident (resident_id, name, name_kana, birth_date, postal_code, address, municipality_code,
                  registered_on, household_id, household_head, first_seen_on)
                VALUES ('R1', 'n', 'k', '1990-06-15', '1000001', 'a', '131016', '2020-01-01', 'H', 'h', '2026-11-24');
                INSERT INTO application (key, channel, received_on, envelope, sheet, feed, row, resident_id, state, state_on)
                VALUES ('A1', 'mail', '2026-11-24', 'A', '1', 'f', 1, 'R1', 'ordered', '2026-11-24');
                INSERT INTO card (ref, order_id, resident_id, municipality_code, state, state_on, signature_certificate,
                  user_certificate)
                VALUES ('A1', 'A1', 'R1', '131016', 'ordered', '2026-11-24', true, true);
                INSERT INTO card (ref, card_id, resident_id, municipality_code, state, state_on, valid_until)
                VALUES ('OLD', 'OLD', 'R1', '131016', 'delivered', '2026-11-24', '2028-01-01')
                """);
            return world;
        }

        public Task ApplyAsync() => Timeline.ApplyAsync(Context, new Policy(), CancellationToken.None);

        public Task ExecuteAsync(string sql) => connection.ExecuteAsync(sql, transaction: transaction);

        /// <summary>R1's form.</summary>
        public Task FormAsync(string id) => connection.ExecuteAsync(
            """
            INSERT INTO form (application_id, resident_id, kind, issued_on, printed_name, printed_address)
            VALUES (@id, 'R1', 'qr', '2026-11-01', 'n', 'a')
            """,
            new { id }, transaction);

        /// <summary>R1 is registered in Osaka from that day on, as the register says tonight.</summary>
        public Task MoveAsync(string on) => connection.ExecuteAsync(
            """
            INSERT INTO residence (resident_id, registered_on, municipality_code, postal_code, address, household_id, household_head,
              noted_on)
            VALUES ('R1', '2020-01-01', '131016', '', '', '', '', @on::date), ('R1', @on::date, '271004', '', '', '', '', @on::date);
            INSERT INTO register_change (resident_id, kind, business_date) VALUES ('R1', 'moved', '2026-12-10')
            """,
            new { on }, transaction);

        public Task EventAsync(string id, string at, string kind, string subject, string value,
            string municipality = "131016") => connection.ExecuteAsync(
            """
            INSERT INTO event (event_id, feed, row, occurred_at, kind, municipality_code, subject, value, note)
            VALUES (@id, 'e', 1, @at::timestamptz, @kind, @municipality, @subject, @value, '')
            """,
            new { id, at, kind, subject, value, municipality }, transaction);

        public Task<(string, string?)> EventAsync(string id) => connection.QuerySingleAsync<(string, string?)>(
            "SELECT state, result FROM event WHERE event_id = @id", new { id }, transaction);

        /// <summary>All that an event could change.</summary>
        public async Task<string?> EverythingAsync() => await RowAsync(
            """
            (SELECT string_agg(card::text, ' ' ORDER BY ref) FROM card) || (SELECT string_agg(application::text, ' ' ORDER BY key) FROM application)
              || (SELECT count(*) FROM history)
            """,
            "resident");

        public async Task<CardRow> CardAsync(string reference)
        {
            await using var command = new NpgsqlCommand(
                """
                SELECT state, arrived_on, valid_until, signature_certificate_until, user_certificate_until, in_dispute
                FROM card WHERE ref = $1
                """,
                connection, transaction) { Parameters = { new() { Value = reference } } };
            await using var row = await command.ExecuteReaderAsync();
            await row.ReadAsync();
            DateOnly? Day(int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateOnly>(column);
            return new CardRow(row.GetString(0), Day(1), Day(2), Day(3), Day(4), row.GetBoolean(5));
        }

        public async Task<string> ApplicationAsync(string key) => (await connection.ExecuteScalarAsync<string>(
            "SELECT state FROM application WHERE key = @key", new { key }, transaction))!;

        public async Task<string> RowAsync(string columns, string table) => (await connection.ExecuteScalarAsync<string>(
            $"SELECT ({columns})::text FROM {table}", transaction: transaction))!;

        public Task<long> CountAsync(string table) =>
            connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table}", transaction: transaction);

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }

    private sealed record CardRow(
        string State, DateOnly? ArrivedOn, DateOnly? ValidUntil, DateOnly? SignatureUntil, DateOnly? UserUntil, bool InDispute);
}
