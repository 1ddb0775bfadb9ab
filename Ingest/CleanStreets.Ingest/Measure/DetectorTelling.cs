using CleanStreets.Contracts.ReadApi;
using CleanStreets.Scoring.Observations;

namespace CleanStreets.Ingest.Measure;

/// <summary>Detector versions as the read API and <c>rescore</c> tell them.</summary>
internal static class DetectorTelling
{
    // A truck that invents a version a day must not make the answer grow with it.
    private const int Most = 64;

    public static DetectorHistory Tell(this ModelLedger ledger) => new(
        [.. ledger.Spans.TakeLast(Most).Select(Tell)], [.. ledger.Trials.TakeLast(Most).Select(Tell)], [.. ledger.Comparisons().Where(bridge => bridge.Kinds.Count > 0).TakeLast(Most).Select(Tell)]);

    private static DetectorSpan Tell(ModelSpan span) => new(
        span.Version, span.Passes, DateTimeOffset.FromUnixTimeMilliseconds(span.FirstMs), DateTimeOffset.FromUnixTimeMilliseconds(span.LastMs));

    private static DetectorBridge Tell(ModelComparison bridge) => new(bridge.Older, bridge.Newer, bridge.OnSameFrames, [.. bridge.Kinds.Select(kind => new DetectorFactor(
        kind.Kind, Round(kind.Factor), kind.Factor is null ? null : Round(kind.Low), kind.Factor is null ? null : Round(kind.High), kind.Places, kind.OlderCount, kind.NewerCount))]);

    private static double? Round(double? value) => value is { } known ? Math.Round(known, 4) : null;
}
