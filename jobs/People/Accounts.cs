using MyNumber.Batch.People;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Auditing;
using Npgsql;

namespace MyNumber.Jobs.People;

/// <summary>What came of a name and a password.</summary>
public enum PasswordOutcome
{
    /// <summary>They fit.</summary>
    Fits,

    /// <summary>They do not, or the account has no access.</summary>
    Wrong,

    /// <summary>Too many wrong ones: this one was not looked at.</summary>
    TooMany,
}

/// <summary>
/// Local accounts: of the command line everywhere, of the pages where no OpenID Connect provider is configured. How they are
/// made and changed: AccountChanges.cs.
/// </summary>
/// <param name="clock">For the audit table and the guess guard.</param>
public sealed partial class Accounts(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Fewest characters of a password that a person chooses.</summary>
    public const int PasswordLengthMin = 12;

    /// <summary>Most characters of one.</summary>
    public const int PasswordLengthMax = 200;

    /// <summary>Wrong passwords in a row that are looked at without a pause.</summary>
    public const int WrongMax = 10;

    /// <summary>The account that the first start of `serve` makes.</summary>
    public const string FirstPerson = "admin";

    /// <summary>After so many wrong ones: how long until the next is looked at.</summary>
    public static readonly TimeSpan OneMoreAfter = TimeSpan.FromMinutes(1);

    private const string AccountSql = "SELECT id, person, roles, one_time, disabled, version FROM account";

    /// <summary>Makes the first account where there is none.</summary>
    /// <returns>Its one-time password, to be shown once; null where accounts exist.</returns>
    public async Task<string?> FirstStartAsync(CancellationToken cancellation) => await AnyAsync(cancellation)
        ? null
        : (await ChangeAsync(
            new(AccountAct.Add, FirstPerson, [Roles.Operator]), null, "No account existed.", Proof.Named, cancellation)).Secret;

    /// <summary>Changes one's own password.</summary>
    /// <exception cref="OperatorRefusedException">The new one cannot be taken.</exception>
    public async Task ChangePasswordAsync(string person, string password, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(password);
        if (password.Length is < PasswordLengthMin or > PasswordLengthMax || password.Any(char.IsControl))
        {
            throw new OperatorRefusedException(
                $"Take {PasswordLengthMin} characters or more, in one line; a sentence is fine.");
        }

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var own = await HashesAsync(connection, transaction, person, cancellation);
        if (own is not { } old || Passwords.Fits(old.First, old.Second, password))
        {
            throw new OperatorRefusedException("Take another one than the one you had.");
        }

        await ExecuteAsync(
            connection, transaction,
            """
            UPDATE account SET password_hash = $2, second_hash = NULL, one_time = false, version = version + 1, wrong = 0
            WHERE id = $1
            """,
            cancellation, old.Account.Id, Passwords.Hash(password));
        await Audit.WriteAsync(
            connection, transaction, old.Account.Person, "password-change", old.Account.Person, "Own password.", clock.GetUtcNow(),
            cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>
    /// Whether a name and a password fit. Wrong ones in a row are counted with the account, so that neither another process
    /// nor another place starts anew.
    /// </summary>
    public async Task<(PasswordOutcome Outcome, Account? Account)> CheckAsync(
        string? person, string? password, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var found = await HashesAsync(connection, transaction, person, cancellation);
        var now = clock.GetUtcNow();
        if (found is { Wrong: >= WrongMax, WrongAt: { } at } && now < at + OneMoreAfter)
        {
            return (PasswordOutcome.TooMany, null);
        }

        var typed = (password ?? "")[..Math.Min(password?.Length ?? 0, PasswordLengthMax)];
        var fits = Passwords.Fits(found?.First, found?.Second, typed);
        if (found is not { } own)
        {
            return (PasswordOutcome.Wrong, null);
        }

        await ExecuteAsync(
            connection, transaction, "UPDATE account SET wrong = CASE WHEN $2 THEN 0 ELSE wrong + 1 END, wrong_at = $3 WHERE id = $1",
            cancellation, own.Account.Id, fits, now);
        if (!fits && own.Wrong + 1 == WrongMax)
        {
            await Alerts.RaiseAsync(
                connection, transaction, "password-guessed", $"account {own.Account.Person}",
                $"{WrongMax} wrong passwords in a row were given for the account {own.Account.Person}. Ask its person; if it was "
                + "somebody else, find out from where, and `account reset` it.",
                now, cancellation);
        }

        await transaction.CommitAsync(cancellation);
        return fits && !own.Account.Disabled ? (PasswordOutcome.Fits, own.Account) : (PasswordOutcome.Wrong, null);
    }

    /// <summary>One account, however its name is typed; null where there is none.</summary>
    public async Task<Account?> FindAsync(string? person, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await HashesAsync(connection, null, person, cancellation))?.Account;
    }

    /// <summary>All accounts by name.</summary>
    public async Task<IReadOnlyList<Account>> ListAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"""{AccountSql} ORDER BY person COLLATE "C" """);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var accounts = new List<Account>();
        while (await reader.ReadAsync(cancellation))
        {
            accounts.Add(Read(reader));
        }

        return accounts;
    }

    private async Task<bool> AnyAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("SELECT EXISTS (SELECT FROM account)");
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task<Stored?> HashesAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, string? person, CancellationToken cancellation)
    {
        var name = await PersonName.ReadAsync(connection, transaction, person, cancellation);
        await using var command = new NpgsqlCommand(
            $"""
            SELECT id, person, roles, one_time, disabled, version, password_hash, second_hash, wrong, wrong_at FROM account
            WHERE person = $1 {(transaction is null ? "" : "FOR UPDATE")}
            """,
            connection, transaction)
        {
            Parameters = { new() { Value = name.Plain } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new Stored(
                Read(reader), reader.GetString(6), reader.IsDBNull(7) ? null : reader.GetString(7), reader.GetInt32(8),
                reader.IsDBNull(9) ? null : reader.GetFieldValue<DateTimeOffset>(9))
            : null;
    }

    private static Account Read(NpgsqlDataReader reader)
    {
        var roles = reader.GetFieldValue<string[]>(2);
        return new(
            reader.GetInt64(0), reader.GetString(1), [.. Roles.All.Where(roles.Contains)], reader.GetBoolean(3),
            reader.GetBoolean(4), reader.GetInt32(5));
    }

    private static async Task<int> ExecuteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, CancellationToken cancellation,
        params object?[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { Value = parameter ?? DBNull.Value });
        }

        return await command.ExecuteNonQueryAsync(cancellation);
    }

    private sealed record Stored(Account Account, string First, string? Second, int Wrong, DateTimeOffset? WrongAt);
}
