namespace MyNumber.Tests.Integration.Nights;

public sealed class SecondHomeTests
{
    [Fact]
    public void The_same_mail_gives_the_same_files_in_any_home()
    {
        using var first = Night("home-a");
        using var second = Night("home-b");
        Assert.NotEmpty(first.OutboxDigest());
        Assert.Equal(first.OutboxDigest(), second.OutboxDigest());
    }

    [Fact]
    public void A_night_without_mail_passes_every_step()
    {
        using var product = new Product("empty");
        product.RunOk("night", "--date", "2026-11-24");
        product.RunOk("verify");
    }

    private static Product Night(string name)
    {
        var product = new Product(name);
        product.RunOk("fixtures", "night", "--applications", "30", "--seed", "7", "--out", product.Inbox);
        product.RunOk("night", "--date", "2026-11-24");
        return product;
    }
}
