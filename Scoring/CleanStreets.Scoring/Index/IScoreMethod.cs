using System.Buffers;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Scoring.Index;

/// <summary>A versioned way to turn evidence into a score. Pure: the same evidence and moment give the same score, to the last bit.</summary>
public interface IScoreMethod
{
    /// <summary>Name and version, beside every number it gives.</summary>
    string Name { get; }

    /// <summary>Evidence older than this weighs nothing and may be pruned, milliseconds.</summary>
    long HorizonMs { get; }

    /// <summary>The score as of a moment; evidence captured later is left out.</summary>
    /// <param name="evidence">The segment's evidence.</param>
    /// <param name="networkVersion">Version of the street network it was matched to.</param>
    /// <param name="asOfMs">The moment, milliseconds since 1970 UTC.</param>
    SegmentScore Score(SegmentEvidence evidence, string networkVersion, long asOfMs);

    /// <summary>The score with the arithmetic and the words behind it.</summary>
    /// <param name="evidence">The segment's evidence.</param>
    /// <param name="networkVersion">Version of the street network it was matched to.</param>
    /// <param name="asOfMs">The moment, milliseconds since 1970 UTC.</param>
    /// <param name="passes">The newest passes, to be shown beside it.</param>
    ScoreExplanation Explain(SegmentEvidence evidence, string networkVersion, long asOfMs, IReadOnlyList<PassSummary> passes);

    /// <summary>What one pass alone says, by its plain rate, without prior or fading.</summary>
    PassGrade GradePass(Observation observation);
}

/// <summary>What one pass alone says.</summary>
/// <param name="Grade">The letter; null when the pass saw too little.</param>
/// <param name="Index">The index; null when the pass saw too little.</param>
public readonly record struct PassGrade(Grade? Grade, double? Index);

/// <summary>Passes as the read API tells them.</summary>
public static class PassSummaries
{
    /// <summary>Sums <paramref name="observation"/> up.</summary>
    /// <param name="method">Grades the pass.</param>
    /// <param name="observation">The pass.</param>
    /// <param name="truck">Who drove it.</param>
    /// <param name="order">Work order because of which the truck was sent there.</param>
    /// <param name="isTrial">A detector on trial saw it.</param>
    /// <param name="stripWidthMetres">Width of the strip that exposure was reckoned with, see <see cref="ObservationOptions.StripWidthMetres"/>.</param>
    /// <remarks>Metres seen are those of the side seen best, and never more than driven × recall.</remarks>
    public static PassSummary Summarise(
        this IScoreMethod method, Observation observation, TruckId truck, OrderId? order = null, bool isTrial = false, double stripWidthMetres = 3)
    {
        var recall = observation.Recall.DefaultMilli / 1000.0;
        var seen = observation.SeenMilliSquareMetres;
        var strip = Math.Max(seen.Left, Math.Max(seen.Right, seen.Unknown)) / 1000.0 / stripWidthMetres;
        var grade = method.GradePass(observation);
        return new PassSummary(
            truck,
            DateTimeOffset.FromUnixTimeMilliseconds(observation.EnteredAtMs),
            DateTimeOffset.FromUnixTimeMilliseconds(observation.LeftAtMs),
            observation.Forward,
            observation.Coverage,
            Math.Round(Math.Min(strip, observation.LengthDrivenMetres) * recall, 2),
            TotalsOf(observation.Counts),
            observation.Light,
            observation.CameraId,
            observation.ModelVersion,
            grade.Grade,
            grade.Index,
            Math.Round(seen.Total / 1000.0 * recall, 2),
            order,
            IsTrial: isTrial);
    }

    /// <summary>Both sides together.</summary>
    private static KindTotals TotalsOf(IReadOnlyList<KindCount> counts)
    {
        var totals = ArrayPool<KeyValuePair<string, int>>.Shared.Rent(counts.Count);
        for (var i = 0; i < counts.Count; i++)
        {
            totals[i] = new(counts[i].Kind, counts[i].Count);
        }

        var sum = KindTotals.Of(totals.AsSpan(0, counts.Count));
        ArrayPool<KeyValuePair<string, int>>.Shared.Return(totals, clearArray: true);
        return sum;
    }
}
