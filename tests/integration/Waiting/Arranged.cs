using MyNumber.Batch;
using MyNumber.Batch.Waiting;
using Npgsql;

namespace MyNumber.Tests.Integration.Waiting;

/// <summary>
/// Rows as the steps leave them, in a transaction that is never committed: each test begins with a run, a municipality and
/// two residents, and nothing else.
/// </summary>
internal sealed class Arranged : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private Arranged(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (_connection, _transaction) = (connection, transaction);

    public Policy Policy { get; init; } = new();

    public static async Task<Arranged> BeginAsync(TestDatabase database, Policy? policy = null)
    {
        var connection = await database.DataSource.OpenConnectionAsync();
        var rows = new Arranged(connection, await connection.BeginTransactionAsync()) { Policy = policy ?? new Policy() };
        await rows.RunAsync("""
            INSERT INTO run (id, kind, business_date, cut_off, state, opened_at)
              OVERRIDING SYSTEM VALUE VALUES (7, 'night', '2026-01-05', now(), 'complete', now());
            INSERT INTO municipality VALUES
              ('131016', '千代田区', '東京都', '区役所1階', '東京都千代田区九段南　1-2-1', '03-0000-0000', 3, 3, false, 60),
              ('271004', '大阪市', '大阪府', '', '', '', 5, 4, true, NULL);
            INSERT INTO resident (resident_id, name, name_kana, birth_date, sex, postal_code, address, municipality_code,
              registered_on, household_id, household_head, first_seen_on)
            SELECT id, '山田 太郎', 'ヤマダ タロウ', '1980-05-01', 'M', '1000001', '東京都千代田区千代田　1-1', code,
              '2000-01-01', 'H' || id, '山田 太郎', '2026-01-05' FROM (VALUES ('R1', '131016'), ('R2', '271004')) AS new (id, code);
            """);
        return rows;
    }

    /// <summary>An application in a state since a day.</summary>
    public Task ApplicationAsync(string key, string state, string since, string? received = null, string resident = "R1") => RunAsync($"""
        INSERT INTO application (key, channel, received_on, envelope, sheet, feed, row, resident_id, state, state_on)
        VALUES ('{key}', 'mail', '{received ?? since}', 'E', '{key}', 'F', 1, '{resident}', '{state}', '{since}')
        """);

    /// <summary>A card with its order, in a state since a day.</summary>
    public async Task CardAsync(string key, string state, string since, string set, string received = "2026-01-05", string resident = "R1")
    {
        await ApplicationAsync(key, "ordered", since, received, resident);
        await RunAsync($"""
            INSERT INTO card (ref, order_id, card_id, resident_id, municipality_code, state, state_on, ordered_on, arrived_on, valid_until)
            SELECT '{key}', '{key}', 'C-{key}', resident_id, municipality_code, '{state}', '{since}', '{since}', '{since}', '2036-05-01'
            FROM resident WHERE resident_id = '{resident}';
            UPDATE card SET {set} WHERE ref = '{key}';
            """);
    }

    /// <summary>A drop of Issuance Notices with that many pieces in its file, in a state since a day.</summary>
    public Task PiecesAsync(string state, string since, int pieces, int drop = 1, string set = "state = state") => RunAsync($"""
        INSERT INTO drop (id, run_id, folder, product, business_date, number, state, manifest_sha256)
          OVERRIDING SYSTEM VALUE
          VALUES ({drop}, 7, 'print/TEST-20261124-issuance-notice-{drop:D3}', 'issuance-notice', '2026-11-24', {drop}, 'published', 'x');
        INSERT INTO piece (piece_id, product, subject, occasion, generation, state, document, resident_id, municipality_code,
          wanted_on, state_on, drop_id, sequence, chunk, posted_on)
        SELECT 'P{drop}-' || lpad(n::text, 3, '0'), 'issuance-notice', 'C' || n || '-{drop}', 'first', 1, '{state}', 'issuance-notice', 'R1',
          '131016', '{since}', '{since}', {drop}, n, 1, CASE WHEN '{state}' = 'posted' THEN '{since}'::date END
        FROM generate_series(1, {pieces}) AS n;
        UPDATE piece SET {set} WHERE drop_id = {drop};
        """);

    /// <summary>What of a cause is late as of a business date; null where nothing is.</summary>
    public async Task<LateCause?> LateAsync(string cause, DateOnly date) =>
        (await AllAsync(date)).SingleOrDefault(late => late.Cause == cause);

    public Task<IReadOnlyList<LateCause>> AllAsync(DateOnly date) =>
        WaitingList.LoadAsync(_connection, _transaction, Policy, date, CancellationToken.None);

    public Task<ServiceLevelReport> LevelAsync(DateOnly date) =>
        ServiceLevel.LoadAsync(_connection, _transaction, Policy, date, CancellationToken.None);

    public async Task RunAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _connection, _transaction);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
