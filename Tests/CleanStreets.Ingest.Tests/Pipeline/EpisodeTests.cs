using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Tests.Pipeline;

public sealed class EpisodeTests
{
    [Fact]
    public void Alternating_good_and_bad_is_one_episode_until_it_has_been_quiet()
    {
        var clock = new StoppedClock();
        var episode = new Episode(clock, TimeSpan.FromMinutes(1));
        episode.Ends().ShouldBeFalse("nothing has begun");
        episode.Begins().ShouldBeTrue();
        for (var i = 0; i < 100; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            episode.Ends().ShouldBeFalse();
            episode.Begins().ShouldBeFalse();
        }

        clock.Advance(TimeSpan.FromSeconds(61));
        episode.Ends().ShouldBeTrue();
        episode.Ends().ShouldBeFalse("an end is told once");
        episode.Begins().ShouldBeTrue("the next trouble is news again");
    }

    private sealed class StoppedClock : TimeProvider
    {
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;

        public override long GetTimestamp() => _ticks;
    }
}
