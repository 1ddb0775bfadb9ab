using CleanStreets.Benchmarks.Load;
using CleanStreets.Benchmarks.Run;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Benchmarks.Ingest;

/// <summary>Match alone, in this process: map matching, and the whole stage with its observations.</summary>
internal sealed class MatchRow : Row
{
    private const int Trucks = 50;
    private const int ReadingsEach = 4000;
    private const double FixesASecond = 800_000;

    public override string Name => "match";

    public override string About => "map matching at 1 Hz in West Oakland, one core, in memory";

    public override async Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        var road = await BackRoad.DriveAsync(new Drive(settings.Tools, Trucks, ReadingsEach, ReadingsAMessage: 1), seed: 7);
        var alone = new Line($"{About}: the matcher alone, whose ways are remembered", "CPU-ns a fix") { Limit = 1e9 / FixesASecond };
        var stage = new Line($"{About}: the stage, observations included", "CPU-ns a reading") { Limit = 1200 };
        var allocated = new Line($"{About}: allocated by the stage", "bytes a reading");
        var passes = new Line($"{About}: allocated by the stage", "bytes a pass");
        for (var round = -1; round < settings.Runs; round++)
        {
            var fixes = Alone(road);
            var (cpu, bytes, observations) = Stage(road);
            if (round >= 0)
            {
                alone.Ours.Add(fixes * 1e9 / road.Readings);
                stage.Ours.Add(cpu * 1e9 / road.Readings);
                allocated.Ours.Add(bytes / (double)road.Readings);
                passes.Ours.Add(bytes / (double)observations);
            }
        }

        alone.Note = $"{1e9 / alone.Ours.Median:N0} fixes a second";
        return [alone, stage, allocated, passes];
    }

    private static double Alone(BackRoad road)
    {
        var matchers = new Dictionary<string, MapMatcher>(StringComparer.Ordinal);
        var sink = new Deaf();
        var before = ThreadCpu.Seconds;
        foreach (var batch in road.Batches)
        {
            foreach (ref readonly var message in batch.Messages)
            {
                var truck = message.Envelope.TruckId.Value;
                if (!matchers.TryGetValue(truck, out var matcher))
                {
                    matchers.Add(truck, matcher = new MapMatcher(road.Network, new MatchingOptions()));
                }

                foreach (ref readonly var reading in batch.ReadingsOf(in message))
                {
                    matcher.Add(
                        reading.CapturedAtMs,
                        new GeoPoint(reading.Latitude, reading.Longitude),
                        reading.AccuracyMetres,
                        reading.HeadingDegrees,
                        reading.SpeedMetresPerSecond,
                        ref sink);
                }
            }
        }

        return ThreadCpu.Seconds - before;
    }

    private static (double Cpu, long Bytes, int Observations) Stage(BackRoad road)
    {
        var matcher = road.NewMatcher();
        var observations = 0;
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var before = ThreadCpu.Seconds;
        foreach (var batch in road.Batches)
        {
            observations += matcher.Match(batch).Observations.Count;
        }

        return (ThreadCpu.Seconds - before, GC.GetAllocatedBytesForCurrentThread() - bytes, observations);
    }

    private struct Deaf : IMatchSink
    {
        public readonly void Drove(in Travel travel)
        {
        }

        public readonly void Placed(int edge, double offset, long timeMs)
        {
        }

        public readonly void Unplaced()
        {
        }

        public readonly void Broke()
        {
        }
    }
}
