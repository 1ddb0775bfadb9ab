using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.Ingest.Store.Log;

/// <summary>Picks the scores that are worth a point of their own: seen, and saying something else than the point before.</summary>
/// <remarks>What was there before a start is told with <see cref="Know"/>; without, the first score of a segment is a point.</remarks>
internal sealed class PointFilter
{
    private readonly Dictionary<SegmentId, ScorePoint> _last = [];

    /// <summary>A score that is in the log already.</summary>
    public void Know(SegmentScore score)
    {
        if (PointOf(score) is { } point)
        {
            _last[score.SegmentId] = point;
        }
    }

    public bool IsNews(SegmentScore score, out PointRow row)
    {
        row = default;
        if (PointOf(score) is not { } point)
        {
            return false;
        }

        // The mere time is no difference.
        if (_last.TryGetValue(score.SegmentId, out var last) && last with { AsOf = point.AsOf } == point)
        {
            return false;
        }

        _last[score.SegmentId] = point;
        row = new PointRow(score.SegmentId, point);
        return true;
    }

    private static ScorePoint? PointOf(SegmentScore score) => score is { State: ScoreState.Seen, Grade: { } grade, Index: { } index }
        ? new ScorePoint(score.AsOf, index, score.Low ?? index, score.High ?? index, grade, score.SampleSize)
        : null;
}
