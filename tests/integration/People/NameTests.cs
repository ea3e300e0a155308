using System.Text;
using MyNumber.Batch.People;

namespace MyNumber.Tests.Integration.People;

/// <summary>One person, one name: however it is typed.</summary>
public sealed class NameTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    // Seed of the random names; as many as a second allows.
    private const int Seed = 20261129;
    private const int Names = 2_000;

    private static readonly string[] Invisible =
    [
        "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u061c", "\u115f", "\u1160", "\u3164", "\uffa0",
        "\u17b4", "\u180e", "\u200e", "\u202e", "\u2066", "\u2800", "\ufe0f", "\ufe00", "\U000e0100", "\U000e0041", "\u0007", "\u2028",
    ];

    [Theory]
    [InlineData("tanaka", "ta\u200bnaka")]     // Zero-width space.
    [InlineData("tanaka", "tanaka\ufeff")]     // Byte order mark.
    [InlineData("tanaka", "t\u00adanaka")]     // Soft hyphen.
    [InlineData("tanaka", "tanaka\U000e0100")] // Variation selector.
    [InlineData("tanaka", "ta\u034fnaka")]     // Grapheme joiner.
    [InlineData("tanaka", "\u202etanaka")]     // Right-to-left override.
    [InlineData("tanaka", "tanaka\u3164")]     // Hangul filler: looks like a space.
    [InlineData("tanaka", "Tanaka")]
    [InlineData("tanaka", "ＴＡＮＡＫＡ")]
    [InlineData("tanaka", "\u3000tanaka ")]
    [InlineData("タナカ", "ﾀﾅｶ")]
    [InlineData("がりれお", "か\u3099りれお")]
    [InlineData("がりれお", "か\u200d\u3099りれお")]
    [InlineData("ガ", "ｶﾞ")]
    [InlineData("josé", "jose\u0301")]
    [InlineData("straße", "STRASSE")]
    [InlineData("ﬁ-1", "FI-1")]
    [InlineData("\ufa19田", "神田")]           // A compatibility ideograph.
    public async Task Two_ways_to_type_a_name_are_one_name(string one, string other)
    {
        var (first, second) = (await ReadAsync(one), await ReadAsync(other));
        Assert.Equal(first.Plain, second.Plain);
        Assert.True(first.Allowed);
        Assert.False(await AreTwoAsync(one, other));
    }

    [Theory]
    [InlineData("tanaka", "josé")]
    [InlineData("タナカ", "田中")]
    [InlineData("operator-1", "operator-2")]
    [InlineData("tanaka@a.example", "suzuki@a.example")]
    public async Task Other_names_are_other_people(string one, string other) => Assert.True(await AreTwoAsync(one, other));

    [Theory]
    [InlineData("タナカ", "夕ナカ")] // Kanji "evening" for the kana.
    [InlineData("へいた", "ヘいた")] // Katakana for hiragana.
    [InlineData("operator-1", "operator-l")]
    [InlineData("jose", "josé")]
    [InlineData("tanaka", "tanaka@agency.example")] // The provider's name and the account's.
    public async Task Names_that_look_alike_are_not_two_people(string one, string other) => Assert.False(await AreTwoAsync(one, other));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\u200b\ufeff")]
    [InlineData("t\u0430naka")]      // Cyrillic.
    [InlineData("αlpha")]
    [InlineData("あ\u0300")]
    [InlineData("ta\u0336naka")]     // A stroke through it.
    [InlineData("two words")]
    [InlineData("a@b")]
    [InlineData("-x")]
    [InlineData("a,b")]
    [InlineData("a\"b")]
    [InlineData("engine")]           // Acts without a person are written under these.
    [InlineData("Ｈost")]
    [InlineData("nul\0")]
    [InlineData("half\ud800")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")] // 65.
    public async Task No_account_has_such_a_name(string name) => Assert.False((await ReadAsync(name)).Allowed);

    [Fact]
    public async Task However_a_name_is_disguised_it_stays_one_name_and_the_normal_form_is_its_own()
    {
        var dice = new Random(Seed);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        for (var i = 0; i < Names; i++)
        {
            var name = Any(dice);
            var plain = await PersonName.ReadAsync(connection, null, name, default);
            Assert.Equal(plain, await PersonName.ReadAsync(connection, null, plain.Plain, default));
            Assert.Equal(plain.Plain, (await PersonName.ReadAsync(connection, null, Disguised(plain.Plain, dice), default)).Plain);
        }
    }

    // Invisible characters anywhere, upper case, full-width letters, spaces around.
    private static string Disguised(string name, Random dice)
    {
        var text = new StringBuilder(" \u3000");
        foreach (var rune in name.EnumerateRunes())
        {
            text.Append(dice.Next(3) == 0 ? Invisible[dice.Next(Invisible.Length)] : "");
            text.Append(dice.Next(3) switch
            {
                0 => Rune.ToUpperInvariant(rune).ToString(),
                1 when rune.Value is > ' ' and <= '~' => ((char)(rune.Value + 0xFEE0)).ToString(),
                _ => rune.ToString(),
            });
        }

        return text.Append(Invisible[dice.Next(Invisible.Length)]).Append(' ').ToString();
    }

    private static string Any(Random dice)
    {
        (int From, int To)[] ranges = [('a', 'z'), ('A', 'Z'), ('0', '9'), (0x3041, 0x3096), (0x30a1, 0x30fa), (0x4e00, 0x9fff),
            (0xff66, 0xff9d), (0x20000, 0x2a000), (0xe0, 0xff), (0x100, 0x17f), (0x2460, 0x24ff), (0x3300, 0x33ff)];
        var text = new StringBuilder();
        for (var i = dice.Next(1, 9); i > 0; i--)
        {
            var (from, to) = ranges[dice.Next(ranges.Length)];
            text.Append(new Rune(dice.Next(from, to + 1)));
        }

        return text.ToString();
    }

    private async Task<PersonName> ReadAsync(string name)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        return await PersonName.ReadAsync(connection, null, name, default);
    }

    private async Task<bool> AreTwoAsync(string one, string other)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        return await TwoPeople.AreAsync(connection, null, one, other, default);
    }
}
