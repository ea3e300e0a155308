using Dapper;
using MyNumber.Batch;
using MyNumber.Batch.Database;

namespace MyNumber.Tests.Integration.Cards;

/// <summary>R36 through validation, selection and orders: who moved, and what was received before and after.</summary>
public sealed partial class OneNightTests
{
    [Fact]
    public async Task R36_what_was_received_on_the_day_of_the_move_is_ordered_again_for_where_its_applicant_lives()
    {
        var services = NightServices.Create(new Home(_folder), _database.DataSource, new Policy(), TimeProvider.System);
        await PrepareAsync();
        await SendAsync(services, 1, "R1", 1, new DateOnly(1990, 6, 15));
        await RunAsync(services, 1);
        Assert.Equal("F-1 F-1 ordered 131016", await CardsAsync());

        // The register's feed comes after the order.
        await MoveAsync("R1", "2026-11-24");
        await RunAsync(services, 2);
        Assert.Equal("ordered", await StatesAsync());
        Assert.Equal("F-1 F-1 void 131016, F-1-2 F-1 ordered 271004", await CardsAsync());
        Assert.Equal(
            $"F-1-2,R1,{Id(1)},F-1-2.jpg,0,1,1",
            (await File.ReadAllLinesAsync(
                Path.Combine(_folder, "outbox", "card-orders", "TEST-20261124-card-order-002", "orders.csv")))[1]);
        Assert.Equal(
            Jpeg, await File.ReadAllBytesAsync(
                Path.Combine(_folder, "outbox", "card-orders", "TEST-20261124-card-order-002", "F-1-2.jpg")));

        // The first card comes to the old municipality all the same, the second is picked up at the new one.
        await EventAsync("e1", "card-arrived", "F-1", "K1=2026-11-24", "");
        await EventAsync("e2", "card-arrived", "F-1-2", "K2=2026-11-24", "271004");
        await EventAsync("e3", "card-delivered", "K2", "", "271004");
        await RunAsync(services, 3);
        Assert.Equal("issued", await StatesAsync());
        Assert.Equal("F-1 F-1 void 131016, F-1-2 F-1 delivered 271004", await CardsAsync());
    }

    [Fact]
    public async Task R36_what_was_received_before_the_move_is_void_with_its_card()
    {
        var services = NightServices.Create(new Home(_folder), _database.DataSource, new Policy(), TimeProvider.System);
        await PrepareAsync();
        await SendAsync(services, 1, "R1", 1, new DateOnly(1990, 6, 15));
        await ExecuteAsync("UPDATE application SET received_on = '2026-11-22'");
        await RunAsync(services, 1);
        await MoveAsync("R1", "2026-11-23");
        await RunAsync(services, 2);
        Assert.Equal("void", await StatesAsync());
        Assert.Equal("F-1 F-1 void 131016", await CardsAsync());
    }

    [Fact]
    public async Task R36_a_second_order_takes_no_name_that_another_application_has()
    {
        var services = NightServices.Create(new Home(_folder), _database.DataSource, new Policy(), TimeProvider.System);
        await PrepareAsync();
        await SendAsync(services, 1, "R1", 1, new DateOnly(1990, 6, 15));
        await ExecuteAsync(
            """
            INSERT INTO application (key, channel, received_on, submitted_at, feed, row, state, state_on, to_validate)
            VALUES ('F-1-2', 'online', '2026-11-24', '2026-11-24T00:00:00Z', 'F-1', 2, 'rejected', '2026-11-24', false)
            """);
        await RunAsync(services, 1);
        await MoveAsync("R1", "2026-11-24");
        await RunAsync(services, 2);
        Assert.Equal("F-1 F-1 void 131016, F-1-3 F-1 ordered 271004", await CardsAsync());

        // And a third time: what was ordered before is counted.
        await MoveAsync("R1", "2026-11-24", "011002");
        await RunAsync(services, 3);
        Assert.Equal("F-1 F-1 void 131016, F-1-3 F-1 void 271004, F-1-4 F-1 ordered 011002", await CardsAsync());
    }

    // As a register feed leaves it.
    private Task MoveAsync(string resident, string on, string municipality = "271004") => ExecuteAsync(
        $"""
        INSERT INTO municipality VALUES ('{municipality}', '大阪市', '大阪府', 'a', 'b', 'c', 1, 3, false, NULL) ON CONFLICT DO NOTHING;
        INSERT INTO residence (resident_id, registered_on, municipality_code, postal_code, address, household_id, household_head, noted_on)
        SELECT resident_id, registered_on, municipality_code, postal_code, address, household_id, household_head, first_seen_on
        FROM resident WHERE resident_id = '{resident}' ON CONFLICT DO NOTHING;
        INSERT INTO residence (resident_id, registered_on, municipality_code, postal_code, address, household_id, household_head, noted_on)
        VALUES ('{resident}', '{on}', '{municipality}', '', '', '', '', '2026-11-24')
        ON CONFLICT (resident_id, registered_on) DO UPDATE SET municipality_code = excluded.municipality_code;
        UPDATE resident SET municipality_code = '{municipality}', registered_on = '{on}' WHERE resident_id = '{resident}';
        INSERT INTO register_change (resident_id, kind, business_date) VALUES ('{resident}', 'moved', '2026-11-24')
        ON CONFLICT (resident_id, kind, business_date) DO UPDATE SET applied = false
        """);

    private Task EventAsync(string id, string kind, string subject, string value, string municipality) => ExecuteAsync(
        $"""
        INSERT INTO event (event_id, feed, row, occurred_at, kind, municipality_code, subject, value, note)
        VALUES ('{id}', 'e', 1, '2026-11-24T09:00:00+09:00', '{kind}', '{municipality}', '{subject}', '{value}', '')
        """);

    private async Task<string> CardsAsync()
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        return string.Join(", ", await connection.QueryAsync<string>(
            "SELECT ref || ' ' || application_key || ' ' || state || ' ' || municipality_code FROM card ORDER BY ref"));
    }
}
