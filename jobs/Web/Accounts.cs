using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using MyNumber.Batch.Runs;
using Npgsql;

namespace MyNumber.Jobs.Web;

/// <summary>A local account.</summary>
/// <param name="Person">Its name; stands in the audit table.</param>
/// <param name="Role">One of <see cref="Roles.All"/>.</param>
/// <param name="OneTime">The password was given by somebody else and must be changed first.</param>
/// <param name="Disabled">Cannot sign in any more.</param>
public sealed record Account(string Person, string Role, bool OneTime, bool Disabled);

/// <summary>Local accounts of the pages, for where no OpenID Connect provider is configured.</summary>
/// <param name="database">The home's database.</param>
/// <param name="clock">For the audit table.</param>
public sealed class Accounts(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Fewest characters of a password that a person chooses.</summary>
    public const int PasswordLengthMin = 12;

    /// <summary>The account that the first start makes.</summary>
    public const string FirstPerson = "admin";

    private const string OneTimeAlphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789";
    private const int OneTimeLength = 16;

    private static readonly PasswordHasher<string> Hasher = new();

    // Somebody who does not exist takes as long as somebody who does.
    private static readonly string Nobody = Hasher.HashPassword("", RandomNumberGenerator.GetString(OneTimeAlphabet, OneTimeLength));

    /// <summary>Makes the first account where there is none.</summary>
    /// <returns>Its one-time password, to be shown once; null where accounts exist.</returns>
    public async Task<string?> FirstStartAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("SELECT count(*) FROM account");
        return (long)(await command.ExecuteScalarAsync(cancellation))! > 0
            ? null
            : await AddAsync(FirstPerson, Roles.Operator, "first-start", "No account existed.", cancellation);
    }

    /// <summary>Makes an account, or gives an existing one a new one-time password, role, and access again.</summary>
    /// <returns>The one-time password.</returns>
    public async Task<string> AddAsync(
        string person, string role, string by, string reason, CancellationToken cancellation)
    {
        var password = RandomNumberGenerator.GetString(OneTimeAlphabet, OneTimeLength);
        await ActAsync(
            """
            INSERT INTO account (person, password_hash, role) VALUES ($1, $2, $3)
            ON CONFLICT (person) DO UPDATE
              SET password_hash = excluded.password_hash, role = excluded.role, one_time = true, disabled = false
            """,
            [person, Hasher.HashPassword(person, password), role], by, "account-add", $"{person} as {role}", reason, cancellation);
        return password;
    }

    /// <summary>Takes a person's access away, from the next request on.</summary>
    public Task DisableAsync(string person, string by, string reason, CancellationToken cancellation) =>
        ActAsync("UPDATE account SET disabled = true WHERE person = $1", [person], by, "account-disable", person, reason, cancellation);

    /// <summary>Changes one's own password.</summary>
    public Task ChangePasswordAsync(string person, string password, CancellationToken cancellation) =>
        ActAsync(
            "UPDATE account SET password_hash = $2, one_time = false WHERE person = $1",
            [person, Hasher.HashPassword(person, password)], person, "password-change", person, "Own password.", cancellation);

    /// <summary>The account of a name and password; null where they do not fit or access was taken away.</summary>
    public async Task<Account?> SignInAsync(string person, string password, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "SELECT person, role, one_time, disabled, password_hash FROM account WHERE person = $1");
        command.Parameters.Add(new() { Value = person });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var known = await reader.ReadAsync(cancellation);
        var fits = Hasher.VerifyHashedPassword(person, known ? reader.GetString(4) : Nobody, password)
            != PasswordVerificationResult.Failed;
        return known && fits && !reader.GetBoolean(3)
            ? new Account(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), false)
            : null;
    }

    /// <summary>One account; null where there is none.</summary>
    public async Task<Account?> FindAsync(string person, CancellationToken cancellation) =>
        (await ListAsync(cancellation)).FirstOrDefault(account => account.Person == person);

    /// <summary>All accounts by name.</summary>
    public async Task<IReadOnlyList<Account>> ListAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """SELECT person, role, one_time, disabled FROM account ORDER BY person COLLATE "C" """);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var accounts = new List<Account>();
        while (await reader.ReadAsync(cancellation))
        {
            accounts.Add(new(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetBoolean(3)));
        }

        return accounts;
    }

    private async Task ActAsync(
        string sql, object[] parameters, string by, string action, string subject, string reason,
        CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var command = new NpgsqlCommand(sql, connection, transaction))
        {
            foreach (var parameter in parameters)
            {
                command.Parameters.Add(new() { Value = parameter });
            }

            await command.ExecuteNonQueryAsync(cancellation);
        }

        await Audit.WriteAsync(connection, transaction, by, action, subject, reason, clock.GetUtcNow(), cancellation);
        await transaction.CommitAsync(cancellation);
    }
}
