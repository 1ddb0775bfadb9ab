using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.State;

namespace CleanStreets.Scoring.Observations;

/// <summary>How many things of one kind a pass saw on one side.</summary>
/// <param name="Kind">The kind of detection.</param>
/// <param name="Side">The segment's side, seen along its geometry.</param>
/// <param name="Count">How many, the same thing in successive frames counted once.</param>
/// <param name="ConfidenceMilli">Mean confidence weighted by count, in thousandths; 0 when the detector sent none.</param>
public readonly record struct KindCount(string Kind, Side Side, int Count, int ConfidenceMilli)
{
    internal void Save(StateWriter state)
    {
        state.Text(Kind);
        state.Number((long)Side);
        state.Number(Count);
        state.Number(ConfidenceMilli);
    }

    internal static KindCount Load(ref StateReader state) => new(state.RequiredText(), state.Choice<Side>(), state.Int32(), state.Int32());
}

/// <summary>One pile, for a person to confirm or refuse.</summary>
/// <param name="Kind">The kind of detection.</param>
/// <param name="Side">The segment's side, seen along its geometry.</param>
/// <param name="Count">How many.</param>
/// <param name="CapturedAtMs">When it was first seen, milliseconds since 1970 UTC.</param>
/// <param name="Sequence">Sequence of the reading that saw it first, in the trace's session.</param>
/// <param name="OffsetMetres">Where along the segment's geometry.</param>
/// <param name="ConfidenceMilli">The detector's confidence in thousandths; 0 when it sent none.</param>
/// <param name="EvidenceId">The picture; null without one.</param>
public readonly record struct PileFind(
    string Kind, Side Side, int Count, long CapturedAtMs, long Sequence, double OffsetMetres, int ConfidenceMilli, string? EvidenceId)
{
    internal void Save(StateWriter state)
    {
        state.Text(Kind);
        state.Number((long)Side);
        state.Number(Count);
        state.Number(CapturedAtMs);
        state.Number(Sequence);
        state.Real(OffsetMetres);
        state.Number(ConfidenceMilli);
        state.Text(EvidenceId);
    }

    internal static PileFind Load(ref StateReader state) => new(
        state.RequiredText(),
        state.Choice<Side>(),
        state.Int32(),
        state.MomentMs(),
        state.Number(),
        state.Real(),
        state.Int32(),
        state.Text());
}

/// <summary>What one pass concluded: one truck, one segment, once, from one end of what it drove to the other.</summary>
public sealed record Observation
{
    /// <summary>Index of the segment in the network that was matched against.</summary>
    public required int SegmentIndex { get; init; }

    /// <summary>The segment.</summary>
    public required SegmentId SegmentId { get; init; }

    /// <summary>When the truck entered it, milliseconds since 1970 UTC, interpolated between fixes.</summary>
    public required long EnteredAtMs { get; init; }

    /// <summary>When the truck left it, milliseconds since 1970 UTC, interpolated between fixes.</summary>
    public required long LeftAtMs { get; init; }

    /// <summary>Whether it was driven along its geometry.</summary>
    public required bool Forward { get; init; }

    /// <summary>Nearer end of what was driven, metres along the geometry.</summary>
    public required double FromOffsetMetres { get; init; }

    /// <summary>Farther end of what was driven, metres along the geometry; never below <see cref="FromOffsetMetres"/>.</summary>
    public required double ToOffsetMetres { get; init; }

    /// <summary>Metres of the segment that were driven, each counted once.</summary>
    public required double LengthDrivenMetres { get; init; }

    /// <summary>Pass coverage: the share of the segment's length that was driven, 0–1.</summary>
    public required double Coverage { get; init; }

    /// <summary>Street really seen by side, in thousandths of a square metre, before the detector's recall.</summary>
    public required SideTotals SeenMilliSquareMetres { get; init; }

    /// <summary>The recall that turns street seen into exposure.</summary>
    public required DetectorRecall Recall { get; init; }

    /// <summary>Counts by kind and side, ordered by kind then side. A kind that is missing was looked for and not found.</summary>
    public required IReadOnlyList<KindCount> Counts { get; init; }

    /// <summary>Piles (<c>ListedKinds</c>) in the order they were seen.</summary>
    public required IReadOnlyList<PileFind> Piles { get; init; }

    /// <summary>Readings that were placed on the segment during this pass; a short segment may be passed between two readings.</summary>
    public required int ReadingCount { get; init; }

    /// <summary>Sequence of the first of these readings; 0 without any.</summary>
    public required long FirstSequence { get; init; }

    /// <summary>Sequence of the last of these readings; 0 without any.</summary>
    public required long LastSequence { get; init; }

    /// <summary>Light at most of what was driven.</summary>
    public required Light Light { get; init; }

    /// <summary>The camera; null when not sent. When it changed during the pass, the last one.</summary>
    public required string? CameraId { get; init; }

    /// <summary>Version of the detection model; null when not sent. When it changed during the pass, the last one.</summary>
    public required string? ModelVersion { get; init; }

    /// <summary>Exposure of a kind on a side: street seen × recall, in thousandths of a square metre, rounded down.</summary>
    public long ExposureMilliSquareMetres(string kind, Side side) => SeenMilliSquareMetres[side] * Recall.MilliOf(kind) / 1000;

    /// <summary>Exposure of a kind on the segment as a whole: the sum over the sides.</summary>
    public long ExposureMilliSquareMetres(string kind) =>
        ExposureMilliSquareMetres(kind, Side.Unknown)
        + ExposureMilliSquareMetres(kind, Side.Left)
        + ExposureMilliSquareMetres(kind, Side.Right);
}
