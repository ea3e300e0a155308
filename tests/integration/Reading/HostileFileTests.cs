using MyNumber.Batch.Reading;
using MyNumber.Fixtures.Hostile;

namespace MyNumber.Tests.Integration.Reading;

/// <summary>What `bench hostile` makes its files from.</summary>
public sealed class HostileFileTests
{
    [Fact]
    public void The_sound_files_are_read_in_every_type()
    {
        using var reader = new PageReader();
        Assert.All(SoundFiles.Make(), file => Assert.Equal("application-form", reader.Read(file.Bytes, 1, default).Reading?.Form));
    }
}
