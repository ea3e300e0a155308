using MyNumber.Batch.Database;
using MyNumber.Jobs.People;

namespace MyNumber.Tests.Integration.Nights;

/// <summary>Accounts for the people of tests, made as the product makes them, with one password for all.</summary>
public static class Staff
{
    public const string Password = "a password of the tests";

    /// <summary>Makes an account while the home is set up: before its first night, or while it has none.</summary>
    public static void Appoint(string home, string person, params string[] roles) =>
        AppointAsync(home, person, roles).GetAwaiter().GetResult();

    public static async Task AppointAsync(string home, string person, params string[] roles)
    {
        await using var database = await HomeDatabase.OpenUnboundAsync(new Home(home), TestDatabase.Server, CancellationToken.None);
        await AppointAsync(new Accounts(database, TimeProvider.System), person, roles);
    }

    public static async Task AppointAsync(Accounts accounts, string person, params string[] roles)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        await accounts.ChangeAsync(
            new(AccountAct.Add, person, roles), null, "Works here from today.", Proof.Named, CancellationToken.None);
        await accounts.ChangePasswordAsync(person, Password, CancellationToken.None);
    }
}
