using CleanStreets.Contracts;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Edge.Simulate;

/// <summary>One truck driving on the streets: a position every simulated second, kept to one-ways and junctions.</summary>
internal sealed class SimulatedTruck
{
    private const double MaxAcceleration = 1.5; // m/s²: a full truck.

    private readonly StreetNetwork _streets;
    private readonly FleetPlan _plan;
    private readonly Random _random;
    private readonly Queue<RouteLeg> _legs = new();
    private double _cruise;
    private int _stuckSeconds;

    public SimulatedTruck(TruckId id, int index, StreetNetwork streets, FleetPlan plan, int seed)
    {
        (Id, Index, _streets, _plan) = (id, index, streets, plan);
        _random = new Random(unchecked((seed * 31) + (index * 7919) + 1));
        Eyes = new SimulatedEyes(id, new Random(_random.Next()));
        _cruise = 7 + (_random.NextDouble() * 3);
        Tow();
    }

    public TruckId Id { get; }

    public int Index { get; }

    /// <summary>What it sees, with its receiver's error.</summary>
    public SimulatedEyes Eyes { get; }

    /// <summary>Where it truly is.</summary>
    public StreetPosition Place { get; private set; }

    public GeoPoint Position => _streets.PointAt(Place.SegmentIndex, Place.OffsetMetres);

    /// <summary>Whether it drives along the segment's geometry.</summary>
    public bool Forward { get; private set; }

    public double Speed { get; private set; }

    public double Heading => (_streets.HeadingAt(Place.SegmentIndex, Place.OffsetMetres) + (Forward ? 0 : 180)) % 360;

    /// <summary>On its way to see whether a street is clean.</summary>
    public bool IsInspecting { get; private set; }

    /// <summary>Sends it somewhere else at once.</summary>
    public void Inspect(StreetRoute route)
    {
        Take(route);
        IsInspecting = true;
    }

    /// <summary>Drives one second and appends the parts of segments it drove over.</summary>
    public void Step(long nowMs, List<RouteLeg> drove)
    {
        Speed = Math.Clamp(Wanted(), Speed - (2 * MaxAcceleration), Speed + MaxAcceleration);
        var left = Speed;
        while (left > 1e-6)
        {
            if (_legs.Count == 0)
            {
                IsInspecting = false;
                if (_plan.NextRoute(this, nowMs) is not { } route)
                {
                    Speed = 0;
                    if (++_stuckSeconds > 30)
                    {
                        Tow(); // The end of a one-way that leads nowhere, as at the edge of a clipped map.
                    }

                    return;
                }

                _stuckSeconds = 0;

                Take(route);
            }

            left -= Advance(left, nowMs, drove);
        }
    }

    private double Advance(double metres, long nowMs, List<RouteLeg> drove)
    {
        var leg = _legs.Peek();
        (Place, Forward) = (Place.SegmentIndex == leg.SegmentIndex ? Place : new StreetPosition(leg.SegmentIndex, leg.FromOffsetMetres), leg.Forward);
        var ahead = Math.Abs(leg.ToOffsetMetres - Place.OffsetMetres);
        var step = Math.Min(metres, ahead);
        var to = Place.OffsetMetres + (leg.Forward ? step : -step);
        drove.Add(new RouteLeg(leg.SegmentIndex, leg.Forward, Place.OffsetMetres, to));
        Place = Place with { OffsetMetres = to };
        if (step >= ahead - 1e-9)
        {
            _legs.Dequeue();
            if (leg.LengthMetres > _streets.Segments[leg.SegmentIndex].LengthMetres / 2)
            {
                _plan.Drove(Index, leg.SegmentIndex, nowMs);
            }

            if (_legs.TryPeek(out var next))
            {
                Place = new StreetPosition(next.SegmentIndex, next.FromOffsetMetres); // The same junction, seen from the next segment.
                Forward = next.Forward;
            }
        }

        return step;
    }

    private void Tow()
    {
        var segment = _streets.Segments[_random.Next(_streets.Segments.Count)];
        Place = new StreetPosition(segment.Index, segment.LengthMetres * _random.NextDouble());
        Forward = segment.OneWay || _random.Next(2) == 0;
        _stuckSeconds = 0;
    }

    private void Take(StreetRoute route)
    {
        _legs.Clear();
        foreach (var leg in route.Legs)
        {
            _legs.Enqueue(leg);
        }
    }

    /// <summary>Slower towards the end of a street, faster on the way to an inspection.</summary>
    private double Wanted()
    {
        if (_random.Next(30) == 0)
        {
            _cruise = 7 + (_random.NextDouble() * 3);
        }

        var length = _streets.Segments[Place.SegmentIndex].LengthMetres;
        var toEnd = Forward ? length - Place.OffsetMetres : Place.OffsetMetres;
        var cruise = IsInspecting ? 11 : _cruise;
        return Math.Min(cruise, 4 + (toEnd / 6));
    }
}
