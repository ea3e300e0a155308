using System.Text;
using MyNumber.Batch.Intake;
using MyNumber.Batch.Reading;
using MyNumber.Fixtures.Hostile;

namespace MyNumber.Tests.Integration.Reading;

/// <summary>Mutated and lying files of every type; `bench hostile` plays thousands of them, in processes of their own.</summary>
public sealed class HostileFileTests
{
    private const int Files = 150;
    private const int Seed = 20261128;

    // Of the ten thousand of seed 1: what was once not refused as damage.
    private static readonly (int Seed, int Number)[] ThrewOnce = [(1, 9140), (1, 9275)];

    [Fact]
    public void The_sound_files_are_read_in_every_type()
    {
        using var reader = new PageReader();
        Assert.All(SoundFiles.Make(), file => Assert.Equal("application-form", reader.Read(file.Bytes, 1, default).Reading?.Form));
    }

    [Fact]
    public void The_tools_for_PDF_run_within_bounds_of_memory_and_processor_time()
    {
        var limits = PdfPages.Run([], "sh", "-c", "ulimit -v; ulimit -t");
        Assert.Equal($"{PageLimits.PdfMemoryKiB}\n{PageLimits.SecondsMax}\n", Encoding.ASCII.GetString(limits.Output!));

        Assert.Equal("too-slow", PdfPages.Run([], "sh", "-c", "ulimit -t 1; while :; do :; done").Refused);
        Assert.Equal("damaged", PdfPages.Run([], "sh", "-c", "exit 1").Refused);
    }

    [Fact]
    public void A_hostile_file_is_read_or_ends_with_a_reason_that_is_known()
    {
        using var reader = new PageReader();
        var sound = SoundFiles.Make();
        var reasons = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (seed, number) in Enumerable.Range(0, Files).Select(number => (Seed, number)).Concat(ThrewOnce))
        {
            var file = HostileFile.Make(sound, seed, number);
            Exception? thrown = Record.Exception(() =>
            {
                _ = PageSplit.Take(file.Bytes, 1);
                _ = reader.PageCount(file.Bytes);
                foreach (var outcome in new[] { reader.Read(file.Bytes, 1, default), LoosePhoto.Read(file.Bytes, 1),
                    LoosePhoto.ReadSent(file.Bytes) })
                {
                    if (outcome.Reading is null)
                    {
                        reasons.Add(outcome.Unreadable!);
                    }
                }
            });
            Assert.True(thrown is null, $"File {number} of seed {seed} ({file.Kind}): {thrown}");
        }

        // Not all of them may be refused for one reason: then none came to what it was made for.
        Assert.Subset(PageOutcome.Codes.ToHashSet(StringComparer.Ordinal), reasons);
        Assert.True(reasons.Count >= 4, string.Join(' ', reasons));
    }
}
