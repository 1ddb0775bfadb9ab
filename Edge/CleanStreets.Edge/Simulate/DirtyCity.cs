using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Edge.Simulate;

/// <summary>What lies in the streets of the simulated city at any moment: decided by the seed and by who cleaned when.</summary>
/// <remarks>Most streets are clean, some dirty, a few very dirty; dirt comes back slowly. Used by the simulation's loop alone.</remarks>
internal sealed class DirtyCity
{
    private const double MaxLitter = 80;
    private static readonly List<Market> None = [];

    private readonly StreetNetwork _streets;
    private readonly long _beganMs;
    private readonly StreetSide[] _sides;
    private readonly StreetItem[][] _items;
    private readonly Dictionary<int, List<long>> _cleanedMs = [];
    private readonly Dictionary<int, List<Market>> _markets = [];

    /// <param name="streets">The streets.</param>
    /// <param name="seed">Decides what lies where.</param>
    /// <param name="beganMs">When the city began, ms since 1970 UTC.</param>
    /// <param name="story">A segment that is very dirty from the beginning; null for none.</param>
    public DirtyCity(StreetNetwork streets, int seed, long beganMs, int? story)
    {
        (_streets, _beganMs) = (streets, beganMs);
        _sides = new StreetSide[streets.Segments.Count * 2];
        _items = new StreetItem[streets.Segments.Count][];
        for (var i = 0; i < streets.Segments.Count; i++)
        {
            var random = new Random(HashCode(seed, i));
            var level = i == story ? 45 : Level(random);
            _sides[2 * i] = NewSide(random, level);
            _sides[(2 * i) + 1] = NewSide(random, level);
            _items[i] = [.. NewItems(random, i, i == story ? 3 : level > 10 && random.Next(3) == 0 ? 1 : random.Next(25) == 0 ? 1 : 0)];
        }
    }

    /// <summary>A street for the demo's story: two-way, of middling length, near the middle of the city.</summary>
    public static int ChooseStory(StreetNetwork streets)
    {
        var centre = new GeoPoint(streets.Segments.Average(s => s.Geometry[0].Latitude), streets.Segments.Average(s => s.Geometry[0].Longitude));
        double Far(StreetSegment segment)
        {
            var middle = segment.Geometry[segment.Geometry.Count / 2];
            return Math.Abs(middle.Latitude - centre.Latitude) + (Math.Abs(middle.Longitude - centre.Longitude) * Math.Cos(double.DegreesToRadians(centre.Latitude)));
        }

        var fitting = streets.Segments.Where(s => !s.OneWay && s.LengthMetres is > 70 and < 250 && s.Name is not null).ToList();
        return (fitting.Count > 0 ? fitting : streets.Segments).MinBy(Far)!.Index;
    }

    /// <summary>A crew cleaned the whole segment.</summary>
    public void Clean(int segment, long atMs)
    {
        if (!_cleanedMs.TryGetValue(segment, out var times))
        {
            _cleanedMs[segment] = times = [];
        }

        times.Add(atMs);
        times.Sort();
    }

    /// <summary>Loose litter on one side, pieces per 100 m².</summary>
    public double Litter(int segment, Side side, long atMs)
    {
        var dirt = Of(segment, side);
        var (sinceMs, begin) = LastCleaned(segment, atMs) is { } cleaned ? (cleaned, 0) : (_beganMs, dirt.Litter);
        var litter = begin + (dirt.LitterPerHour * Math.Max(0, atMs - sinceMs) / 3_600_000.0);
        foreach (var market in Markets(segment))
        {
            litter += market.LitterBetween(sinceMs, atMs);
        }

        return Math.Min(MaxLitter, litter);
    }

    /// <summary>Weeds on one side per 100 m²: gone for good once cleaned, as far as a demo lasts.</summary>
    public double Weeds(int segment, Side side, long atMs) => LastCleaned(segment, atMs) is null ? Of(segment, side).Weeds : 0;

    /// <summary>Things with a place that lie in the segment.</summary>
    public IEnumerable<StreetItem> Items(int segment, long atMs)
    {
        var cleaned = LastCleaned(segment, atMs) ?? long.MinValue;
        return _items[segment].Concat(Markets(segment).SelectMany(market => market.Piles)).Where(item => item.SinceMs <= atMs && item.SinceMs > cleaned);
    }

    /// <summary>A market is held on a segment.</summary>
    public void Hold(int segment, Market market) => (_markets.TryGetValue(segment, out var held) ? held : _markets[segment] = []).Add(market);

    /// <summary>Share of the kerb that stalls and people hide.</summary>
    public double Hidden(int segment, long atMs)
    {
        var hidden = 0.0;
        foreach (var market in Markets(segment))
        {
            hidden = Math.Max(hidden, market.HiddenAt(atMs));
        }

        return hidden;
    }

    private List<Market> Markets(int segment) => _markets.TryGetValue(segment, out var held) ? held : None;

    private StreetSide Of(int segment, Side side) => _sides[(2 * segment) + (side == Side.Left ? 0 : 1)];

    private long? LastCleaned(int segment, long atMs)
    {
        if (_cleanedMs.TryGetValue(segment, out var times))
        {
            var i = times.FindLastIndex(t => t <= atMs);
            return i < 0 ? null : times[i];
        }

        return null;
    }

    /// <summary>Pieces per 100 m²: CROW calls up to 3 clean, up to 10 moderate, up to 25 dirty.</summary>
    private static double Level(Random random) => random.NextDouble() switch
    {
        < 0.58 => 0.1 + (random.NextDouble() * 2),
        < 0.80 => 3.5 + (random.NextDouble() * 5),
        < 0.95 => 11 + (random.NextDouble() * 12),
        _ => 30 + (random.NextDouble() * 20),
    };

    private static StreetSide NewSide(Random random, double level)
    {
        var own = level * (0.6 + (random.NextDouble() * 0.8));
        return new StreetSide(own, own / 72, random.Next(6) == 0 ? random.NextDouble() * 8 : random.NextDouble() * 0.5); // As dirty again after three days.
    }

    private IEnumerable<StreetItem> NewItems(Random random, int segment, int count)
    {
        for (var n = 0; n < count; n++)
        {
            var kind = random.Next(3) == 0 ? Kinds.Pile : Kinds.BulkyItem;
            var side = random.Next(2) == 0 ? Side.Left : Side.Right;
            yield return new StreetItem(kind, side, random.NextDouble() * _streets.Segments[segment].LengthMetres, _beganMs, (segment * 4) + n + 1);
        }
    }

    private static int HashCode(int seed, int index) => unchecked((seed * 486_187_739) + (index * 16_777_619) + 97);
}
