using CleanStreets.Contracts;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Scoring.Index;

/// <summary>What evidence keeps of one pass: integers only, so that sums are exact in any order.</summary>
internal sealed class PassEvidence(Observation observation, TruckId truck)
{
    public const long MillisPerHour = 3_600_000;

    private const double CentimetresPerMetre = 100;

    public TruckId Truck { get; } = truck;

    public long EnteredAtMs { get; } = observation.EnteredAtMs;

    public long LeftAtMs { get; } = observation.LeftAtMs;

    /// <summary>UTC hour of capture since 1970: all evidence of an hour has one age.</summary>
    public long Hour { get; } = (long)Math.Floor(observation.EnteredAtMs / (double)MillisPerHour);

    public int FromCentimetre { get; } = (int)Math.Round(observation.FromOffsetMetres * CentimetresPerMetre);

    public int ToCentimetre { get; } = (int)Math.Round(observation.ToOffsetMetres * CentimetresPerMetre);

    public SideTotals Seen { get; } = observation.SeenMilliSquareMetres;

    public DetectorRecall Recall { get; } = observation.Recall;

    public IReadOnlyList<KindCount> Counts { get; } = observation.Counts;

    /// <summary>Piles of this pass, each of which a person may judge.</summary>
    public IReadOnlyList<PileFind> Finds { get; } = observation.Piles;
}
