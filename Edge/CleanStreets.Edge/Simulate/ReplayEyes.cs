using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Edge.Simulate;

/// <summary>Gives a recorded trace a simulated camera: place and time of a fix stay as recorded, the simulated city says what is seen.</summary>
/// <remarks>
/// It claims to see only what one reading can answer for: street driven since the fix before, both fixes on one segment, each metre once.
/// Nothing is seen far from any street, across a junction, in a gap and where the truck stands.
/// Sight goes by the recorded time, so it depends on the file, the streets and the seed, not on when the replay runs.
/// </remarks>
internal sealed class ReplayEyes(ReplayTrace trace, StreetNetwork streets, DirtyCity city, Random random)
{
    // 25 m: nineteen of twenty recorded fixes lie within 19 m of the street that was driven.
    private const double NearMetres = 25;

    // Traces of cars come each second to each 15 s; what lies between fixes farther apart was not recorded.
    private const long MaxGapMs = 30_000;
    private const double MaxGapMetres = 250;

    // Farther back than receivers err: the truck has turned.
    private const double TurnedMetres = 20;

    private readonly SimulatedCamera _camera = new(trace.Truck, random);
    private StreetPosition? _farthest;
    private bool? _forward;
    private long _beforeMs;

    /// <summary>What was seen in the last reading. Void after the next.</summary>
    public ReadOnlySpan<Detection> Detections => _camera.Detections;

    /// <summary>A fix of which nothing but place and time is known.</summary>
    public static Reading Blind(ReplayFix fix, long shiftMs) =>
        new() { CapturedAtMs = fix.AtMs + shiftMs, LatitudeE7 = fix.LatitudeE7, LongitudeE7 = fix.LongitudeE7, Coverage = 0 };

    /// <summary>Whether a street is near enough to be the one that was driven.</summary>
    public static bool IsNearStreet(ReplayFix fix, StreetNetwork streets) => streets.TryFindNearest(PointOf(fix), NearMetres, out _);

    /// <summary>Looks from the next fix of the trace.</summary>
    public Reading Look(ReplayFix fix, long shiftMs)
    {
        var blind = Blind(fix, shiftMs);
        var light = Daylight.At(fix.AtMs, blind.Longitude);
        _camera.Open(light);
        if (Advance(fix) is not { } drove)
        {
            return blind;
        }

        var cityMs = fix.AtMs - trace.Fixes[0].AtMs; // All traces start together, in a city as old as they.
        _camera.SeeStreet(drove, city, cityMs);
        _camera.SeeItems(new StreetPosition(drove.SegmentIndex, drove.ToOffsetMetres), drove.Forward, drove.LengthMetres, city, cityMs);
        var squareMetres = (float)Math.Round(drove.LengthMetres * SimulatedCamera.StripMetres, 1);
        return blind with
        {
            Coverage = (float)Math.Round(_camera.Coverage, 2),
            Light = light,
            VisibleLeftSquareMetres = squareMetres,
            VisibleRightSquareMetres = squareMetres,
        };
    }

    /// <summary>The street driven for the first time since the fix before; null when there is none to answer for.</summary>
    private RouteLeg? Advance(ReplayFix fix)
    {
        var elapsedMs = fix.AtMs - _beforeMs;
        _beforeMs = fix.AtMs;
        StreetPosition? place = streets.TryFindNearest(PointOf(fix), NearMetres, out var near) ? near.Position : null;
        if (place is not { } to || _farthest is not { } from || from.SegmentIndex != to.SegmentIndex
            || elapsedMs is < 0 or > MaxGapMs || Math.Abs(to.OffsetMetres - from.OffsetMetres) > MaxGapMetres)
        {
            (_farthest, _forward) = (place, null);
            return null;
        }

        var metres = to.OffsetMetres - from.OffsetMetres;
        var forward = _forward ?? (metres >= 0 || streets.Segments[to.SegmentIndex].OneWay);
        var ahead = forward ? metres : -metres;
        if (ahead < -TurnedMetres)
        {
            (_farthest, _forward) = (to, null);
        }

        if (ahead <= 0)
        {
            return null;
        }

        (_farthest, _forward) = (to, forward);
        return new RouteLeg(to.SegmentIndex, forward, from.OffsetMetres, to.OffsetMetres);
    }

    private static GeoPoint PointOf(ReplayFix fix) => new(fix.LatitudeE7 * 1e-7, fix.LongitudeE7 * 1e-7);
}
