using CleanStreets.Contracts;
using CleanStreets.Ingest.Decode;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Ingest.Tests.Snapshot;

/// <summary>Traces that an earlier version left open, with times outside of the calendar: no pass can be made of them.</summary>
public sealed class ImpossibleTimeTests
{
    private static readonly long Start = new DateTimeOffset(2026, 9, 1, 6, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void Open_trace_with_an_impossible_time_is_dropped_counted_and_said_and_the_rest_is_used(int firstSequence)
    {
        using var bench = new RecoveryBench();
        bench.Write(seed: 3, messages: 120, Start);
        var (middle, end) = (bench.Ends[60], bench.Ends[^1]);
        bench.TakeSnapshot(middle);
        var expected = bench.Recover(end);

        // From sequence 1 on the trace drives; from 100 on everything waits behind a hole.
        var passes = new List<Observation>();
        var trace = Trace(bench, shiftMs: 400_000L * 366 * 86_400_000, firstSequence, passes);
        bench.TakeSnapshot(middle, moreTraces: state =>
        {
            state.Text("truck-old");
            state.Text("s-old");
            trace.Save(state);
            state.EndItem();
        });
        var recovered = bench.Recover(end);

        recovered.Matcher.Dropped.ShouldBe([(TruckId.Parse("truck-old"), SessionId.Parse("s-old"))]);
        bench.Log.Single(line => line.Contains("with a time that cannot be")).ShouldContain("holds 1 open traces with a time that cannot be (truck-old s-old)");
        recovered.State().ShouldBe(expected.State());
        recovered.Scores().ShouldBe(expected.Scores());

        // What the stages would have met: passes that cannot be summed up.
        trace.Close(passes);
        passes.ShouldNotBeEmpty();
        Should.Throw<ArgumentOutOfRangeException>(() => new CrowMethod(new CrowOptions()).Summarise(passes[0], TruckId.Parse("truck-old")));
    }

    private static Trace Trace(RecoveryBench bench, long shiftMs, int firstSequence, List<Observation> completed)
    {
        var drive = new Drive(bench.Network, "truck-old", "s-old", seed: 9, Start).Over(8);
        var batch = new IngestBatch(1 << 20);
        batch.Add(new IngestMessage { ReceivedAtMs = Start }, "truck-old"u8, contentType: [], drive.Batch(0, drive.Count));
        new BatchDecoder().Decode(batch);
        var message = batch.Messages[0];
        message.ReadingCount.ShouldBe(drive.Count);
        var trace = new Trace(new TraceObserver(bench.Network, new MatchingOptions(), new ObservationOptions()), start: 1, holeReadings: 1024);
        var sequence = firstSequence;
        foreach (ref readonly var reading in batch.ReadingsOf(in message))
        {
            var shifted = reading with { CapturedAtMs = reading.CapturedAtMs + shiftMs };
            trace.Add(in shifted, batch.Readings.DetectionsOf(in reading), sequence++, in message.Envelope, completed);
        }

        return trace;
    }
}
