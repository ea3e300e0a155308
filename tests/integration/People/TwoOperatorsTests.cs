using Dapper;
using MyNumber.Batch.People;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Jobs.People;
using MyNumber.Tests.Integration.Nights;
using Npgsql;

namespace MyNumber.Tests.Integration.People;

/// <summary>
/// Every way of one person to be two, after the first night: the home has operators boss-1, boss-2, boss-3 and approvers
/// sign-1, sign-2 of before it.
/// </summary>
public sealed class TwoOperatorsTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private static int _lists;
    private readonly Clock _clock = new();
    private readonly string _list = $"list-{Interlocked.Increment(ref _lists)}";

    private Accounts Accounts => new(database.DataSource, _clock);

    public async Task InitializeAsync()
    {
        if (await Accounts.FindAsync("boss-1", default) is not null)
        {
            return;
        }

        foreach (var boss in new[] { "boss-1", "boss-2", "boss-3" })
        {
            await Staff.AppointAsync(Accounts, boss, Roles.Operator, Roles.Approver);
        }

        await Staff.AppointAsync(Accounts, "sign-1", Roles.Approver);
        await Staff.AppointAsync(Accounts, "sign-2", Roles.Approver);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO run (kind, business_date, cut_off, state, opened_at, completed_at)
            VALUES ('night', '2026-11-24', now(), 'complete', now(), now())
            """);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task After_the_first_night_nobody_makes_an_account_without_an_operator()
    {
        Assert.False(await Accounts.IsSettingUpAsync(default));
        await RefusedAsync(() => AddAsync("alone", null, Roles.Keyer));
        await RefusedAsync(() => AddAsync("alone", "sign-1", Roles.Keyer));
        await RefusedAsync(() => AddAsync("alone", "no-such-account", Roles.Keyer));
        Assert.True((await AddAsync("alone", "boss-1", Roles.Keyer)).IsDone);
    }

    [Fact]
    public async Task Two_operators_make_an_approver_and_neither_knows_its_password()
    {
        var first = await AddAsync("new-approver", "boss-1", Roles.Approver);
        Assert.Equal((false, Shown.FirstHalf), (first.IsDone, first.Shown));
        Assert.Null(await Accounts.FindAsync("new-approver", default));
        // The same operator again, however the name is typed, is no second one.
        await RefusedAsync(() => AddAsync("New-Approver", "ＢＯＳＳ-1", Roles.Approver));
        var second = await AddAsync("new-approver", "boss-2", Roles.Approver);
        Assert.Equal((true, Shown.SecondHalf), (second.IsDone, second.Shown));

        Assert.NotEqual(first.Secret, second.Secret);
        foreach (var half in new[] { first.Secret!, second.Secret!, second.Secret + first.Secret, first.Secret + first.Secret })
        {
            Assert.Equal(PasswordOutcome.Wrong, (await Accounts.CheckAsync("new-approver", half, default)).Outcome);
        }

        var (outcome, account) = await Accounts.CheckAsync("new-approver", first.Secret + second.Secret, default);
        Assert.Equal((PasswordOutcome.Fits, true), (outcome, account!.OneTime));

        // A one-time password is good for changing it, and for nothing else.
        await RefusedAsync(() => ApproveAsync("new-approver"));
        await Accounts.ChangePasswordAsync("new-approver", Staff.Password, default);
        Assert.Equal(PasswordOutcome.Wrong, (await Accounts.CheckAsync("new-approver", first.Secret + second.Secret, default)).Outcome);

        // Neither maker counts beside it, in either order; somebody else does.
        Assert.Equal(ApprovalOutcome.First, await ApproveAsync("new-approver"));
        Assert.Equal(ApprovalOutcome.SamePerson, await ApproveAsync("boss-1"));
        Assert.Equal(ApprovalOutcome.SamePerson, await ApproveAsync("boss-2"));
        Assert.Equal(ApprovalOutcome.Complete, await ApproveAsync("boss-3"));
    }

    [Fact]
    public async Task Other_roles_are_another_wish_and_an_old_wish_lapses()
    {
        await AddAsync("wish", "boss-1", Roles.Approver);
        var other = await AddAsync("wish", "boss-2", Roles.Approver, Roles.Operator);
        Assert.False(other.IsDone);
        _clock.Now += Accounts.ProposalMax;
        Assert.False((await AddAsync("wish", "boss-3", Roles.Approver, Roles.Operator)).IsDone);
        Assert.True((await AddAsync("wish", "boss-1", Roles.Operator, Roles.Approver)).IsDone);
    }

    [Fact]
    public async Task An_operator_named_without_a_password_is_none_of_two()
    {
        await RefusedAsync(() => Accounts.ChangeAsync(
            new(AccountAct.Add, "unproved", [Roles.Approver]), "boss-1", "Because.", Proof.Named, default));
        Assert.DoesNotContain(await Accounts.ProposalsAsync(default), proposal => proposal.Person == "unproved");
    }

    [Fact]
    public async Task A_keyer_whose_password_one_operator_knows_gets_another_before_becoming_an_approver()
    {
        var whole = (await AddAsync("climber", "boss-1", Roles.Keyer)).Secret!;
        await Accounts.ChangePasswordAsync("climber", "known to boss one", default);
        var change = new AccountChange(AccountAct.Role, "climber", [Roles.Approver]);
        var first = await ChangeAsync(change, "boss-1");
        Assert.Equal([Roles.Keyer], (await Accounts.FindAsync("climber", default))!.Roles);
        var second = await ChangeAsync(change, "boss-3");
        Assert.Equal((Shown.FirstHalf, Shown.SecondHalf), (first.Shown, second.Shown));
        foreach (var known in new[] { whole, "known to boss one" })
        {
            Assert.Equal(PasswordOutcome.Wrong, (await Accounts.CheckAsync("climber", known, default)).Outcome);
        }

        Assert.Equal(PasswordOutcome.Fits, (await Accounts.CheckAsync("climber", first.Secret + second.Secret, default)).Outcome);
    }

    [Fact]
    public async Task Who_resets_or_changes_another_does_not_count_beside_them()
    {
        await MadeAsync("reset-one", Roles.Approver);
        var reset = new AccountChange(AccountAct.Reset, "reset-one", []);
        var halves = (await ChangeAsync(reset, "boss-2")).Secret + (await ChangeAsync(reset, "boss-3")).Secret;
        Assert.Equal(PasswordOutcome.Fits, (await Accounts.CheckAsync("reset-one", halves, default)).Outcome);
        await Accounts.ChangePasswordAsync("reset-one", Staff.Password, default);
        Assert.Equal(ApprovalOutcome.First, await ApproveAsync("reset-one"));
        foreach (var boss in new[] { "boss-1", "boss-2", "boss-3" })
        {
            Assert.Equal(ApprovalOutcome.SamePerson, await ApproveAsync(boss));
        }

        Assert.Equal(ApprovalOutcome.Complete, await ApproveAsync("sign-1"));
    }

    [Fact]
    public async Task Nobody_changes_their_own_account_and_a_made_operator_is_no_second_one_beside_the_maker()
    {
        await RefusedAsync(() => ChangeAsync(new(AccountAct.Role, "boss-1", [Roles.Operator, Roles.Approver, Roles.Keyer]), "Boss-1"));
        await RefusedAsync(() => ChangeAsync(new(AccountAct.Reset, "boss-1", []), "boss-1"));
        await RefusedAsync(() => Accounts.DisableAsync("boss-1", "boss-1", "Because.", default));
        await MadeAsync("helper", Roles.Operator);
        await AddAsync("by-two", "boss-1", Roles.Approver);
        await RefusedAsync(() => AddAsync("by-two", "helper", Roles.Approver));
        Assert.True((await AddAsync("by-two", "boss-3", Roles.Approver)).IsDone);
    }

    [Theory]
    [InlineData("disabled")]
    [InlineData("role")]
    [InlineData("reset")]
    public async Task A_first_approval_counts_only_while_its_account_may_give_it(string between)
    {
        var name = $"first-{between}";
        await MadeAsync(name, Roles.Approver);
        Assert.Equal(ApprovalOutcome.First, await ApproveAsync(name));
        switch (between)
        {
            case "disabled":
                await Accounts.DisableAsync(name, "boss-3", "Left.", default);
                break;
            case "role":
                await ChangeAsync(new(AccountAct.Role, name, [Roles.Auditor]), "boss-1");
                await ChangeAsync(new(AccountAct.Role, name, [Roles.Auditor]), "boss-2");
                break;
            default:
                await ChangeAsync(new(AccountAct.Reset, name, []), "boss-1");
                await ChangeAsync(new(AccountAct.Reset, name, []), "boss-2");
                break;
        }

        Assert.Equal(ApprovalOutcome.First, await ApproveAsync("sign-1"));
        Assert.Equal(ApprovalOutcome.Complete, await ApproveAsync("sign-2"));
        await using var connection = await database.DataSource.OpenConnectionAsync();
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>(
            "SELECT count(*) FROM audit WHERE action = 'withdraw-disposal' AND subject = @list", new { list = _list }));
    }

    [Theory]
    [InlineData("Sign-1")]
    [InlineData("sign-\u200b1")]
    [InlineData("ｓｉｇｎ-１")]
    [InlineData("sign-l")]                // Looks like it.
    [InlineData("sign-1@agency.example")] // The same person by the office's provider.
    [InlineData("\u00adsign-1\ufe0f")]
    public async Task The_same_person_does_not_approve_twice_however_the_name_is_typed(string again)
    {
        Assert.Equal(ApprovalOutcome.First, await ApproveAsync("sign-1"));
        Assert.Equal(ApprovalOutcome.SamePerson, await ApproveAsync(again));
    }

    [Fact]
    public async Task Without_the_role_and_without_access_nobody_approves_even_past_the_command_line()
    {
        await AddAsync("only-keys", "boss-1", Roles.Keyer);
        await Accounts.ChangePasswordAsync("only-keys", Staff.Password, default);
        await RefusedAsync(() => ApproveAsync("only-keys"));
        await MadeAsync("gone", Roles.Approver);
        await Accounts.DisableAsync("gone", "boss-3", "Left.", default);
        await RefusedAsync(() => ApproveAsync("gone"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ApproveAsync("sign-1", "not-in-the-table"));
    }

    [Fact]
    public async Task The_proposer_who_is_disabled_meanwhile_has_proposed_nothing()
    {
        await MadeAsync("short-lived", Roles.Operator);
        await AddAsync("by-short-lived", "short-lived", Roles.Approver);
        await Accounts.DisableAsync("short-lived", "boss-1", "Left.", default);
        Assert.False((await AddAsync("by-short-lived", "boss-3", Roles.Approver)).IsDone);
        Assert.Null(await Accounts.FindAsync("by-short-lived", default));
    }

    [Fact]
    public async Task The_host_recovers_no_account_while_two_others_are_there_and_never_an_approver()
    {
        await RefusedAsync(() => Accounts.RecoverAsync("sign-2", "Because.", default));
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM alert WHERE code = 'account-recovered'"));
    }

    private Task<AccountOutcome> AddAsync(string name, string? by, params string[] roles) =>
        ChangeAsync(new(AccountAct.Add, name, roles), by);

    private Task<AccountOutcome> ChangeAsync(AccountChange change, string? by) =>
        Accounts.ChangeAsync(change, by, "A test of two people.", Proof.Password, default);

    // Made by boss-1 and boss-2, with a password of its own.
    private async Task MadeAsync(string name, params string[] roles)
    {
        await AddAsync(name, "boss-1", roles);
        Assert.True((await AddAsync(name, "boss-2", roles)).IsDone);
        await Accounts.ChangePasswordAsync(name, Staff.Password, default);
    }

    private static Task RefusedAsync(Func<Task> act) => Assert.ThrowsAsync<OperatorRefusedException>(act);

    private async Task<ApprovalOutcome> ApproveAsync(string person, string kind = "disposal")
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        _clock.Now += TimeSpan.FromSeconds(1);
        var outcome = await Approvals.ApproveAsync(
            connection, transaction, kind, _list, person, "Storage has ended.", _clock.Now, default);
        await transaction.CommitAsync();
        return outcome;
    }
}

/// <summary>A class of its own: one operator alone is left.</summary>
public sealed class RecoverTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private Accounts Accounts => new(database.DataSource, TimeProvider.System);

    [Fact]
    public async Task Where_no_second_operator_is_left_the_host_makes_one_with_an_alert_and_without_the_right_to_approve()
    {
        await Staff.AppointAsync(Accounts, "last", Roles.Operator);
        await Staff.AppointAsync(Accounts, "approver", Roles.Approver, Roles.Keyer);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO run (kind, business_date, cut_off, state, opened_at, completed_at)
            VALUES ('night', '2026-11-24', now(), 'complete', now(), now())
            """);
        Assert.Equal(ApprovalOutcome.First, await ApproveAsync(connection, "approver"));
        var recovered = await Accounts.RecoverAsync("Approver", "The other operator left.", default);
        Assert.Equal(PasswordOutcome.Wrong, (await Accounts.CheckAsync("approver", Staff.Password, default)).Outcome);
        Assert.Equal([Roles.Operator, Roles.Keyer], (await Accounts.CheckAsync("approver", recovered.Secret, default)).Account!.Roles);
        await Accounts.ChangePasswordAsync("approver", "a password of the host", default);
        await Assert.ThrowsAsync<OperatorRefusedException>(() => ApproveAsync(connection, "approver"));
        Assert.Equal("account approver",
            await connection.ExecuteScalarAsync<string>("SELECT subject FROM alert WHERE code = 'account-recovered'"));
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>(
            "SELECT count(*) FROM audit WHERE action = 'account-recover' AND person = 'host'"));

        // With a second operator there, both go on in the ordinary way.
        await Assert.ThrowsAsync<OperatorRefusedException>(() => Accounts.RecoverAsync("third", "Because.", default));
        var change = new AccountChange(AccountAct.Add, "third", [Roles.Operator]);
        Assert.False((await Accounts.ChangeAsync(change, "last", "Joins.", Proof.Password, default)).IsDone);
        Assert.True((await Accounts.ChangeAsync(change, "approver", "Joins.", Proof.Password, default)).IsDone);
        Assert.Null(await Audit.FirstBrokenAsync(connection, default));
    }

    private static async Task<ApprovalOutcome> ApproveAsync(NpgsqlConnection connection, string person)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var outcome = await Approvals.ApproveAsync(
            connection, transaction, "disposal", "a list", person, "Storage has ended.", DateTimeOffset.UnixEpoch, default);
        await transaction.CommitAsync();
        return outcome;
    }
}
