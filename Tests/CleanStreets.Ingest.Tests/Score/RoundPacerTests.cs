using CleanStreets.Ingest.Score;

namespace CleanStreets.Ingest.Tests.Score;

public sealed class RoundPacerTests
{
    // Minutes, so that no delay of the real timer ends while the test looks.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly Clock _clock = new();

    [Fact]
    public void First_round_begins_at_once()
    {
        new RoundPacer(Interval, _clock).Pause().IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Quick_round_is_followed_by_the_rest_of_the_interval()
    {
        var pacer = new RoundPacer(Interval, _clock);
        Round(pacer, TimeSpan.FromMilliseconds(1));

        pacer.Pause().IsCompleted.ShouldBeFalse();
        _clock.Now += Interval;
        pacer.Pause().IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Slow_round_is_followed_by_four_times_its_length()
    {
        var pacer = new RoundPacer(TimeSpan.FromMilliseconds(1), _clock);
        Round(pacer, TimeSpan.FromMilliseconds(200));

        _clock.Now += TimeSpan.FromMilliseconds(700);
        pacer.Pause().IsCompleted.ShouldBeFalse();
        _clock.Now += TimeSpan.FromMilliseconds(100);
        pacer.Pause().IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Pause_after_a_very_slow_round_is_a_second()
    {
        var pacer = new RoundPacer(TimeSpan.FromMilliseconds(1), _clock);
        Round(pacer, TimeSpan.FromSeconds(30));

        pacer.Pause().IsCompleted.ShouldBeFalse();
        _clock.Now += TimeSpan.FromSeconds(1);
        pacer.Pause().IsCompleted.ShouldBeTrue();
    }

    private void Round(RoundPacer pacer, TimeSpan work)
    {
        pacer.Begin();
        _clock.Now += work;
        pacer.End();
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
