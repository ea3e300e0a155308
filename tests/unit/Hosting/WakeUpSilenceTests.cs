using MyNumber.Batch.Runs.Engine;
using MyNumber.Jobs.Hosting;
using static MyNumber.Jobs.Hosting.WakeUpSilence;

namespace MyNumber.Tests.Unit.Hosting;

/// <summary>When a worker that stands idle beside a part looks by itself, and when a person is told of it.</summary>
public sealed class WakeUpSilenceTests
{
    private readonly Clock _clock = new();
    private readonly WakeUpSilence _silence;

    public WakeUpSilenceTests() => _silence = new WakeUpSilence(_clock);

    [Fact]
    public void A_night_that_goes_from_part_to_part_is_no_silence()
    {
        // Every look finds another part that can be claimed: the one before was taken by another worker meanwhile.
        for (var part = 1; part <= 600; part++)
        {
            Assert.Equal(Verdict.Quiet, Look(new OpenPart(part, 0)));
        }
    }

    [Fact]
    public void A_part_that_was_claimed_again_and_given_back_is_no_silence()
    {
        for (var epoch = 0; epoch < 60; epoch++)
        {
            Assert.Equal(Verdict.Quiet, Look(new OpenPart(7, epoch)));
        }
    }

    [Fact]
    public void A_worker_that_works_is_not_silent_whatever_waits()
    {
        for (var claimed = 0; claimed < 60; claimed++)
        {
            Assert.Equal(Verdict.Quiet, Look(new OpenPart(7, 0), claimed: claimed));
            Assert.Equal(Verdict.Quiet, Look(new OpenPart(7, 0), busy: true, claimed: claimed));
        }
    }

    [Fact]
    public void One_part_that_waits_three_seconds_beside_an_idle_worker_is_looked_for_and_told_only_after_a_minute()
    {
        var verdicts = Enumerable.Range(0, 70).Select(_ => Look(new OpenPart(7, 0))).ToList();
        Assert.Equal(Verdict.Look, verdicts[3]); // Seen at 0 s, there still at 3 s.
        Assert.All(verdicts[..63], verdict => Assert.NotEqual(Verdict.Warn, verdict));
        Assert.Equal(Verdict.Warn, verdicts[63]); // A minute after the first look of its own.
    }

    [Fact]
    public void A_ring_that_comes_through_ends_the_silence()
    {
        for (var second = 0; second < 300; second++)
        {
            Assert.NotEqual(Verdict.Warn, Look(new OpenPart(7, 0), received: second / 50));
        }
    }

    private Verdict Look(OpenPart open, bool busy = false, long claimed = 0, long received = 0)
    {
        var verdict = _silence.Look(busy, claimed, received, part => part is null || part == open ? open : null);
        _clock.Advance(TimeSpan.FromSeconds(1));
        return verdict;
    }

    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;

        public override long GetTimestamp() => _ticks;
    }
}
