using MyNumber.Tests.Integration.Nights;
using MyNumber.Tests.Integration.Recovery;

namespace MyNumber.Tests.Integration.People;

/// <summary>Accounts as their users meet them: the command line, a home with one complete night.</summary>
public sealed class AccountVerbsTests(AccountVerbsTests.Office office) : IClassFixture<AccountVerbsTests.Office>
{
    private const string Chosen = "パスワード of one's own";

    private Product Product => office.Product;

    public static TheoryData<string> Acts => new(
        "rerun 2026-11-24", "skip 1000001", "stop 2026-11-24", "abandon 2026-11-24", "adopt", "restored", "restored --over",
        "reconcile /no/such/drop", "drop lost 20261124-validity-notice-001", "piece lost P1", "purge approve L1",
        "review decide I1 --value 1", "account add somebody --role keyer", "account role boss-1 --role keyer", "account reset boss-1",
        "account disable boss-1");

    [Theory]
    [MemberData(nameof(Acts))]
    public void Every_act_refuses_whom_it_does_not_know_who_lost_access_and_who_has_not_the_role(string act)
    {
        foreach (var (person, says) in new[]
        {
            ("nobody", "no account"), ("left", "disabled"), ("l\u200bＥＦＴ", "disabled"), ("looks", "takes the role"),
        })
        {
            var refused = Product.Run([.. act.Split(' '), "--by", person, "--reason", "a test"]);
            Assert.True(refused.ExitCode == 2, $"{act} by {person} ended with {refused.ExitCode}.");
            Assert.Contains(says, refused.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null)]              // No line at all.
    [InlineData("\n")]
    [InlineData("not this one\n")]
    [InlineData("a password of the tests and more\n")]
    public void An_act_of_two_people_asks_for_the_password(string? input)
    {
        var refused = Product.RunWith(input ?? "", "piece", "lost", "P1", "--by", "sign-1", "--reason", "a test");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("password", refused.Error, StringComparison.Ordinal);
        // The right one goes on to what the act itself says.
        refused = Product.RunWith($"{Staff.Password}\n", "piece", "lost", "P1", "--by", "ＳＩＧＮ-1", "--reason", "a test");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("No piece has this id", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_operators_make_an_approver_who_chooses_a_password_and_then_approves()
    {
        string[] add = ["account", "add", "Chosen", "--role", "keyer", "--role", "approver", "--json"];
        Assert.Equal(2, Product.Run(add).ExitCode); // Setting up is over.
        var wrong = Product.RunWith("not this one\n", [.. add, "--by", "boss-1", "--reason", "joins"]);
        Assert.Equal((2, ""), (wrong.ExitCode, wrong.Output));
        var first = Product.RunOk([.. add, "--by", "boss-1", "--reason", "joins"]).Lines.Single();
        Assert.False(first.GetProperty("done").GetBoolean());
        Assert.Equal(2, Product.Run([.. add, "--by", "Boss-1", "--reason", "joins"]).ExitCode);
        var second = Product.RunOk([.. add, "--by", "boss-2", "--reason", "joins"]).Lines.Single();
        Assert.Equal((1, 2), (first.GetProperty("half").GetInt32(), second.GetProperty("half").GetInt32()));
        var once = first.GetProperty("one_time_password").GetString() + second.GetProperty("one_time_password").GetString();

        // Known in whole to nobody but the person; good for changing it only.
        var early = Product.RunWith($"{once}\n", "piece", "lost", "P1", "--by", "chosen", "--reason", "a test");
        Assert.Contains("one-time password", early.Error, StringComparison.Ordinal);
        Assert.Equal(2, Product.RunWith($"{once}\nshort\n", "account", "password", "chosen").ExitCode);
        Assert.Equal(2, Product.RunWith($"{once}\n", "account", "password", "chosen").ExitCode);
        Assert.Equal(0, Product.RunWith($"{once}\n{Chosen}\n", "account", "password", "ＣＨＯＳＥＮ").ExitCode);
        Assert.Equal(2, Product.RunWith($"{once}\nanother password\n", "account", "password", "chosen").ExitCode);
        var late = Product.RunWith($"{Chosen}\n", "piece", "lost", "P1", "--by", "chosen", "--reason", "a test");
        Assert.Contains("No piece has this id", late.Error, StringComparison.Ordinal);
        Assert.Contains("\"account\":\"chosen\",\"roles\":[\"keyer\",\"approver\"]",
            Product.RunOk("account", "list", "--json").Output, StringComparison.Ordinal);
        var secrets = new[] { once[..12], once[12..], Chosen, Staff.Password };
        using var database = new HomeQueries(Product);
        var written = string.Concat(database.Lines("SELECT audit::text FROM audit UNION ALL SELECT account::text FROM account"))
            + string.Concat(Directory.EnumerateFiles(Product.Home, "*", SearchOption.AllDirectories).Select(File.ReadAllText));
        Assert.DoesNotContain(secrets, secret => written.Contains(secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("BOSS-1")]
    [InlineData("b\u200boss-1")]
    [InlineData("boss-l")]
    [InlineData("b\u043ess-1")] // Cyrillic.
    [InlineData("two words")]
    [InlineData("")]
    public void A_name_that_is_another_account_or_none_is_refused(string name) =>
        Assert.Equal(2, Product.Run("account", "add", name, "--role", "keyer", "--by", "boss-3", "--reason", "joins").ExitCode);

    [Fact]
    public void One_operator_makes_a_keyer_and_names_a_reason()
    {
        Assert.Equal(2, Product.Run("account", "add", "keys", "--role", "keyer", "--by", "boss-3").ExitCode);
        Assert.Equal(2, Product.Run("account", "add", "keys", "--role", "king", "--by", "boss-3", "--reason", "joins").ExitCode);
        var made = Product.RunOk("account", "add", "keys", "--role", "keyer", "--by", "boss-3", "--reason", "joins");
        Assert.Matches("one-time password: \\S{16}\n$", made.Output);
        Assert.Equal(2, Product.Run("account", "recover", "keys").ExitCode);
    }

    [Fact]
    public void Passwords_are_not_guessed_on_standard_input()
    {
        foreach (var guess in Enumerable.Range(0, Jobs.People.Accounts.WrongMax))
        {
            Assert.Equal(2, Product.RunWith($"guess {guess}\n", "piece", "lost", "P1", "--by", "guessed", "--reason", "a test").ExitCode);
        }

        var told = Product.RunWith($"{Staff.Password}\n", "piece", "lost", "P1", "--by", "guessed", "--reason", "a test");
        Assert.Contains("Too many wrong passwords", told.Error, StringComparison.Ordinal);
    }

    /// <summary>People of a small office, made before its first night, by the command line where that is the point.</summary>
    public sealed class Office : IDisposable
    {
        public Office()
        {
            var made = Product.RunOk("account", "add", "ＢＯＳＳ-1", "--role", "operator", "--json").Lines.Single();
            var once = made.GetProperty("one_time_password").GetString();
            Assert.Equal("boss-1", made.GetProperty("account").GetString());
            Assert.Equal(0, Product.RunWith($"{once}\n{Staff.Password}\n", "account", "password", "boss-1").ExitCode);
            Product.Appoint("boss-2", "operator");
            Product.Appoint("boss-3", "operator");
            Product.Appoint("sign-1", "approver");
            Product.Appoint("guessed", "approver");
            Product.Appoint("looks", "auditor", "helpdesk");
            Product.Appoint("left", "operator", "approver", "keyer");
            Product.RunOk("account", "disable", "left");
            // As after a first night, which is not the point here.
            using var database = new HomeQueries(Product);
            database.Execute(
                """
                INSERT INTO run (kind, business_date, cut_off, state, opened_at, completed_at)
                VALUES ('night', '2026-11-24', now(), 'complete', now(), now())
                """);
        }

        public Product Product { get; } = new("office");

        public void Dispose() => Product.Dispose();
    }
}
