using Dapper;
using MyNumber.Batch.People;
using MyNumber.Batch.Runs.Auditing;
using MyNumber.Jobs.People;
using MyNumber.Tests.Integration.Nights;

namespace MyNumber.Tests.Integration.People;

/// <summary>Accounts in a home that is set up: a password, sessions, guessing, disabling.</summary>
public sealed class AccountsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly Clock _clock = new();

    private Accounts Accounts => new(database.DataSource, _clock);

    [Fact]
    public async Task Access_taken_away_is_gone_and_audited()
    {
        var made = await Accounts.ChangeAsync(
            new(AccountAct.Add, "somebody", [Roles.Keyer]), null, "Joins the keying room.", Proof.Named, default);
        var (outcome, account) = await Accounts.CheckAsync("Somebody", made.Secret, default);
        Assert.Equal((PasswordOutcome.Fits, true), (outcome, account!.OneTime));
        Assert.Equal([Roles.Keyer], account.Roles);
        await Accounts.DisableAsync("somebody", null, "Left.", default);
        Assert.Equal(PasswordOutcome.Wrong, (await Accounts.CheckAsync("somebody", made.Secret, default)).Outcome);
        Assert.True((await Accounts.FindAsync("somebody", default))!.Version > account.Version, "A session of before would go on.");

        await using var connection = await database.DataSource.OpenConnectionAsync();
        Assert.Equal(2, await connection.ExecuteScalarAsync<long>(
            "SELECT count(*) FROM audit WHERE action IN ('account-add', 'account-disable') AND subject LIKE 'somebody%'"));
        Assert.Null(await Audit.FirstBrokenAsync(connection, default));
    }

    [Fact]
    public async Task Nobody_signs_in_with_a_name_that_does_not_exist() =>
        Assert.Equal(PasswordOutcome.Wrong, (await Accounts.CheckAsync("nobody", "whatever it is", default)).Outcome);

    [Fact]
    public async Task Who_guesses_waits_even_when_the_guess_is_right_and_an_alert_tells()
    {
        await Staff.AppointAsync(Accounts, "guessed", Roles.Approver);
        for (var wrong = 0; wrong < Accounts.WrongMax; wrong++)
        {
            Assert.Equal(PasswordOutcome.Wrong, (await Accounts.CheckAsync("guessed", $"guess {wrong}", default)).Outcome);
        }

        Assert.Equal(PasswordOutcome.TooMany, (await Accounts.CheckAsync("ｇuessed", Staff.Password, default)).Outcome);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        Assert.Equal("account guessed",
            await connection.ExecuteScalarAsync<string>("SELECT subject FROM alert WHERE code = 'password-guessed'"));

        _clock.Now += Accounts.OneMoreAfter;
        Assert.Equal(PasswordOutcome.Fits, (await Accounts.CheckAsync("guessed", Staff.Password, default)).Outcome);
        Assert.Equal(PasswordOutcome.Wrong, (await Accounts.CheckAsync("guessed", "once more", default)).Outcome);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("with a\nline break in it")]
    public async Task A_password_that_cannot_be_typed_or_guessed_at_leisure_is_refused(string password)
    {
        var name = $"chooses-{password.Length}";
        await Staff.AppointAsync(Accounts, name, Roles.Keyer);
        await Assert.ThrowsAsync<OperatorRefusedException>(() => Accounts.ChangePasswordAsync(name, password, default));
        await Assert.ThrowsAsync<OperatorRefusedException>(() => Accounts.ChangePasswordAsync(name, Staff.Password, default));
    }

    [Theory]
    [InlineData("Suzu\u200bki")]
    [InlineData("ｓｕｚｕｋｉ")]
    [InlineData("suzuk\u0456")] // Cyrillic.
    [InlineData("sùzuki")]
    public async Task No_second_account_has_the_name_of_the_first(string disguised)
    {
        if (await Accounts.FindAsync("suzuki", default) is null)
        {
            await Staff.AppointAsync(Accounts, "suzuki", Roles.Approver);
        }

        await Assert.ThrowsAsync<OperatorRefusedException>(() => Staff.AppointAsync(Accounts, disguised, Roles.Approver));
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => connection.ExecuteAsync(
            "INSERT INTO account (person, roles, password_hash) VALUES (@disguised, '{approver}', 'x')",
                new { disguised = disguised.Replace('\u0456', 'i') }));
    }
}

/// <summary>A class of its own: the first start wants a home where no account exists.</summary>
public sealed class FirstStartTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private Accounts Accounts => new(database.DataSource, TimeProvider.System);

    [Fact]
    public async Task The_first_start_makes_one_account_whose_password_must_be_changed()
    {
        var password = await Accounts.FirstStartAsync(default);
        Assert.NotNull(password);
        Assert.Null(await Accounts.FirstStartAsync(default));
        Assert.True((await Accounts.CheckAsync(Accounts.FirstPerson, password, default)).Account!.OneTime);

        await Accounts.ChangePasswordAsync(Accounts.FirstPerson, "one of my own choosing", default);
        Assert.Null((await Accounts.CheckAsync(Accounts.FirstPerson, password, default)).Account);
        Assert.False((await Accounts.CheckAsync(Accounts.FirstPerson, "one of my own choosing", default)).Account!.OneTime);
    }
}

/// <summary>A clock that tests move.</summary>
internal sealed class Clock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
