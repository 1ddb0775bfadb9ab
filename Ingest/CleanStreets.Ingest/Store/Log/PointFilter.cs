using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.Ingest.Store.Log;

/// <summary>Picks the scores that are worth a point of their own: seen, and saying something else than the point before.</summary>
/// <remarks>After a start the first score of each segment is one.</remarks>
internal sealed class PointFilter
{
    private readonly Dictionary<SegmentId, ScorePoint> _last = [];

    public bool IsNews(SegmentScore score, out PointRow row)
    {
        row = default;
        if (score is not { State: ScoreState.Seen, Grade: { } grade, Index: { } index })
        {
            return false;
        }

        var point = new ScorePoint(score.AsOf, index, score.Low ?? index, score.High ?? index, grade, score.SampleSize);

        // The mere time is no difference.
        if (_last.TryGetValue(score.SegmentId, out var last) && last with { AsOf = point.AsOf } == point)
        {
            return false;
        }

        _last[score.SegmentId] = point;
        row = new PointRow(score.SegmentId, point);
        return true;
    }
}
