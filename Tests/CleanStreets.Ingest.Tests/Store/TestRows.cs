using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Store;

namespace CleanStreets.Ingest.Tests.Store;

/// <summary>Rows as Score would hand them over; the same number gives the same row.</summary>
internal static class TestRows
{
    public static readonly DateTimeOffset Start = new(2026, 11, 22, 5, 0, 0, TimeSpan.Zero);

    public static PassRow Pass(long position, int ordinal = 0, string segment = "seg-1", string truck = "truck-1", DateTimeOffset? leftAt = null) =>
        new(position, ordinal, SegmentId.Parse(segment), new PassSummary(
            TruckId.Parse(truck),
            (leftAt ?? Start.AddSeconds(position)).AddSeconds(-20),
            leftAt ?? Start.AddSeconds(position),
            Forward: position % 2 == 0,
            Coverage: 0.875,
            ExposureMetres: 61.25 + position,
            new Dictionary<string, int> { [Kinds.LooseLitter] = (int)(position % 7) + 1, ["odd kind, with=all"] = 2 },
            Light.Day,
            CameraId: "curb \"right\" \\",
            ModelVersion: null,
            Grade.B,
            Index: 2.1 + (position / 1024.0),
            ExposureSquareMetres: position % 3 == 0 ? null : 366.5 + position,
            OrderId: position % 4 == 1 ? OrderId.Parse($"W-{position}") : null));

    public static PointRow Point(int number, string segment = "seg-1") => new(SegmentId.Parse(segment), new ScorePoint(
        Start.AddSeconds(number), 2.1 + (number / 1024.0), 1.7, 2.6, (Grade)(number % 5), number));

    public static FactRow Sent(int number, string segment = "seg-1") => new(
        SegmentId.Parse(segment), $"f-{number}", FactKind.TruckSent, Start.AddSeconds(number), Side.Unknown, TruckId.Parse("truck-1"), OrderId.Parse($"W-{number}"));

    /// <summary>A pass in words, for comparing.</summary>
    public static string Text(PassSummary pass) =>
        $"{pass with { Counts = new Dictionary<string, int>() }} {string.Join(' ', pass.Counts.OrderBy(item => item.Key, StringComparer.Ordinal))}";
}
