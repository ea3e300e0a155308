using MyNumber.Batch.People;
using MyNumber.Batch.Runs.Auditing;
using Npgsql;

namespace MyNumber.Jobs.People;

/// <summary>
/// Accounts are made, reset and changed. Where operator or approver is among the roles, before or after, two operators say
/// the same, and each is shown one half of the one-time password: neither can sign in as the account that they made.
/// </summary>
public sealed partial class Accounts
{
    /// <summary>How long the word of the first of two operators counts.</summary>
    public static readonly TimeSpan ProposalMax = TimeSpan.FromDays(7);

    /// <summary>Stands in the audit table where no person is named: setting up, and `account recover`.</summary>
    public const string Host = "host";

    // Any number will do; it only must not be used for another lock.
    private const long ChangesLock = 0x4d594e50;

    /// <summary>
    /// The home is being set up: no night is complete yet, or it has no account. Then accounts are made without a person
    /// who makes them: there is nobody yet.
    /// </summary>
    public async Task<bool> IsSettingUpAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await IsSettingUpAsync(connection, null, cancellation);
    }

    /// <summary>What waits for a second operator, by name.</summary>
    public async Task<IReadOnlyList<Proposal>> ProposalsAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            """
            SELECT account_proposal.person, act, account_proposal.roles, account.person, at
            FROM account_proposal JOIN account ON account.id = by_id WHERE at > $1 ORDER BY account_proposal.person COLLATE "C"
            """);
        command.Parameters.Add(new() { Value = clock.GetUtcNow() - ProposalMax });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var proposals = new List<Proposal>();
        while (await reader.ReadAsync(cancellation))
        {
            proposals.Add(new(
                reader.GetString(0), reader.GetString(1), reader.GetFieldValue<string[]>(2), reader.GetString(3), reader.GetDateTime(4)));
        }

        return proposals;
    }

    /// <summary>True where a change takes two operators.</summary>
    public async Task<bool> TakesTwoAsync(AccountChange change, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var account = await HashesAsync(connection, null, change.Typed, cancellation);
        return TakesTwo(change, account?.Account) && !await IsSettingUpAsync(connection, null, cancellation);
    }

    /// <summary>Makes, resets or changes an account, or notes what the first of two operators says.</summary>
    /// <param name="by">The operator; null while the home is set up.</param>
    /// <param name="proof">Whether the operator gave a password.</param>
    /// <exception cref="OperatorRefusedException">It cannot be done, or not by this person.</exception>
    public async Task<AccountOutcome> ChangeAsync(
        AccountChange change, string? by, string reason, Proof proof, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync(connection, transaction, "SELECT pg_advisory_xact_lock($1)", cancellation, ChangesLock);
        var settingUp = await IsSettingUpAsync(connection, transaction, cancellation);
        var asked = await AskAsync(connection, transaction, change, by, reason, settingUp, cancellation);
        if (!asked.TakesTwo || settingUp)
        {
            return await AloneAsync(connection, transaction, asked, cancellation);
        }

        RefuseUnless(proof == Proof.Password, "This takes two operators, each with their password.");
        return await AsOneOfTwoAsync(connection, transaction, asked, cancellation);
    }

    private static async Task<Asked> AskAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, AccountChange change, string? by, string reason,
        bool settingUp, CancellationToken cancellation)
    {
        var name = await PersonName.ReadAsync(connection, transaction, change.Typed, cancellation);
        var account = (await HashesAsync(connection, transaction, change.Typed, cancellation))?.Account;
        if (change.Act == AccountAct.Add)
        {
            RefuseUnless(
                account is null, $"There is an account {account?.Person}: `account role` and `account reset` change it.");
            await RefuseNameAsync(connection, transaction, name, account, cancellation);
        }

        RefuseUnless(change.Act == AccountAct.Add || account is not null, "There is no account of this name: `account list` shows them.");
        string[] roles = [.. Roles.All.Where(
            change.Act == AccountAct.Reset ? account!.Roles.Contains : change.Roles.Contains)];
        RefuseUnless(
            change.Act == AccountAct.Reset || (roles.Length > 0 && change.Roles.All(Roles.All.Contains)),
            $"The roles are {string.Join(", ", Roles.All)}.");
        var maker = await MakerAsync(connection, transaction, by, settingUp, cancellation);
        RefuseUnless(maker is null || maker.Id != account?.Id, "Nobody changes their own account: another operator does.");
        RefuseUnless(!string.IsNullOrWhiteSpace(reason), "A reason is needed.");
        return new(change, name.Plain, account, roles, maker, reason);
    }

    // One person alone: setting up, or an account without the roles that count as one of two.
    private async Task<AccountOutcome> AloneAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Asked asked, CancellationToken cancellation)
    {
        var password = asked.Change.Act == AccountAct.Role ? null : Passwords.NewOneTime();
        var id = await StoreAsync(
            connection, transaction, asked, password is null ? null : Passwords.Hash(password), null, cancellation);
        await EndAsync(connection, transaction, asked, id, cancellation);
        await transaction.CommitAsync(cancellation);
        return new(asked.Person, IsDone: true, password is null ? Shown.Nothing : Shown.Whole, password);
    }

    private async Task<AccountOutcome> AsOneOfTwoAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Asked asked, CancellationToken cancellation)
    {
        var maker = asked.Maker!;
        RefuseUnless(!maker.OneTime, "Change your one-time password first: `account password`.");
        var half = asked.NewPassword ? Passwords.NewHalf() : null;
        if (await ProposalAsync(connection, transaction, asked, cancellation) is not { } first)
        {
            await ExecuteAsync(
                connection, transaction,
                """
                INSERT INTO account_proposal (person, act, roles, by_id, first_hash, at) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (person) DO UPDATE
                  SET act = excluded.act, roles = excluded.roles, by_id = excluded.by_id, first_hash = excluded.first_hash, at = excluded.at
                """,
                cancellation, asked.Person, asked.Code, asked.Roles.ToArray(), maker.Id,
                half is null ? null : Passwords.Hash(half), clock.GetUtcNow());
            await AuditAsync(connection, transaction, asked, $"account-{asked.Code}-proposed", asked.Told, cancellation);
            await transaction.CommitAsync(cancellation);
            return new(asked.Person, IsDone: false, half is null ? Shown.Nothing : Shown.FirstHalf, half);
        }

        RefuseUnless(
            await TwoPeople.AreAsync(connection, transaction, first.Maker.Person, maker.Person, cancellation),
            first.Maker.Id == maker.Id
                ? "You said so already: a second operator says the same."
                : $"The accounts {first.Maker.Person} and {maker.Person} do not count as two people: one made, reset or changed the other.");
        var id = await StoreAsync(
            connection, transaction, asked, first.Hash, half is null ? null : Passwords.Hash(half), cancellation);
        await ExecuteAsync(connection, transaction, "DELETE FROM account_proposal WHERE person = $1", cancellation, asked.Person);
        await EndAsync(connection, transaction, asked with { Maker = first.Maker }, id, cancellation, Told.Not);
        await EndAsync(connection, transaction, asked, id, cancellation);
        await transaction.CommitAsync(cancellation);
        return new(asked.Person, IsDone: true, half is null ? Shown.Nothing : Shown.SecondHalf, half);
    }

    // What somebody proposed counts while it is the same, not too old, and its proposer may still do it.
    private async Task<(Account Maker, string? Hash)?> ProposalAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Asked asked, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT account.id, account.person, account.roles, account.one_time, account.disabled, account.version, first_hash
            FROM account_proposal JOIN account ON account.id = by_id
            WHERE account_proposal.person = $1 AND act = $2 AND account_proposal.roles = $3 AND at > $4
            """,
            connection, transaction)
        {
            Parameters =
            {
                new() { Value = asked.Person }, new() { Value = asked.Code }, new() { Value = asked.Roles.ToArray() },
                new() { Value = clock.GetUtcNow() - ProposalMax },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
        {
            return null;
        }

        var (maker, hash) = (Read(reader), reader.IsDBNull(6) ? null : reader.GetString(6));
        // Its kind of password changed meanwhile: what the first operator was shown would be no half of it.
        return maker.May(Acts.Of(Acts.ChangeAccount)) && !maker.OneTime && hash is not null == asked.NewPassword ? (maker, hash) : null;
    }

    private static async Task<long> StoreAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Asked asked, string? hash, string? second,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            asked.Account is null
                ? "INSERT INTO account (person, roles, password_hash, second_hash) VALUES ($1, $2, $3, $4) RETURNING id"
                : hash is null
                    ? "UPDATE account SET roles = $2, version = version + 1 WHERE person = $1 RETURNING id"
                    : """
                      UPDATE account SET roles = $2, password_hash = $3, second_hash = $4, one_time = true, disabled = false, wrong = 0,
                        version = version + 1
                      WHERE person = $1 RETURNING id
                      """,
            connection, transaction)
        {
            Parameters = { new() { Value = asked.Person }, new() { Value = asked.Roles.ToArray() } },
        };
        if (hash is not null)
        {
            command.Parameters.Add(new() { Value = hash });
            command.Parameters.Add(new() { Value = (object?)second ?? DBNull.Value });
        }

        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private async Task EndAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Asked asked, long id, CancellationToken cancellation,
        Told told = Told.Audited)
    {
        var what = asked.Change.Act switch { AccountAct.Add => "made", AccountAct.Reset => "reset", _ => "changed" };
        await EndAsync(
            connection, transaction, asked, id, what, told == Told.Not ? null : $"account-{asked.Code}", asked.Told, cancellation);
    }

    private async Task EndAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Asked asked, long id, string what, string? action,
        string subject, CancellationToken cancellation)
    {
        await ExecuteAsync(
            connection, transaction, "INSERT INTO account_act (account_id, what, by_id, at) VALUES ($1, $2, $3, $4)", cancellation,
            id, what, asked.Maker?.Id, clock.GetUtcNow());
        if (action is not null)
        {
            await AuditAsync(connection, transaction, asked, action, subject, cancellation);
        }
    }

    private Task AuditAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Asked asked, string action, string subject,
        CancellationToken cancellation) =>
        Audit.WriteAsync(
            connection, transaction, asked.Maker?.Person ?? Host, action, subject, asked.Reason, clock.GetUtcNow(), cancellation);

    private static async Task<Account> ExistingAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string typed, CancellationToken cancellation) =>
        (await HashesAsync(connection, transaction, typed, cancellation))?.Account
        ?? throw new OperatorRefusedException("There is no account of this name: `account list` shows them.");

    private static async Task<Account?> MakerAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string? by, bool settingUp, CancellationToken cancellation)
    {
        if (by is null)
        {
            RefuseUnless(settingUp, "An operator does this: --by PERSON --reason TEXT. None is left? `account recover NAME`.");
            return null;
        }

        var maker = (await HashesAsync(connection, transaction, by, cancellation))?.Account;
        RefuseUnless(maker?.May(Acts.Of(Acts.ChangeAccount)) == true, "Only an operator with an account does this.");
        return maker;
    }

    private static async Task RefuseNameAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, PersonName name, Account? account,
        CancellationToken cancellation)
    {
        RefuseUnless(name.Allowed || account is not null, PersonName.WhatIsAllowed);
        await using var like = new NpgsqlCommand(
            "SELECT person FROM account WHERE person_look(person) = $1 AND person <> $2", connection, transaction)
        {
            Parameters = { new() { Value = name.Look }, new() { Value = name.Plain } },
        };
        RefuseUnless(
            await like.ExecuteScalarAsync(cancellation) is null, "An account has a name that looks like this one: take another.");
    }

    private static async Task<bool> IsSettingUpAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellation)
    {
        // By when it completed, not by its state: a night that is set aside later does not begin the setting up again.
        await using var command = new NpgsqlCommand(
            """
            SELECT NOT EXISTS (SELECT FROM account)
              OR NOT EXISTS (SELECT FROM run WHERE kind = 'night' AND completed_at IS NOT NULL)
            """,
            connection, transaction);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static bool TakesTwo(AccountChange change, Account? account) =>
        change.Roles.Concat(account?.Roles ?? []).Intersect(Roles.OfTwo).Any();

    private static void RefuseUnless(bool holds, string sentence)
    {
        if (!holds)
        {
            throw new OperatorRefusedException(sentence);
        }
    }

    private enum Told
    {
        Audited,
        Not,
    }

    private sealed record Asked(
        AccountChange Change, string Person, Account? Account, IReadOnlyList<string> Roles, Account? Maker, string Reason)
    {
        public bool TakesTwo => Accounts.TakesTwo(Change, Account);

        /// <summary>
        /// A one-time password goes with it: for a new one, a reset, and an account that counted alone so far; its password may
        /// be known to whoever made it.
        /// </summary>
        public bool NewPassword => Change.Act != AccountAct.Role || !Account!.Roles.Intersect(Batch.People.Roles.OfTwo).Any();

        public string Code => Change.Act switch { AccountAct.Add => "add", AccountAct.Reset => "reset", _ => "role" };

        public string Told => $"{Person} as {string.Join('+', Roles)}";
    }
}
