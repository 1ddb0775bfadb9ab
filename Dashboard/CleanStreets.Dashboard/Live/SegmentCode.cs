using CleanStreets.Contracts.Scores;

namespace CleanStreets.Dashboard.Live;

/// <summary>Marks on a street segment of the map. The numbers are the wire's.</summary>
[Flags]
internal enum SegmentFlags : byte
{
    None = 0,

    /// <summary>The interval is wider than a grade and a half: drawn with dashes.</summary>
    LowConfidence = 1,

    OpenOrder = 2,

    WaitsForRecheck = 4,

    PendingConfirmation = 8,

    /// <summary>With <see cref="LasanHighBit"/> the grade 1–3 of Los Angeles' own scale; 0 where that view says nothing.</summary>
    LasanLowBit = 16,

    /// <summary>The second of the two bits.</summary>
    LasanHighBit = 32,
}

/// <summary>A score in the few numbers a map needs; the same in the snapshot and in live events.</summary>
internal readonly record struct SegmentCode(byte Grade, SegmentFlags Flags, ushort Index100, ushort Low100, ushort High100, uint ObservedAtSeconds)
{
    /// <summary>Grade of a segment about which nothing can be said.</summary>
    public const byte NotSeen = 255;

    private const double WideInterval = 1.5;
    private const string LasanView = "lasan-2016-q3";
    private const int LasanShift = 4;

    public static SegmentCode Of(SegmentScore? score, SegmentFlags marks)
    {
        if (score is null)
        {
            return new SegmentCode(NotSeen, marks, 0, 0, 0, 0);
        }

        var flags = marks | (score.PendingConfirmations > 0 ? SegmentFlags.PendingConfirmation : SegmentFlags.None);
        var observedAt = (uint)Math.Clamp(score.NewestObservationAt?.ToUnixTimeSeconds() ?? 0, 0, uint.MaxValue);
        if (score is not { State: ScoreState.Seen, Grade: { } grade, Index: { } index })
        {
            return new SegmentCode(NotSeen, flags, 0, 0, 0, observedAt);
        }

        var (low, high) = (score.Low ?? index, score.High ?? index);
        flags |= high - low > WideInterval ? SegmentFlags.LowConfidence : SegmentFlags.None;
        flags |= score.Views?.GetValueOrDefault(LasanView) is { Grade: >= 1 and <= 3 and var lasan } ? (SegmentFlags)(lasan << LasanShift) : SegmentFlags.None;
        return new SegmentCode((byte)grade, flags, Hundredths(index), Hundredths(low), Hundredths(high), observedAt);
    }

    private static ushort Hundredths(double value) => (ushort)Math.Round(Math.Clamp(value, 0, 5) * 100);
}
