using System.Buffers;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Tests.Pipeline;

/// <summary>A truck driving from junction to junction, one reading a second, seeing litter; the same seed gives the same drive.</summary>
internal sealed class Drive(StreetNetwork network, string truck, string session, int seed, long startMs)
{
    private const double MetresPerSecond = 6;

    private readonly Random _random = new(seed);
    private readonly List<(Reading Reading, Detection[] Detections)> _readings = [];

    public string Truck => truck;

    /// <summary>Version of the detector that looks.</summary>
    public string Model { get; init; } = "litter-7.2";

    /// <summary>It is on trial beside another.</summary>
    public bool IsTrial { get; init; }

    public int Count => _readings.Count;

    public Drive Over(int segments)
    {
        var segment = network.Segments[_random.Next(network.Segments.Count)];
        var node = segment.FromNode;
        for (var i = 0; i < segments; i++)
        {
            var forward = segment.FromNode == node;
            Along(segment, forward);
            node = forward ? segment.ToNode : segment.FromNode;
            var next = network.Segments.Where(s => (s.FromNode == node || s.ToNode == node) && s.Index != segment.Index).ToList();
            segment = next.Count > 0 ? next[_random.Next(next.Count)] : segment;
        }

        return this;
    }

    public byte[] Batch(int from, int count, ReadingFormat format = ReadingFormat.Json, long sentAtMs = 0, long oldest = 0)
    {
        var buffer = new ReadingBuffer();
        foreach (var (reading, detections) in _readings.Skip(from).Take(count))
        {
            buffer.Add(in reading, detections);
        }

        var envelope = new BatchEnvelope
        {
            TruckId = TruckId.Parse(truck),
            SessionId = SessionId.Parse(session),
            FirstSequence = from + 1,
            OldestSequence = oldest,
            SentAtMs = sentAtMs,
            CameraId = "curb-right",
            ModelVersion = Model,
            IsTrial = IsTrial,
        };
        var output = new ArrayBufferWriter<byte>();
        ReadingEncoder.WriteBatch(output, format, in envelope, buffer);
        return output.WrittenSpan.ToArray();
    }

    public IEnumerable<byte[]> Batches(int size, ReadingFormat format = ReadingFormat.Json)
    {
        for (var from = 0; from < _readings.Count; from += size)
        {
            yield return Batch(from, Math.Min(size, _readings.Count - from), format);
        }
    }

    /// <summary>Stands at a street's middle, one reading a second: readings that complete no pass and find no pile, whose picture would be a text of its own.</summary>
    public Drive Standing(int readings)
    {
        var segment = network.Segments[_random.Next(network.Segments.Count)];
        Detection[] litter = [new Detection(Kinds.LooseLitter, 1, 0.8f, Side.Right)];
        for (var i = 0; i < readings; i++)
        {
            See(segment, segment.LengthMetres / 2, forward: true, metresPerSecond: 0, litter);
        }

        return this;
    }

    private void Along(StreetSegment segment, bool forward)
    {
        for (var driven = 0.0; driven < segment.LengthMetres; driven += MetresPerSecond)
        {
            See(segment, forward ? driven : segment.LengthMetres - driven, forward, MetresPerSecond, Seen());
        }
    }

    private void See(StreetSegment segment, double offset, bool forward, double metresPerSecond, Detection[] detections)
    {
        var point = network.PointAt(segment.Index, offset);
        var heading = (network.HeadingAt(segment.Index, offset) + (forward ? 0 : 180)) % 360;
        var reading = new Reading
        {
            CapturedAtMs = startMs + (_readings.Count * 1000L),
            LatitudeE7 = (int)Math.Round(point.Latitude * 1e7),
            LongitudeE7 = (int)Math.Round(point.Longitude * 1e7),
            AccuracyMetres = 4,
            HeadingDegrees = (float)heading,
            SpeedMetresPerSecond = (float)metresPerSecond,
        };
        _readings.Add((reading, detections));
    }

    private Detection[] Seen() => _random.Next(10) switch
    {
        < 5 => [],
        < 9 => [new Detection(Kinds.LooseLitter, _random.Next(1, 4), 0.8f, _random.Next(2) == 0 ? Side.Left : Side.Right)],
        _ => [new Detection(Kinds.Pile, 1, 0.9f, Side.Right, EvidenceId: $"e-{_readings.Count}")],
    };
}
