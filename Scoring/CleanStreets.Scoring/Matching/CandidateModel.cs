using System.Runtime.CompilerServices;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Matching;

/// <summary>Which candidates a fix has, and how well each explains it.</summary>
internal sealed class CandidateModel(StreetNetwork network, MatchingOptions options)
{
    private const double WidestRadius = 120;

    // Below 3 m a receiver boasts; above 30 m it guesses.
    private const double LeastSigma = 3;
    private const double MostSigma = 30;

    // GPS errors have longer tails than the bell curve and last for several fixes: beyond 1.5 σ each further σ costs the same (Huber).
    private const double StraightFrom = 1.5;

    private readonly CarriagewayModel _carriageways = new(network, options);

    /// <summary>Standard deviation of a position whose receiver states an accuracy, or none (NaN).</summary>
    public double Sigma(double accuracyMetres) =>
        double.IsNaN(accuracyMetres) ? options.PositionSigmaMetres : Math.Clamp(accuracyMetres, LeastSigma, MostSigma);

    /// <summary>Writes the candidates of a fix, both directions of each segment where it may be driven; returns how many.</summary>
    /// <param name="fix">The fix.</param>
    /// <param name="sigma">Its standard deviation.</param>
    /// <param name="headingDegrees">Course over ground; NaN when unknown.</param>
    /// <param name="speed">Metres a second; NaN when unknown.</param>
    /// <param name="depth">Streets this much less likely by place than the nearest one are left out.</param>
    /// <param name="states">Receives the candidates.</param>
    [SkipLocalsInit]
    public int Find(in TraceFix fix, double sigma, double headingDegrees, double speed, double depth, Span<MatchState> states)
    {
        Span<SegmentHit> hits = stackalloc SegmentHit[states.Length / 2];
        var radius = Math.Clamp(4 * sigma, options.CandidateRadiusMetres, WidestRadius);
        var found = network.Grid.Find(fix.X, fix.Y, radius, hits, new LikelyReach(sigma, depth));
        found = Likely(hits[..found], sigma, depth);
        Span<double> againstTraffic = stackalloc double[found];
        _carriageways.Weigh(hits[..found], againstTraffic);
        var headed = !double.IsNaN(headingDegrees) && !(speed < options.HeadingFromMetresPerSecond);
        var (east, north) = Math.SinCos(double.DegreesToRadians(headed ? headingDegrees : 0));
        var headingWeight = headed ? options.HeadingWeight : 0;
        var count = 0;
        for (var i = 0; i < found; i++)
        {
            ref readonly var hit = ref hits[i];
            var position = PositionScore(hit.Distance / sigma);
            var direction = network.Shapes.DirectionOf(hit.Piece);

            // What speaks for driving along the geometry; it speaks as much against driving the other way.
            var along = headingWeight * ((direction.X * east) + (direction.Y * north));
            var length = network.Shapes.LengthOf(hit.Segment);
            var offset = Math.Clamp(hit.Offset, 0, length); // The nearest place of the last piece may round to beyond the end.
            var forward = StreetEdges.Of(hit.Segment, forward: true);
            states[count++] = new MatchState { Edge = forward, Offset = offset, Score = position + along - Math.Max(0, againstTraffic[i]) };
            if (network.Edges.IsDrivable(StreetEdges.Reverse(forward)))
            {
                states[count++] = new MatchState
                {
                    Edge = StreetEdges.Reverse(forward),
                    Offset = length - offset,
                    Score = position - along - Math.Max(0, -againstTraffic[i]),
                };
            }
        }

        return count;
    }

    /// <summary>How many of the hits, nearest first, are within <paramref name="depth"/> of the nearest one.</summary>
    private static int Likely(ReadOnlySpan<SegmentHit> hits, double sigma, double depth)
    {
        var count = hits.Length;
        while (count > 1 && PositionScore(hits[count - 1].Distance / sigma) < PositionScore(hits[0].Distance / sigma) - depth)
        {
            count--;
        }

        return count;
    }

    /// <summary>The distance in standard deviations of a score.</summary>
    private static double SigmasOf(double score) =>
        score >= -0.5 * StraightFrom * StraightFrom ? Math.Sqrt(-2 * score) : ((0.5 * StraightFrom * StraightFrom) - score) / StraightFrom;

    private static double PositionScore(double sigmas) =>
        sigmas <= StraightFrom ? -0.5 * sigmas * sigmas : (0.5 * StraightFrom * StraightFrom) - (StraightFrom * sigmas);

    /// <summary>Streets farther away than this are too unlikely beside the nearest one.</summary>
    private readonly struct LikelyReach(double sigma, double depth) : ISearchReach
    {
        public double Beyond(double nearest) => sigma * SigmasOf(PositionScore(nearest / sigma) - depth);
    }
}
