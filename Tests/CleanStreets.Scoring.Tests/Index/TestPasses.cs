using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Scoring.Index.Tests;

/// <summary>Passes and facts of one street of 100 m.</summary>
internal static class TestPasses
{
    public const double Length = 100;

    public static readonly SegmentId Street = SegmentId.Parse("street-1");

    /// <summary>2026-11-20 08:00 UTC.</summary>
    public static readonly DateTimeOffset Morning = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    public static SegmentEvidence Evidence(params IEnumerable<Observation> passes)
    {
        var evidence = new SegmentEvidence(Street, Length);
        foreach (var pass in passes)
        {
            evidence.Add(pass, Truck("truck-1"));
        }

        return evidence;
    }

    public static TruckId Truck(string id) => TruckId.Parse(id);

    /// <summary>A pass over the whole street that saw 3 m on both sides with a recall of 1, so 600 m².</summary>
    public static Observation Pass(DateTimeOffset at, params KindCount[] counts) => new()
    {
        SegmentIndex = 0,
        SegmentId = Street,
        EnteredAtMs = at.ToUnixTimeMilliseconds(),
        LeftAtMs = at.AddSeconds(20).ToUnixTimeMilliseconds(),
        Forward = true,
        FromOffsetMetres = 0,
        ToOffsetMetres = Length,
        LengthDrivenMetres = Length,
        Coverage = 1,
        SeenMilliSquareMetres = new SideTotals(0, 300_000, 300_000),
        Recall = new DetectorRecall { DefaultMilli = 1000 },
        Counts = counts,
        Piles = [],
        ReadingCount = 20,
        FirstSequence = 1,
        LastSequence = 20,
        Light = Light.Day,
        CameraId = null,
        ModelVersion = null,
    };

    public static KindCount Litter(int count, Side side = Side.Right) => new(Kinds.LooseLitter, side, count, 900);

    public static PileFind Pile(DateTimeOffset at, double offset = 40, Side side = Side.Right) =>
        new(Kinds.Pile, side, 1, at.ToUnixTimeMilliseconds(), 7, offset, 910, "e-1");

    public static Fact Fact(FactKind kind, DateTimeOffset at, string id = "fact-1", string? detection = null, Side side = Side.Unknown) =>
        new() { FactId = id, SegmentId = Street, Kind = kind, At = at, Side = side, DetectionId = detection };
}
