using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;

namespace CleanStreets.Scoring.Observations;

/// <summary>Tells which passes of a list were taken again by the same truck soon after; fed from the newest pass to the oldest.</summary>
/// <remarks>What a repeated pass saw beyond the view that stands for it still counts in the score; the mark says only that there is such a view.</remarks>
public sealed class RepeatMarks(ViewRule rule)
{
    private readonly Dictionary<(SegmentId Segment, TruckId Truck), DateTimeOffset> _standing = [];

    /// <summary>Whether a later view by the same truck stands for this pass. Passes must come newest first by when they entered.</summary>
    public bool IsRepeated(SegmentId segment, TruckId truck, DateTimeOffset enteredAt)
    {
        if (_standing.TryGetValue((segment, truck), out var standing) && standing - enteredAt < rule.RepeatWithin)
        {
            return true;
        }

        _standing[(segment, truck)] = enteredAt;
        return false;
    }

    /// <summary>Marks the passes of one segment.</summary>
    /// <param name="passes">Passes, newest first.</param>
    /// <param name="rule">What a repeat is.</param>
    public static IReadOnlyList<PassSummary> Mark(IReadOnlyList<PassSummary> passes, ViewRule rule)
    {
        var marks = new RepeatMarks(rule);
        var marked = new PassSummary[passes.Count];
        foreach (var (at, pass) in passes.Index().OrderByDescending(pass => pass.Item.EnteredAt))
        {
            marked[at] = pass with { Repeated = marks.IsRepeated(default, pass.TruckId, pass.EnteredAt) };
        }

        return marked;
    }
}
