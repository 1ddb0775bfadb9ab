using CleanStreets.Ingest.Clock;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Ingest.Tests.Clock;

public sealed class BelievedClockTests : IDisposable
{
    private static readonly DateTimeOffset Known = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly MachineClock _machine = new();

    private string File => _folder.Combine("clock");

    [Theory]
    [InlineData(31)]
    [InlineData(20 * 365)]
    public void Clock_that_is_ahead_of_any_step_is_doubted_at_each_start_until_it_is_right(int days)
    {
        Run(Known, TimeSpan.FromMinutes(5)).Doubt.ShouldBeNull();

        for (var start = 0; start < 3; start++)
        {
            var clock = Run(Known.AddDays(days), TimeSpan.FromHours(2));
            clock.Doubt.ShouldNotBeNull($"start {start}").ShouldContain("is not believed");
            clock.GetUtcNow().ShouldBeLessThan(Known.AddHours(8), "no more time has passed than ingest has run");
            clock.IsPlausible(_machine.GetUtcNow().ToUnixTimeMilliseconds()).ShouldBeFalse();
        }

        var mended = Run(Known.AddDays(2), TimeSpan.Zero);
        mended.Doubt.ShouldBeNull();
        mended.GetUtcNow().ShouldBe(Known.AddDays(2));
        mended.IsPlausible(_machine.GetUtcNow().ToUnixTimeMilliseconds()).ShouldBeTrue();
    }

    [Fact]
    public void Clock_that_leaps_while_it_runs_is_doubted_and_believed_again_when_it_is_right()
    {
        var clock = Run(Known, TimeSpan.FromHours(2));
        _machine.Now += TimeSpan.FromDays(20 * 365);
        clock.Look();
        clock.Doubt.ShouldNotBeNull();
        clock.GetUtcNow().ShouldBe(Known.AddHours(2));

        _machine.Pass(TimeSpan.FromDays(3));
        clock.Look();
        clock.Doubt.ShouldNotBeNull("no patience makes it right");
        clock.GetUtcNow().ShouldBe(Known.AddDays(3).AddHours(2));

        _machine.Now -= TimeSpan.FromDays(20 * 365);
        clock.Look();
        clock.Doubt.ShouldBeNull();
        clock.GetUtcNow().ShouldBe(_machine.Now);
    }

    [Fact]
    public void Long_time_that_was_real_is_believed_after_one_start_that_says_so()
    {
        Run(Known, TimeSpan.FromMinutes(5));
        var after = Known.AddDays(200);
        Run(after, TimeSpan.FromMinutes(5)).Doubt.ShouldNotBeNull().ShouldContain("Ingest__Clock__LongestStep=201.00:00:00");

        Run(after, TimeSpan.FromMinutes(5), longestStep: TimeSpan.FromDays(201)).Doubt.ShouldBeNull();

        var next = Run(after.AddMinutes(10), TimeSpan.Zero);
        (next.Doubt, next.GetUtcNow()).ShouldBe((null, after.AddMinutes(10)));
    }

    [Fact]
    public void Downtime_of_weeks_is_no_reason_for_doubt()
    {
        Run(Known, TimeSpan.FromMinutes(5));
        var clock = Run(Known.AddDays(29), TimeSpan.Zero);
        (clock.Doubt, clock.GetUtcNow()).ShouldBe((null, Known.AddDays(29)));
    }

    [Fact]
    public void Box_that_does_not_know_the_time_at_its_first_start_learns_it()
    {
        var clock = Run(DateTimeOffset.UnixEpoch, TimeSpan.FromMinutes(1));
        clock.Doubt.ShouldNotBeNull();
        _machine.Now = Known;
        clock.Look();
        (clock.Doubt, clock.GetUtcNow()).ShouldBe((null, Known));
        clock.Keep();

        Run(Known.AddMinutes(1), TimeSpan.Zero).Doubt.ShouldBeNull();
    }

    [Fact]
    public void Clock_behind_what_was_known_is_doubted_and_forgets_nothing()
    {
        Run(Known, TimeSpan.FromMinutes(5));
        var behind = Run(Known.AddYears(-1), TimeSpan.FromHours(1));
        behind.Doubt.ShouldNotBeNull();
        behind.GetUtcNow().ShouldBe(_machine.Now, "a clock that is behind ages nothing");

        Run(Known.AddHours(2), TimeSpan.Zero).Doubt.ShouldBeNull();
        Run(Known.AddYears(20), TimeSpan.Zero).Doubt.ShouldNotBeNull("what was known is still known");
    }

    [Fact]
    public void First_start_under_a_clock_years_ahead_is_outlived()
    {
        Run(Known.AddYears(20), TimeSpan.FromHours(2));
        var clock = Run(Known, TimeSpan.FromHours(1));
        clock.Doubt.ShouldNotBeNull();
        _machine.Pass(TimeSpan.FromDays(1));
        clock.Look();
        (clock.Doubt, clock.GetUtcNow()).ShouldBe((null, _machine.Now));
        clock.Keep();

        Run(Known.AddDays(2), TimeSpan.Zero).Doubt.ShouldBeNull();
        Run(Known.AddYears(20), TimeSpan.Zero).Doubt.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("never")]
    public void Damaged_note_is_made_up_for_by_when_ingest_is_seen_to_have_run(string content)
    {
        System.IO.File.WriteAllText(File, content);
        (_machine.Now, _machine.Timestamp) = (Known.AddYears(20), 0);
        var clock = new BelievedClock(File, evidence: Known, new ClockOptions(), _machine, NullLogger.Instance);
        clock.Doubt.ShouldNotBeNull();
        clock.GetUtcNow().ShouldBe(Known);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Starts at a time of the machine and runs for so long, a look a minute.</summary>
    private BelievedClock Run(DateTimeOffset now, TimeSpan time, TimeSpan? longestStep = null)
    {
        _machine.Now = now;
        var clock = new BelievedClock(File, evidence: null, new ClockOptions { LongestStep = longestStep ?? new ClockOptions().LongestStep }, _machine, NullLogger.Instance);
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMinutes(1))
        {
            _machine.Pass(TimeSpan.FromMinutes(1));
            clock.Look();
        }

        clock.Keep();
        return clock;
    }

    /// <summary>The machine's two clocks: one says anything, the other only runs.</summary>
    private sealed class MachineClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public long Timestamp { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => (Now, Timestamp) = (Now + time, Timestamp + time.Ticks);

        public override long GetTimestamp() => Timestamp;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
