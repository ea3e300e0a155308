using System.Security.Cryptography;
using System.Text;
using MyNumber.Batch.Database;
using MyNumber.Batch.Privacy;

namespace MyNumber.Tests.Unit.Privacy;

public sealed class PrivacyTests : IDisposable
{
    private static readonly DateOnly Day = new(2026, 11, 24);

    private readonly Home _home = new(Directory.CreateTempSubdirectory("privacy-").FullName);

    [Fact]
    public void A_sealed_value_opens_under_its_key_and_context_only()
    {
        var key = new byte[32];
        key[0] = 1;
        var cipher = Cipher.Encrypt(key, "見本　花子"u8, "here");
        Assert.Equal("見本　花子", Encoding.UTF8.GetString(Cipher.Decrypt(key, cipher, "here")));
        Assert.ThrowsAny<CryptographicException>(() => Cipher.Decrypt(key, cipher, "elsewhere"));
        Assert.ThrowsAny<CryptographicException>(() => Cipher.Decrypt(new byte[32], cipher, "here"));
        cipher[^1] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => Cipher.Decrypt(key, cipher, "here"));
        Assert.ThrowsAny<CryptographicException>(() => Cipher.Decrypt(key, [1, 2, 3], "here"));
    }

    [Fact]
    public void The_same_value_sealed_twice_looks_different() =>
        Assert.NotEqual(Cipher.Encrypt(new byte[32], "x"u8, "c"), Cipher.Encrypt(new byte[32], "x"u8, "c"));

    [Fact]
    public void Keys_are_made_once_and_loaded_ever_after()
    {
        var first = Secrets.LoadOrCreate(_home, production: false);
        var again = Secrets.LoadOrCreate(_home, production: false);
        Assert.Equal(first.NumberKey, again.NumberKey);
        Assert.Equal(first.NumberHashKey, again.NumberHashKey);
        Assert.NotEqual(first.NumberKey, first.NumberHashKey);
    }

    [Fact]
    public void Many_starts_at_once_agree_on_the_keys()
    {
        var keys = Enumerable.Range(0, 16).AsParallel().WithDegreeOfParallelism(8)
            .Select(_ => Convert.ToHexString(Secrets.LoadOrCreate(_home, production: false).NumberKey)).ToHashSet();
        Assert.Single(keys);
        Assert.Empty(Directory.GetFiles(_home.Keys, "*.tmp"));
    }

    [Fact]
    public void Production_refuses_the_local_id_key()
    {
        var local = Secrets.LoadOrCreate(_home, production: false).IdKey;
        Assert.Throws<InvalidOperationException>(() => Secrets.LoadOrCreate(_home, production: true));
        File.WriteAllBytes(Path.Combine(_home.Keys, "id.key"), local);
        Assert.Throws<InvalidOperationException>(() => Secrets.LoadOrCreate(_home, production: true));
        File.WriteAllBytes(Path.Combine(_home.Keys, "id.key"), RandomNumberGenerator.GetBytes(32));
        Assert.NotEqual(local, Secrets.LoadOrCreate(_home, production: true).IdKey);
    }

    [Fact]
    public void Growing_a_key_file_leaves_its_keys_as_they_were()
    {
        var keys = new ApplicationKeys(Path.Combine(_home.Keys, "applications"));
        keys.EnsureSlots(Day, 1);
        var first = keys.Key(Day, 0);
        keys.EnsureSlots(Day, 5000);
        Assert.Equal(first, keys.Key(Day, 0));
        Assert.NotEqual(first, keys.Key(Day, 4999));
        Assert.Throws<InvalidOperationException>(() => keys.Key(Day.AddDays(1), 0));
        Assert.Throws<InvalidOperationException>(() => keys.Key(Day, 1_000_000));
    }

    [Fact]
    public void A_block_that_was_cut_off_while_it_was_written_is_written_anew()
    {
        var folder = Path.Combine(_home.Keys, "applications");
        var keys = new ApplicationKeys(folder);
        keys.EnsureSlots(Day, 1);
        var first = keys.Key(Day, 0);
        // The second block was begun and never counted.
        using (var file = new FileStream(Path.Combine(folder, "2026-11-24.keys"), FileMode.Append))
        {
            file.Write(new byte[1000]);
        }

        keys.EnsureSlots(Day, 4097);
        Assert.Equal(first, keys.Key(Day, 0));
        Assert.Contains(keys.Key(Day, 4096), value => value != 0);
    }

    [Fact]
    public void A_destroyed_key_is_gone_and_its_neighbours_stay()
    {
        var keys = new ApplicationKeys(Path.Combine(_home.Keys, "applications"));
        keys.EnsureSlots(Day, 3);
        var (destroyed, neighbour) = (keys.Key(Day, 1), keys.Key(Day, 2));
        keys.Destroy(Day, 1);
        keys.Destroy(Day, 1);
        Assert.Throws<KeyDestroyedException>(() => keys.Key(Day, 1));
        Assert.Equal(neighbour, keys.Key(Day, 2));
        var file = File.ReadAllBytes(Directory.GetFiles(_home.Keys, "*.keys", SearchOption.AllDirectories).Single());
        Assert.Equal(-1, file.AsSpan().IndexOf(destroyed));
    }

    [Fact]
    public void The_store_holds_nothing_in_clear_and_its_names_tell_nothing()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var store = new SecretStore(_home);
        var stored = store.Write(Day, 12, "a1b2-3", "見本　花子 123456789012"u8.ToArray(), key);
        Assert.Equal("2026-11-24/000/000012-a1b2-3", stored);
        var bytes = File.ReadAllBytes(Path.Combine(_home.Store, stored));
        Assert.Equal(-1, bytes.AsSpan().IndexOf("見本"u8));
        Assert.Equal("見本　花子 123456789012", Encoding.UTF8.GetString(store.Read(stored, key)));
        Assert.Throws<ArgumentException>(() => store.Write(Day, 12, "見本", [1], key));
        Assert.Throws<ArgumentException>(() => store.Write(Day, 12, "../x", [1], key));
        File.Move(Path.Combine(_home.Store, stored), Path.Combine(_home.Store, "2026-11-24/000/000013-a1b2-3"));
        Assert.ThrowsAny<CryptographicException>(() => store.Read("2026-11-24/000/000013-a1b2-3", key));
    }

    public void Dispose() => Directory.Delete(_home.Root, recursive: true);
}
