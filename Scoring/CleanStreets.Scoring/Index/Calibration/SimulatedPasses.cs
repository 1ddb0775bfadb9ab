using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Scoring.Index;

/// <summary>Evidence of one simulated street of 100 m, seen on both sides with a recall of 1.</summary>
internal sealed class SimulatedPasses
{
    public const long HourMs = PassEvidence.MillisPerHour;

    private const double LengthMetres = 100;

    private static readonly SegmentId Street = SegmentId.Parse("street");
    private static readonly TruckId[] Trucks = [TruckId.Parse("truck-0"), TruckId.Parse("truck-1"), TruckId.Parse("truck-2")];
    private static readonly DetectorRecall Perfect = new() { DefaultMilli = 1000 };

    public static int TruckCount => Trucks.Length;

    public SegmentEvidence Evidence { get; } = new(Street, LengthMetres);

    /// <summary>The middle of an hour, from which its evidence is aged.</summary>
    public static long MiddleOf(double hour) => ((long)Math.Floor(hour) * HourMs) + (HourMs / 2);

    /// <summary>Adds a pass that counted <paramref name="pieces"/> of litter on <paramref name="squareMetres"/>, by one of <see cref="TruckCount"/> trucks.</summary>
    public void Add(long atMs, double squareMetres, int pieces, int truck = 0)
    {
        var side = (long)(squareMetres * 500);
        Evidence.Add(
            new Observation
            {
                SegmentIndex = 0,
                SegmentId = Street,
                EnteredAtMs = atMs,
                LeftAtMs = atMs,
                Forward = true,
                FromOffsetMetres = 0,
                ToOffsetMetres = LengthMetres,
                LengthDrivenMetres = LengthMetres,
                Coverage = 1,
                SeenMilliSquareMetres = new SideTotals(0, side, side),
                Recall = Perfect,
                Counts = pieces > 0 ? [new KindCount(Kinds.LooseLitter, Side.Unknown, pieces, 0)] : [],
                Piles = [],
                ReadingCount = 1,
                FirstSequence = 1,
                LastSequence = 1,
                Light = Light.Day,
                CameraId = null,
                ModelVersion = null,
            },
            Trucks[truck]);
    }
}
