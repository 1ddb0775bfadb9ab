using CleanStreets.Edge.Capture;

namespace CleanStreets.Edge.Tests.Capture;

public sealed class FramePacingTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 4, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 10)] // Standing: once a second.
    [InlineData(3, 10)] // 3 m/s: by time.
    [InlineData(8, 20)] // 8 m/s: every 4 m.
    [InlineData(20, 40)] // Faster than frames come: all of them.
    public void Frames_are_used_by_time_and_by_distance(double speed, int used)
    {
        var pacing = new FramePacing(TimeSpan.FromSeconds(1), everyMetres: 4);
        Enumerable.Range(0, 40).Count(i => pacing.Use(Start.AddSeconds(i * 0.25), speed * 0.25)).ShouldBe(used);
    }

    [Fact]
    public void A_clock_set_back_does_not_stop_the_camera()
    {
        var pacing = new FramePacing(TimeSpan.FromSeconds(1), everyMetres: 4);
        pacing.Use(Start, 0).ShouldBeTrue();
        pacing.Use(Start.AddYears(-20), 0).ShouldBeTrue();
        pacing.Use(Start.AddYears(-20).AddSeconds(1), 0).ShouldBeTrue();
    }
}
