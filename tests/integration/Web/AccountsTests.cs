using MyNumber.Jobs.Web;

namespace MyNumber.Tests.Integration.Web;

public sealed class AccountsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private Accounts Accounts => new(database.DataSource, TimeProvider.System);

    [Fact]
    public async Task Access_taken_away_is_gone_and_audited()
    {
        var password = await Accounts.AddAsync("somebody", Roles.Keyer, "admin", "Joins the keying room.", default);
        Assert.Equal(Roles.Keyer, (await Accounts.SignInAsync("somebody", password, default))!.Role);
        await Accounts.DisableAsync("somebody", "admin", "Left.", default);
        Assert.Null(await Accounts.SignInAsync("somebody", password, default));

        await using var count = database.DataSource.CreateCommand(
            "SELECT count(*) FROM audit WHERE action IN ('account-add', 'account-disable') AND subject LIKE 'somebody%'");
        Assert.Equal(2L, await count.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Nobody_signs_in_with_a_name_that_does_not_exist() =>
        Assert.Null(await Accounts.SignInAsync("nobody", "whatever it is", default));
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
        Assert.True((await Accounts.SignInAsync(Accounts.FirstPerson, password, default))!.OneTime);

        await Accounts.ChangePasswordAsync(Accounts.FirstPerson, "one of my own choosing", default);
        Assert.Null(await Accounts.SignInAsync(Accounts.FirstPerson, password, default));
        Assert.False((await Accounts.SignInAsync(Accounts.FirstPerson, "one of my own choosing", default))!.OneTime);
    }
}
