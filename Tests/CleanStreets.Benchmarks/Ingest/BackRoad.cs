using System.Text;
using CleanStreets.Benchmarks.Load;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Benchmarks.Ingest;

/// <summary>Decoded readings in memory as Match gets them: the trucks of a drive by turns, in batches, everything accepted and journalled.</summary>
internal sealed class BackRoad
{
    private const int ReadingsABatch = 1000;

    private readonly ReadingDecoder _decoder = new();
    private readonly List<IngestBatch> _batches = [];

    private BackRoad(StreetNetwork network) => Network = network;

    public StreetNetwork Network { get; }

    public IReadOnlyList<IngestBatch> Batches => _batches;

    public long Readings { get; private set; }

    /// <exception cref="CleanStreets.Benchmarks.Run.MissingException">The shared data is absent.</exception>
    public static async Task<BackRoad> DriveAsync(Drive drive, int seed)
    {
        await drive.PrepareAsync(seed);
        var road = new BackRoad(StreetFile.Read(Drive.StreetsFile));
        var trucks = drive.Files.Select(File.ReadLines).Select(lines => lines.GetEnumerator()).ToList();
        while (trucks.Count > 0)
        {
            foreach (var truck in trucks.ToList())
            {
                if (truck.MoveNext())
                {
                    road.Add(Encoding.UTF8.GetBytes(truck.Current));
                }
                else
                {
                    truck.Dispose();
                    trucks.Remove(truck);
                }
            }
        }

        return road;
    }

    /// <summary>A matcher as ingest makes it, which has seen nothing yet.</summary>
    public TraceMatcher NewMatcher() => new(Network, new MatchingOptions(), new ObservationOptions(), new MatchStageOptions());

    /// <summary>Moves every reading on in time: the same drive once more, later.</summary>
    public void Later(long ms)
    {
        foreach (var batch in _batches)
        {
            foreach (ref var reading in batch.Readings.Readings)
            {
                reading = reading with { CapturedAtMs = reading.CapturedAtMs + ms };
            }
        }
    }

    private void Add(byte[] payload)
    {
        if (_batches.Count == 0 || _batches[^1].Readings.Count >= ReadingsABatch)
        {
            _batches.Add(new IngestBatch(slabBytes: 0) { ThroughPosition = Readings + ReadingsABatch });
        }

        var batch = _batches[^1];
        var start = batch.Readings.Count;
        if (_decoder.Decode(payload, default, batch.Readings, out var envelope) != QuarantineReason.None)
        {
            throw new InvalidOperationException($"drive.py wrote what cannot be decoded: {Encoding.UTF8.GetString(payload)}");
        }

        var count = batch.Readings.Count - start;
        batch.Add(new IngestMessage { Kind = MessageKind.Readings, Envelope = envelope, ReadingStart = start, ReadingCount = count, TraceStart = 1 }, default, default, default);
        batch.Messages[^1].Position = Readings;
        batch.ResetVerdicts();
        Readings += count;
    }
}
