using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Tests.Match;

/// <summary>What Match allocates on its own thread, once its traces have grown to their size.</summary>
public sealed class MatchCostTests(ITestOutputHelper output)
{
    private const int ReadingsABatch = 1000;

    /// <summary>A pass is an observation, its counts and its place in a list: about 500 bytes with three kinds.</summary>
    private const double MostBytesAPass = 1000;

    private readonly StreetNetwork _network = GeneratedCity.Create(4);

    [Fact]
    public void Reading_that_ends_no_pass_allocates_less_than_a_byte()
    {
        var (bytes, readings, passes) = Measure(new Drive(_network, "truck-1", "s-1", seed: 1, startMs: 1_790_000_000_000).Standing(20_000));

        passes.ShouldBe(0);
        output.WriteLine($"{bytes / (double)readings:F3} bytes a reading");
        (bytes / (double)readings).ShouldBeLessThan(1);
    }

    [Fact]
    public void Pass_allocates_its_observation_and_little_else()
    {
        var (bytes, readings, passes) = Measure(new Drive(_network, "truck-1", "s-1", seed: 1, startMs: 1_790_000_000_000).Over(segments: 1200));

        passes.ShouldBeGreaterThan(300);
        output.WriteLine($"{bytes / (double)passes:F0} bytes a pass, {bytes / (double)readings:F1} a reading");
        (bytes / (double)passes).ShouldBeLessThan(MostBytesAPass);
    }

    private (long Bytes, long Readings, long Passes) Measure(Drive drive)
    {
        var batches = drive.Batches(ReadingsABatch, ReadingFormat.Protobuf).Select(Decoded).ToList();

        // Another trace drives the same way first: what is remembered of the network belongs to nobody.
        var warm = NewMatcher();
        batches.ForEach(batch => warm.Match(batch));
        var matcher = NewMatcher();
        batches.Take(batches.Count / 4).ToList().ForEach(batch => matcher.Match(batch));
        var (readings, passes) = (0L, 0L);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = batches.Count / 4; i < batches.Count; i++)
        {
            passes += matcher.Match(batches[i]).Observations.Count;
            readings += batches[i].Readings.Count;
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before, readings, passes);
    }

    private TraceMatcher NewMatcher() => new(_network, new MatchingOptions(), new ObservationOptions(), new MatchStageOptions());

    private static IngestBatch Decoded(byte[] payload)
    {
        var batch = new IngestBatch(slabBytes: 0);
        new ReadingDecoder().Decode(payload, default, batch.Readings, out var envelope).ShouldBe(QuarantineReason.None);
        batch.Add(new IngestMessage { Envelope = envelope, ReadingCount = batch.Readings.Count, TraceStart = 1 }, default, default, default);
        batch.Messages[0].Position = envelope.FirstSequence;
        batch.ResetVerdicts();
        return batch;
    }
}
