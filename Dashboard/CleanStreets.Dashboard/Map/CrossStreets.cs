namespace CleanStreets.Dashboard.Map;

/// <summary>Says which block of its street a segment is, by the streets that cross it at its ends.</summary>
/// <remarks>
/// A street's name alone sends a crew to a mile of road. Streets meet where their lines share an end point, as in the network they come from.
/// Where only unnamed ways (alleys, service roads) meet the street, its own course is followed to the next crossing with a name.
/// </remarks>
internal sealed class CrossStreets
{
    private const int MostSteps = 50;

    private readonly Dictionary<(double Longitude, double Latitude), List<MapSegment>> _ends = [];

    public CrossStreets(IEnumerable<MapSegment> segments)
    {
        foreach (var segment in segments)
        {
            Add(segment, segment.Geometry[0]);
            Add(segment, segment.Geometry[^1]);
        }
    }

    /// <summary>For example "Linden Avenue to Drayman Street"; null when no street with another name meets it.</summary>
    public string? Of(MapSegment segment)
    {
        var from = Crossing(segment, segment.Geometry[0]);
        var to = Crossing(segment, segment.Geometry[^1]);
        return (from, to) switch
        {
            (null, null) => null,
            (not null, null) => $"from {from}",
            (null, not null) => $"from {to}",
            _ when from == to => $"at {from}",
            _ when string.CompareOrdinal(from, to) < 0 => $"{from} to {to}",
            _ => $"{to} to {from}",
        };
    }

    private string? Crossing(MapSegment segment, double[] end)
    {
        var at = Key(end);
        for (var step = 0; step < MostSteps; step++)
        {
            var meeting = _ends[at];
            var named = meeting.Select(other => other.Street.Name).Where(name => name is not null && name != segment.Street.Name).Order(StringComparer.Ordinal).FirstOrDefault();
            if (named is not null)
            {
                return named;
            }

            var here = segment;
            var onward = meeting.Where(other => other != here && other.Street.Name is not null).Distinct().ToArray();
            if (onward.Length != 1)
            {
                return null; // A dead end, or a street that forks under its own name.
            }

            segment = onward[0];
            at = Key(segment.Geometry[0]) == at ? Key(segment.Geometry[^1]) : Key(segment.Geometry[0]);
        }

        return null;
    }

    private void Add(MapSegment segment, double[] end)
    {
        var key = Key(end);
        if (!_ends.TryGetValue(key, out var meeting))
        {
            _ends.Add(key, meeting = []);
        }

        meeting.Add(segment);
    }

    private static (double Longitude, double Latitude) Key(double[] point) => (point[0], point[1]);
}
