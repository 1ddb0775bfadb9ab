using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using CleanStreets.Dashboard.Map;
using CleanStreets.WorkOrders;

namespace CleanStreets.Dashboard.Segments;

/// <summary>A street segment in the table beside the map.</summary>
internal sealed record SegmentRow(
    SegmentId SegmentId,
    int SegmentIndex,
    string? Name,
    string? Block,
    string? Class,
    double LengthMetres,
    ScoreState State,
    char? Letter,
    Grade? Grade,
    double? Index,
    double? Low,
    double? High,
    double Coverage,
    DateTimeOffset? ObservedAt,
    int? AgeMinutes,
    int SampleSize,
    int PendingConfirmations,
    OrderId? OrderId,
    OrderState? OrderState,
    double[] Center)
{
    public static SegmentRow Of(MapSegment segment, SegmentScore? score, WorkOrder? order, DateTimeOffset now) => new(
        segment.Id,
        segment.Index,
        segment.Street.Name,
        segment.Block,
        segment.Street.Class,
        segment.Street.LengthMetres,
        score?.State ?? ScoreState.NotSeen,
        score?.Grade?.Letter(),
        score?.Grade,
        score?.Index,
        score?.Low,
        score?.High,
        score?.Coverage ?? 0,
        score?.NewestObservationAt,
        score?.NewestObservationAt is { } seenAt ? Math.Max(0, (int)(now - seenAt).TotalMinutes) : null,
        score?.SampleSize ?? 0,
        score?.PendingConfirmations ?? 0,
        order?.Id,
        order?.State,
        segment.Center);
}
