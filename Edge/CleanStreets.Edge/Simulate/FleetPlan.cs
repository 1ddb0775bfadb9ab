using CleanStreets.Scoring.Streets;

namespace CleanStreets.Edge.Simulate;

/// <summary>Sends the fleet where nobody was for long, and where a crew says that it cleaned. Owned by the simulation's loop.</summary>
internal sealed class FleetPlan
{
    private const int Candidates = 8;

    private readonly StreetNetwork _streets;
    private readonly StreetRouter _router;
    private readonly Random _random;
    private readonly long[] _seenMs;
    private readonly int[] _seenBy;
    private readonly List<Inspection> _inspections = [];

    public FleetPlan(StreetNetwork streets, int seed)
    {
        (_streets, _router, _random) = (streets, new StreetRouter(streets), new Random(seed));
        _seenMs = new long[streets.Segments.Count];
        _seenBy = new int[streets.Segments.Count];
        Array.Fill(_seenMs, long.MinValue);
        Array.Fill(_seenBy, -1);
    }

    /// <summary>Inspections that wait for a truck.</summary>
    public int Waiting => _inspections.Count;

    /// <summary>Segments that were driven, or that a truck is on its way to.</summary>
    public int Seen => _seenMs.Count(ms => ms != long.MinValue);

    /// <summary>A truck drove a segment from end to end.</summary>
    public void Drove(int truck, int segment, long atMs) => (_seenMs[segment], _seenBy[segment]) = (atMs, truck);

    /// <summary>Asks for passes of a segment, after a moment, by trucks other than the last that saw it.</summary>
    public void Inspect(int segment, long notBeforeMs, int passes)
    {
        for (var n = 0; n < passes; n++)
        {
            _inspections.Add(new Inspection(segment, notBeforeMs, _seenBy[segment]));
        }
    }

    /// <summary>Gives inspections that are due to the nearest trucks that may take them.</summary>
    public void Dispatch(IReadOnlyList<SimulatedTruck> trucks, long nowMs)
    {
        for (var i = 0; i < _inspections.Count; i++)
        {
            var inspection = _inspections[i];
            if (inspection.NotBeforeMs > nowMs)
            {
                continue;
            }

            var able = trucks.Where(t => !t.IsInspecting && (t.Index != inspection.NotBy || trucks.Count == 1));
            var best = able
                .OrderBy(t => Distance(t.Position, inspection.Segment))
                .Take(3) // As the crow flies, then by road.
                .Select(t => (Truck: t, Route: RouteOver(t, inspection.Segment)))
                .Where(c => c.Route is not null)
                .OrderBy(c => c.Route!.LengthMetres)
                .FirstOrDefault(); // None: every truck is on its way to another.
            if (best.Route is { } route)
            {
                best.Truck.Inspect(route);
                _inspections.RemoveAt(i--);
            }
        }
    }

    /// <summary>A way to a street that nobody has seen for long, and over it.</summary>
    public StreetRoute? NextRoute(SimulatedTruck truck, long nowMs)
    {
        var stale = Enumerable.Range(0, Candidates * 4)
            .Select(_ => _random.Next(_seenMs.Length))
            .OrderBy(segment => _seenMs[segment])
            .Take(Candidates)
            .OrderBy(segment => Distance(truck.Position, segment))
            .Take(3);
        foreach (var segment in stale)
        {
            if (RouteOver(truck, segment) is { } route)
            {
                _seenMs[segment] = nowMs; // Taken: others go elsewhere.
                return route;
            }
        }

        return null;
    }

    /// <summary>The cheaper way of driving a segment from end to end.</summary>
    private StreetRoute? RouteOver(SimulatedTruck truck, int segment)
    {
        var forward = _router.Find(truck.Place, new StreetPosition(segment, _streets.Segments[segment].LengthMetres), truck.Forward, endForward: true);
        if (_streets.Segments[segment].OneWay)
        {
            return Whole(forward);
        }

        var backward = _router.Find(truck.Place, new StreetPosition(segment, 0), truck.Forward, endForward: false);
        return (Whole(forward)?.LengthMetres ?? double.MaxValue) <= (Whole(backward)?.LengthMetres ?? double.MaxValue) ? Whole(forward) : Whole(backward);
    }

    /// <summary>Only a route that drives its last segment whole; a truck already in the middle of it has to come back.</summary>
    private StreetRoute? Whole(StreetRoute? route) =>
        route is not null && route.Legs[^1].LengthMetres > _streets.Segments[route.Legs[^1].SegmentIndex].LengthMetres - 0.5 ? route : null;

    private double Distance(GeoPoint from, int segment)
    {
        var line = _streets.Segments[segment].Geometry;
        var to = line[line.Count / 2];
        var east = (to.Longitude - from.Longitude) * Math.Cos(double.DegreesToRadians(from.Latitude));
        return ((to.Latitude - from.Latitude) * (to.Latitude - from.Latitude)) + (east * east);
    }

    private sealed record Inspection(int Segment, long NotBeforeMs, int NotBy);
}
