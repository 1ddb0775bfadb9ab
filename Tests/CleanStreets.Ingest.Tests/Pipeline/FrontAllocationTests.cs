using CleanStreets.Ingest.Acknowledge;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Decode;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Quarantine;
using CleanStreets.Ingest.Receive;
using CleanStreets.Ingest.Tests.Journal;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Pipeline;

/// <summary>Each front stage by itself on this thread: after warm-up none may allocate for a reading.</summary>
public sealed class FrontAllocationTests
{
    private const int Rounds = 20;
    private const int Messages = 1000;
    private const double MostBytes = 0.5;

    private readonly BatchPool _pool = new(4, 1 << 20, Messages);
    private readonly IntakeQueue _queue = new(4);
    private readonly BatchDecoder _decoder = new();
    private readonly Admission _admission = new(new AdmissionOptions());
    private readonly Fates _fates = new();
    private readonly MarkBoard _marks = new(TimeSpan.FromSeconds(1));
    private readonly QuarantineLog _quarantine = new(new QuarantineOptions());
    private readonly Dictionary<string, long> _bytes = [];
    private bool _counting;

    /// <remarks>What boxes as long as its code is not compiled for speed does so no more a while later: that happens beside, and takes its time on a busy machine.</remarks>
    [Fact]
    public async Task Front_stages_allocate_nothing_for_a_reading()
    {
        Dictionary<string, double> bytes = [];
        try
        {
            await Eventually.TrueAsync($"no stage allocates {MostBytes} bytes a reading", () =>
            {
                bytes = new FrontAllocationTests().BytesAReading();
                return bytes.Values.All(stage => stage < MostBytes);
            });
        }
        catch (TimeoutException)
        {
            bytes.ShouldAllBe(stage => stage.Value < MostBytes);
        }
    }

    /// <summary>Bytes a reading by stage, in the second half of a run.</summary>
    private Dictionary<string, double> BytesAReading()
    {
        using var bench = new JournalBench();
        using var journal = bench.Open();
        var network = GeneratedCity.Create(seed: 1);
        var trucks = Enumerable.Range(0, 4)
            .Select(i => new Drive(network, $"truck-{i}", "s-1", seed: i, startMs: 1_764_000_000_000).Standing(Rounds * Messages / 4))
            .Select(drive => (Id: System.Text.Encoding.ASCII.GetBytes(drive.Truck), Payloads: drive.Batches(1).ToList()))
            .ToList();
        var filler = new BatchFiller(_pool, _queue, new PipelineOptions { BatchMessages = 2 * Messages }, TimeProvider.System);
        for (var round = 0; round < Rounds; round++)
        {
            // The first half warms up: names become known, lists grow to their size.
            _counting = round >= Rounds / 2;
            var from = round * Messages / 4;
            Measure("receive", () => Fill(filler, trucks, from, from + (Messages / 4)));
            _queue.TryRead(out var batch).ShouldBeTrue();
            batch.MessageCount.ShouldBe(Messages);
            Measure("decode", () => _decoder.Decode(batch));
            Measure("admit", () => Admit(batch));
            Measure("journal", () => Write(journal, batch));
            Measure("acknowledge", () => Settle(batch));
            _pool.Return(batch);
        }

        _fates.Accepted.ShouldBe(Rounds * Messages);
        return _bytes.ToDictionary(stage => stage.Key, stage => stage.Value / (double)(Rounds / 2 * Messages));
    }

    private static void Fill(BatchFiller filler, List<(byte[] Id, List<byte[]> Payloads)> trucks, int from, int to)
    {
        foreach (var (id, payloads) in trucks)
        {
            for (var i = from; i < to; i++)
            {
                filler.GoOn();
                filler.TryAdd(MessageKind.Readings, id, default, payloads[i]).ShouldBeTrue();
                filler.AddToken(default);
                filler.Offer();
            }
        }
    }

    private void Admit(IngestBatch batch)
    {
        foreach (ref var message in batch.Messages)
        {
            _admission.Admit(batch, ref message);
        }
    }

    private static void Write(JournalWriter journal, IngestBatch batch)
    {
        foreach (ref var message in batch.Messages)
        {
            message.Position = journal.Append(new JournalRecord
            {
                Type = JournalRecordType.Readings,
                ReceivedAtMs = message.ReceivedAtMs,
                FirstSequence = message.Envelope.FirstSequence,
                ReadingCount = message.ReadingCount,
                Id = batch.TopicId(in message),
                Session = "s-1"u8,
                Payload = batch.Payload(in message),
            });
        }

        journal.Commit();
    }

    private void Settle(IngestBatch batch)
    {
        _fates.CountSettled(batch);
        _quarantine.Note(batch);
        foreach (ref var message in batch.Messages)
        {
            _marks.Set(message.Envelope.TruckId, message.Envelope.SessionId, message.StoredThrough);
        }
    }

    private void Measure(string stage, Action work)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        work();
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        if (_counting)
        {
            _bytes[stage] = _bytes.GetValueOrDefault(stage) + bytes;
        }
    }
}
