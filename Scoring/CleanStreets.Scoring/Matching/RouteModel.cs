using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Matching;

/// <summary>The way from one candidate to the next: what it costs in metres, and what is driven.</summary>
internal sealed class RouteModel(StreetNetwork network)
{
    /// <summary>Back along the edge by up to this is noise of a slow truck, not driving: four standard deviations.</summary>
    private const double BackwardNoiseMetres = 20;

    private readonly StreetEdges _edges = network.Edges;
    private readonly NetworkReach _reach = NetworkReach.Of(network);

    // Tables of the present long gap only: they are large and hardly ever asked for twice.
    private readonly Dictionary<int, EdgeReach> _far = [];

    /// <summary>How the way between two candidates begins.</summary>
    private enum Way
    {
        None,
        Along,
        Standing,
        TurnedRound,
        ThroughJunctions,
    }

    /// <summary>Whether this far back along an edge is noise and not driving.</summary>
    public static bool IsNoise(double metresBack) => metresBack is > 0 and <= BackwardNoiseMetres;

    /// <summary>A new step begins: what was searched for one long gap is of no use for the next.</summary>
    public void Forget() => _far.Clear();

    /// <summary>Metres from one candidate to the other, U-turns priced in; infinite when there is no way within <paramref name="limit"/>.</summary>
    public double Cost(in MatchState from, in MatchState to, double limit) => Choose(from, to, limit, out _, out _).Cost;

    /// <summary>Adds what is driven from one candidate to the other.</summary>
    public void Drive(in MatchState from, in MatchState to, double limit, List<PathLeg> legs)
    {
        var (way, _) = Choose(from, to, limit, out var reach, out var entry);
        switch (way)
        {
            case Way.Along:
                legs.Add(new PathLeg(from.Edge, from.Offset, to.Offset));
                break;
            case Way.TurnedRound:
                TurnRound(from, to, legs);
                break;
            case Way.ThroughJunctions:
                legs.Add(new PathLeg(from.Edge, from.Offset, _edges.Length(from.Edge)));
                var first = legs.Count;
                for (var at = reach!.Before(entry); at >= 0; at = reach.Before(at))
                {
                    legs.Add(new PathLeg(reach.Edge(at), 0, _edges.Length(reach.Edge(at))));
                }

                legs.Reverse(first, legs.Count - first);
                legs.Add(new PathLeg(to.Edge, 0, to.Offset));
                break;
            default:
                break;
        }
    }

    private (Way Way, double Cost) Choose(in MatchState from, in MatchState to, double limit, out EdgeReach? reach, out int entry)
    {
        (reach, entry) = (null, -1);
        if (from.Edge == to.Edge && to.Offset >= from.Offset - BackwardNoiseMetres)
        {
            return to.Offset >= from.Offset ? (Way.Along, to.Offset - from.Offset) : (Way.Standing, 0);
        }

        var best = (Way: Way.None, Cost: double.PositiveInfinity);
        if (to.Edge == StreetEdges.Reverse(from.Edge))
        {
            var turned = Math.Abs(_edges.Length(to.Edge) - to.Offset - from.Offset) + EdgeReach.UTurnMetres;
            best = (Way.TurnedRound, turned);
        }

        var remaining = _edges.Length(from.Edge) - from.Offset;
        if (remaining <= limit)
        {
            // The limit holds for the way between the two edges: what a table knows beyond it must not change an answer.
            reach = ReachFrom(from.Edge, limit);
            entry = reach.Find(to.Edge);
            if (entry >= 0 && reach.Cost(entry) <= limit && remaining + reach.Cost(entry) + to.Offset is var through && through < best.Cost)
            {
                best = (Way.ThroughJunctions, through);
            }
        }

        return best.Cost <= limit ? best : (Way.None, double.PositiveInfinity);
    }

    private EdgeReach ReachFrom(int edge, double limit)
    {
        if (limit <= NetworkReach.LargestBound)
        {
            return _reach.From(edge, limit);
        }

        if (!_far.TryGetValue(edge, out var reach) || reach.Bound < limit)
        {
            reach = _far[edge] = EdgeReach.Search(_edges, edge, limit);
        }

        return reach;
    }

    private void TurnRound(in MatchState from, in MatchState to, List<PathLeg> legs)
    {
        var length = _edges.Length(from.Edge);
        var turnedAt = Math.Max(from.Offset, length - to.Offset);
        legs.Add(new PathLeg(from.Edge, from.Offset, turnedAt));
        legs.Add(new PathLeg(to.Edge, Math.Min(length - turnedAt, to.Offset), to.Offset)); // Rounding must not turn a leg backwards.
    }
}
