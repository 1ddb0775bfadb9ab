using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.State;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Tests.Match;

/// <summary>Many trucks by turns in one batch, whose traces are looked at together, come to what a batch a message comes to.</summary>
public sealed class MatchByTurnsTests
{
    private const int Trucks = 300;
    private const int Turns = 60;

    private readonly StreetNetwork _network = GeneratedCity.Create(4);
    private readonly ReadingDecoder _decoder = new();

    [Fact]
    public void Trucks_by_turns_give_the_passes_and_the_state_of_a_batch_a_message()
    {
        var payloads = ByTurns();
        var (together, apart) = (NewMatcher(), NewMatcher());

        var expected = payloads.SelectMany(payload => apart.Match(Batch([payload])).Observations).Select(Told).ToList();
        var passes = payloads.Chunk(500).SelectMany(some => together.Match(Batch(some)).Observations).Select(Told).ToList();

        expected.Count.ShouldBeGreaterThan(Trucks / 2);
        passes.ShouldBe(expected);
        StateOf(together).ShouldBe(StateOf(apart));
    }

    [Fact]
    public void Session_that_ends_within_a_batch_begins_anew_behind_its_end()
    {
        var payloads = ByTurns()[..(Trucks * 10)];
        var (together, apart) = (NewMatcher(), NewMatcher());

        var whole = Batch(payloads);
        AddEnd(whole, whole.Messages[5].Envelope);
        Add(whole, payloads[5]);
        together.Match(whole);

        payloads.ForEach(payload => apart.Match(Batch([payload])));
        var end = new IngestBatch(slabBytes: 0);
        AddEnd(end, whole.Messages[5].Envelope);
        apart.Match(end);
        apart.Match(Batch([payloads[5]]));

        together.OpenTraces.ShouldBe(Trucks);
        StateOf(together).ShouldBe(StateOf(apart));
    }

    private static (string? Truck, int Segment, long Left, long First, long Last) Told(MatchedObservation pass) =>
        (pass.Truck.Value, pass.Observation.SegmentIndex, pass.Observation.LeftAtMs, pass.Observation.FirstSequence, pass.Observation.LastSequence);

    private static void AddEnd(IngestBatch batch, BatchEnvelope envelope)
    {
        batch.Add(new IngestMessage { Kind = MessageKind.SessionClosed, Envelope = envelope }, default, default, default);
        batch.Messages[^1].Position = 1;
    }

    private static byte[] StateOf(TraceMatcher matcher)
    {
        var state = new StateWriter();
        var bytes = new List<byte>();
        matcher.Save(state);
        state.Read(block => bytes.AddRange(block.Span));
        return [.. bytes];
    }

    /// <summary>One reading of each truck after the other, again and again.</summary>
    private List<byte[]> ByTurns()
    {
        var drives = Enumerable.Range(0, Trucks)
            .Select(truck => new Drive(_network, $"truck-{truck}", "s-1", seed: truck, startMs: 1_790_000_000_000).Over(segments: 6)).ToList();
        return [.. Enumerable.Range(0, Turns).SelectMany(turn => drives.Select(drive => drive.Batch(turn, 1, ReadingFormat.Protobuf)))];
    }

    private IngestBatch Batch(IEnumerable<byte[]> payloads)
    {
        var batch = new IngestBatch(slabBytes: 0);
        foreach (var payload in payloads)
        {
            Add(batch, payload);
        }

        return batch;
    }

    private void Add(IngestBatch batch, byte[] payload)
    {
        var start = batch.Readings.Count;
        _decoder.Decode(payload, default, batch.Readings, out var envelope).ShouldBe(QuarantineReason.None);
        batch.Add(
            new IngestMessage { Envelope = envelope, ReadingStart = start, ReadingCount = batch.Readings.Count - start, TraceStart = 1 }, default, default, default);
        batch.Messages[^1].Position = envelope.FirstSequence;
        batch.ResetVerdicts();
    }

    private TraceMatcher NewMatcher() => new(_network, new MatchingOptions(), new ObservationOptions(), new MatchStageOptions());
}
