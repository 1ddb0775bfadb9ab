using System.Globalization;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Edge.Simulate.Stories;

/// <summary>All that will happen in a run: the episodes of its stories, with trucks and streets chosen by the seed.</summary>
/// <remarks>Depends on the scripts, the seed, the size of the fleet and the streets, and on nothing else.</remarks>
internal sealed class StoryPlan
{
    private static readonly TimeSpan PowerIsOutFor = TimeSpan.FromSeconds(20);
    private readonly StreetNetwork _streets;

    /// <summary>Plans.</summary>
    /// <param name="scripts">The stories, all beginning together.</param>
    /// <param name="streets">The city.</param>
    /// <param name="trucks">Size of the fleet.</param>
    /// <param name="seed">Chooses.</param>
    /// <param name="beginMs">The first simulated moment, ms since 1970 UTC.</param>
    /// <exception cref="SimulateException">A story names a street that is not there.</exception>
    public StoryPlan(IReadOnlyList<StoryScript> scripts, StreetNetwork streets, int trucks, int seed, long beginMs)
    {
        (_streets, BeginMs) = (streets, beginMs);
        Lasts = scripts.Count == 0 ? TimeSpan.Zero : scripts.Max(script => script.Lasts);
        var episodes = new List<StoryEpisode>();
        foreach (var script in scripts)
        {
            foreach (var told in script.Events)
            {
                var isOfStreets = told.Do is StoryAction.Market or StoryAction.Sweep;
                var chosen = isOfStreets ? [] : TruckChoice.Of(told.Trucks, trucks, seed, script.Name);
                var segments = isOfStreets ? SegmentsOf(told.Where!, script.Name) : [];
                for (var n = 0; n < told.Times; n++)
                {
                    var from = beginMs + (long)(told.At + (n * (told.Every ?? TimeSpan.Zero))).TotalMilliseconds;
                    var to = from + (long)(told.For ?? (told.Do == StoryAction.PowerCut ? PowerIsOutFor : TimeSpan.FromSeconds(1))).TotalMilliseconds;
                    episodes.Add(new StoryEpisode(script.Name, told, episodes.Count, from, to, chosen, segments, isOfStreets ? null : AreaOf(told.Where, script.Name)));
                }
            }
        }

        Episodes = episodes;
    }

    /// <summary>The first simulated moment.</summary>
    public long BeginMs { get; }

    /// <summary>How long the longest story takes; zero without stories.</summary>
    public TimeSpan Lasts { get; }

    /// <summary>Everything that happens.</summary>
    public IReadOnlyList<StoryEpisode> Episodes { get; }

    /// <summary>Whether any of these happens to a truck.</summary>
    public bool Has(int truck, params ReadOnlySpan<StoryAction> actions)
    {
        foreach (var episode in Episodes)
        {
            if (episode.Trucks.Contains(truck) && actions.Contains(episode.Event.Do))
            {
                return true;
            }
        }

        return false;
    }

    private List<int> SegmentsOf(StoryPlace place, string story)
    {
        if (place.Streets is { } names)
        {
            return [.. names.SelectMany(name => Named(name, story)).Distinct().Take(place.Most ?? int.MaxValue)];
        }

        var area = AreaOf(place, story)!;
        var near = _streets.Segments
            .Select(segment => (segment.Index, Metres: StoryArea.Metres(area.Centre, _streets.PointAt(segment.Index, segment.LengthMetres / 2))))
            .Where(segment => segment.Metres <= area.RadiusMetres)
            .OrderBy(segment => segment.Metres)
            .Select(segment => segment.Index)
            .Take(place.Most ?? int.MaxValue)
            .ToList();
        return near.Count > 0 ? near : throw new SimulateException($"Story {story}: no street lies within {area.RadiusMetres:0} m of {place.Near}.");
    }

    private List<int> Named(string name, string story)
    {
        var found = _streets.Segments
            .Where(segment => segment.Id.Value == name || string.Equals(segment.Name, name, StringComparison.OrdinalIgnoreCase))
            .Select(segment => segment.Index)
            .ToList();
        return found.Count > 0 ? found : throw new SimulateException($"Story {story}: there is no street called {name}, and none with that id.");
    }

    private StoryArea? AreaOf(StoryPlace? place, string story)
    {
        if (place is null)
        {
            return null;
        }

        if (place.Near is "centre")
        {
            return new StoryArea(
                new GeoPoint(_streets.Segments.Average(s => s.Geometry[0].Latitude), _streets.Segments.Average(s => s.Geometry[0].Longitude)), place.RadiusMetres);
        }

        return place.Near?.Split(',', StringSplitOptions.TrimEntries) is [var x, var y]
            && double.TryParse(x, NumberStyles.Float, CultureInfo.InvariantCulture, out var longitude)
            && double.TryParse(y, NumberStyles.Float, CultureInfo.InvariantCulture, out var latitude)
            && Math.Abs(longitude) <= 180 && Math.Abs(latitude) <= 90
            ? new StoryArea(new GeoPoint(latitude, longitude), place.RadiusMetres)
            : throw new SimulateException($"Story {story}: near is centre or LONGITUDE,LATITUDE, and {place.Near ?? "a list of streets"} is neither.");
    }
}
