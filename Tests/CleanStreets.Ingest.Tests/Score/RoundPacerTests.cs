using CleanStreets.Ingest.Score;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Score;

public sealed class RoundPacerTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly StandingClock _clock = new(); // No delay ends while the test looks.
    private TimeSpan _cpu;
    private bool _isBehind;

    [Fact]
    public void First_round_begins_at_once()
    {
        Pacer(Interval).Pause().IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Quick_round_is_followed_by_the_rest_of_the_interval()
    {
        var pacer = Pacer(Interval);
        Round(pacer, TimeSpan.FromMilliseconds(1));

        pacer.Pause().IsCompleted.ShouldBeFalse();
        _clock.Advance(Interval);
        pacer.Pause().IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Slow_round_is_followed_by_four_times_its_length()
    {
        var pacer = Pacer(TimeSpan.FromMilliseconds(1));
        Round(pacer, TimeSpan.FromMilliseconds(200));

        _clock.Advance(TimeSpan.FromMilliseconds(700));
        pacer.Pause().IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        pacer.Pause().IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Pause_after_a_very_slow_round_is_a_second()
    {
        var pacer = Pacer(TimeSpan.FromMilliseconds(1));
        Round(pacer, TimeSpan.FromSeconds(30));

        pacer.Pause().IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));
        pacer.Pause().IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Round_that_waited_for_a_core_does_not_hold_up_the_next_one()
    {
        var pacer = Pacer(TimeSpan.FromMilliseconds(1));
        pacer.Begin();
        _clock.Advance(TimeSpan.FromMilliseconds(200));
        _cpu += TimeSpan.FromMilliseconds(10);
        pacer.End(scores: 1);
        pacer.Pause().IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Round_of_many_scores_is_followed_by_as_long_as_they_take_at_the_most_a_second()
    {
        var pacer = Pacer(TimeSpan.FromMilliseconds(1), mostPerSecond: 1000);
        Round(pacer, TimeSpan.FromMilliseconds(1), scores: 300);

        _clock.Advance(TimeSpan.FromMilliseconds(298));
        pacer.Pause().IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        pacer.Pause().IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Pause_after_more_scores_than_a_second_may_have_is_a_second()
    {
        var pacer = Pacer(TimeSpan.FromMilliseconds(1), mostPerSecond: 1000);
        Round(pacer, TimeSpan.FromMilliseconds(1), scores: 60_000);

        pacer.Pause().IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));
        pacer.Pause().IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Rounds_are_half_a_second_apart_while_readings_keep_waiting()
    {
        var pacer = Pacer(TimeSpan.FromMilliseconds(1));
        _isBehind = true;
        pacer.Look();
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        Round(pacer, TimeSpan.FromMilliseconds(1));

        _clock.Advance(TimeSpan.FromMilliseconds(498));
        pacer.Pause().IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        pacer.Pause().IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void Hiccup_does_not_hold_up_the_next_round()
    {
        var pacer = Pacer(TimeSpan.FromMilliseconds(1));
        _isBehind = true;
        pacer.Look();
        _clock.Advance(TimeSpan.FromMilliseconds(99));
        Round(pacer, TimeSpan.FromMilliseconds(1));
        pacer.Pause().IsCompleted.ShouldBeFalse("readings wait, and no longer for a hiccup");

        _isBehind = false;
        _clock.Advance(TimeSpan.FromMilliseconds(5));
        pacer.Look();
        pacer.Pause().IsCompleted.ShouldBeTrue();

        _isBehind = true;
        pacer.Look();
        _clock.Advance(TimeSpan.FromMilliseconds(99));
        pacer.Pause().IsCompleted.ShouldBeTrue("they have begun to wait anew");
    }

    [Fact]
    public async Task Pause_ends_when_no_reading_waits_any_more()
    {
        var pacer = new RoundPacer(new ScoreStageOptions { IntervalBehind = TimeSpan.FromHours(1) }, _clock, () => TimeSpan.Zero, () => Volatile.Read(ref _isBehind));
        Volatile.Write(ref _isBehind, true);
        pacer.Look();
        _clock.Advance(TimeSpan.FromMilliseconds(200));
        pacer.Begin();
        pacer.End(scores: 1);
        var pause = pacer.Pause();
        pause.IsCompleted.ShouldBeFalse();

        Volatile.Write(ref _isBehind, false);
        _clock.Advance(TimeSpan.FromMilliseconds(200));

        await pause.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Cpu_time_of_a_thread_grows_with_its_work()
    {
        var before = ThreadCpu.Time;
        var deadline = DateTime.UtcNow.AddMinutes(1);
        while (ThreadCpu.Time - before < TimeSpan.FromMilliseconds(2) && DateTime.UtcNow < deadline)
        {
        }

        (ThreadCpu.Time - before).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(2));
    }

    private RoundPacer Pacer(TimeSpan interval, int mostPerSecond = 4000) =>
        new(new ScoreStageOptions { Interval = interval, MostPerSecond = mostPerSecond }, _clock, () => _cpu, () => _isBehind);

    private void Round(RoundPacer pacer, TimeSpan work, int scores = 1)
    {
        pacer.Begin();
        _clock.Advance(work);
        _cpu += work;
        pacer.End(scores);
    }
}
