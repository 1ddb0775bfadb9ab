using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Streets;

/// <summary>What became of the segments of an earlier network.</summary>
/// <param name="Network">The new network, with old ids where the street is the same.</param>
/// <param name="Same">Segments that had their old id anyway.</param>
/// <param name="Kept">Segments that got their old id back because they lie where it lay.</param>
/// <param name="New">Segments that the earlier network did not have.</param>
/// <param name="Gone">Segments that only the earlier network had.</param>
public sealed record KeptIds(StreetNetwork Network, int Same, int Kept, int New, int Gone);

/// <summary>Gives streets the ids they had before, so that their history stays theirs when the map was drawn anew.</summary>
/// <remarks>
/// A way that was cut before a block moves that block into a new way, and with it to a new id, although the street is the same. It is known
/// again by its place: the same two ends, a length within a twentieth, traffic the same way. Left and right stay what they were.
/// </remarks>
public static class PreviousIds
{
    private const double LengthTolerance = 0.05;

    /// <summary>Keeps the ids of <paramref name="previous"/>.</summary>
    public static KeptIds Keep(StreetNetwork network, StreetNetwork previous)
    {
        var free = previous.Segments.Where(segment => !network.TryFind(segment.Id, out _)).ToLookup(Ends);
        var taken = new HashSet<SegmentId>();
        var renamed = new Dictionary<SegmentId, (SegmentId Id, bool Turned)>();
        var (streets, same, kept) = (new List<StreetDefinition>(network.Segments.Count), 0, 0);
        foreach (var segment in network.Segments)
        {
            if (previous.TryFind(segment.Id, out _))
            {
                same++;
                streets.Add(Definition(segment, segment.Id, segment.Geometry));
            }
            else if (Match(segment, free[Ends(segment)], taken) is { } old)
            {
                kept++;
                taken.Add(old.Id);
                var turned = Key(old.Geometry[0]) != Key(segment.Geometry[0]);
                renamed.Add(segment.Id, (old.Id, turned));
                streets.Add(Definition(segment, old.Id, turned ? [.. segment.Geometry.Reverse()] : segment.Geometry));
            }
            else
            {
                streets.Add(Definition(segment, segment.Id, segment.Geometry));
            }
        }

        return new KeptIds(
            StreetNetwork.Create(streets, network.ForbiddenTurns.Select(Renamed)), same, kept, network.Segments.Count - same - kept, previous.Segments.Count - same - kept);

        ForbiddenTurn Renamed(ForbiddenTurn turn)
        {
            var (from, fromForward) = Of(turn.From, turn.FromForward);
            var (to, toForward) = Of(turn.To, turn.ToForward);
            return new ForbiddenTurn(from, fromForward, to, toForward);
        }

        (SegmentId Id, bool Forward) Of(SegmentId id, bool forward) =>
            renamed.TryGetValue(id, out var old) ? (old.Id, forward != old.Turned) : (id, forward);
    }

    private static StreetSegment? Match(StreetSegment segment, IEnumerable<StreetSegment> candidates, HashSet<SegmentId> taken) => candidates
        .Where(old => !taken.Contains(old.Id)
            && Math.Abs(old.LengthMetres - segment.LengthMetres) <= LengthTolerance * segment.LengthMetres
            && old.OneWay == segment.OneWay
            && (!segment.OneWay || Key(old.Geometry[0]) == Key(segment.Geometry[0])))
        .MinBy(old => (Math.Abs(old.LengthMetres - segment.LengthMetres), old.Index));

    private static StreetDefinition Definition(StreetSegment segment, SegmentId id, IReadOnlyList<GeoPoint> geometry) =>
        new(id, segment.Name, segment.Class, segment.OneWay, geometry);

    /// <summary>Both ends, in an order that does not depend on the drawing.</summary>
    private static (long, long) Ends(StreetSegment segment)
    {
        var (from, to) = (Key(segment.Geometry[0]), Key(segment.Geometry[^1]));
        return (Math.Min(from, to), Math.Max(from, to));
    }

    private static long Key(GeoPoint place) => PlaceKey.Of(place);
}
