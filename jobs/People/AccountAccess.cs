using MyNumber.Batch.People;
using MyNumber.Batch.Runs.Alerting;
using MyNumber.Batch.Runs.Auditing;
using Npgsql;

namespace MyNumber.Jobs.People;

/// <summary>Access is taken away by one operator, and given back by the host where no second operator is left.</summary>
public sealed partial class Accounts
{
    /// <summary>Takes a person's access away, from the next request on.</summary>
    /// <exception cref="OperatorRefusedException">There is no such account, or it is the person's own.</exception>
    public async Task<string> DisableAsync(string typed, string? by, string reason, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync(connection, transaction, "SELECT pg_advisory_xact_lock($1)", cancellation, ChangesLock);
        var settingUp = await IsSettingUpAsync(connection, transaction, cancellation);
        var account = await ExistingAsync(connection, transaction, typed, cancellation);
        var maker = await MakerAsync(connection, transaction, by, settingUp, cancellation);
        RefuseUnless(maker is null || maker.Id != account.Id, "Nobody takes their own access away: another operator does.");
        await ExecuteAsync(
            connection, transaction, "UPDATE account SET disabled = true, version = version + 1 WHERE id = $1", cancellation, account.Id);
        var asked = new Asked(new(AccountAct.Role, account.Person, account.Roles), account.Person, account, account.Roles, maker, reason);
        await EndAsync(connection, transaction, asked, account.Id, "disabled", "account-disable", account.Person, cancellation);
        await transaction.CommitAsync(cancellation);
        return account.Person;
    }

    /// <summary>
    /// For whoever has the host, where no second operator is left to act: makes an operator of this name, or gives one a new
    /// one-time password and access again, without the role approver. An alert tells of it.
    /// </summary>
    /// <exception cref="OperatorRefusedException">Two other operators are there: they do it.</exception>
    public async Task<AccountOutcome> RecoverAsync(string typed, string reason, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync(connection, transaction, "SELECT pg_advisory_xact_lock($1)", cancellation, ChangesLock);
        var name = await PersonName.ReadAsync(connection, transaction, typed, cancellation);
        var account = (await HashesAsync(connection, transaction, typed, cancellation))?.Account;
        await RefuseNameAsync(connection, transaction, name, account, cancellation);
        await using (var others = new NpgsqlCommand(
            "SELECT count(*) FROM account WHERE 'operator' = ANY (roles) AND NOT disabled AND person <> $1", connection, transaction)
        {
            Parameters = { new() { Value = name.Plain } },
        })
        {
            RefuseUnless(
                (long)(await others.ExecuteScalarAsync(cancellation))! < 2,
                "Two other operators are there: they use `account add`, `account role` or `account reset`.");
        }

        // Whoever has the host makes an operator so, never an approver: that takes two operators, as ever.
        string[] roles = [.. Roles.All.Where(role =>
            role == Roles.Operator || (role != Roles.Approver && account?.Roles.Contains(role) == true))];
        var asked = new Asked(new(AccountAct.Add, name.Plain, roles), name.Plain, account, roles, null, reason);
        var password = Passwords.NewOneTime();
        var id = await StoreAsync(connection, transaction, asked, Passwords.Hash(password), null, cancellation);
        await EndAsync(connection, transaction, asked, id, "recovered", "account-recover", name.Plain, cancellation);
        await Alerts.RaiseAsync(
            connection, transaction, "account-recovered", $"account {name.Plain}",
            $"The account {name.Plain} was made an operator by whoever has the host. Ask who and why; if nobody says so, "
            + "`account disable` it.",
            clock.GetUtcNow(), cancellation);
        await transaction.CommitAsync(cancellation);
        return new(name.Plain, IsDone: true, Shown.Whole, password);
    }
}
