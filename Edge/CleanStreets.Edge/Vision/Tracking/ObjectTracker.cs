using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Ground;

namespace CleanStreets.Edge.Vision.Tracking;

/// <summary>Recognises the same thing in successive frames by its place on the street, from which the truck's own way has been taken off.</summary>
/// <remarks>
/// A thing in the street does not move, so where it must be now is known from how the truck drove. Pairs are made nearest first, within one kind.
/// A thing that was missed in a frame keeps its number until it is out of sight or has not been seen for <see cref="Memory"/>. Used by one thread at a time.
/// </remarks>
internal sealed class ObjectTracker
{
    /// <summary>How long an unseen thing is remembered. Default: 4 s.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(4);

    // How far off a thing may be found: GPS speed and box edges are a little wrong everywhere, and a pixel is more metres the farther away.
    private const double GateMetres = 0.7;
    private const double GatePerMetre = 0.2;

    // Behind the truck by this much it is out of any camera's sight.
    private const double BehindMetres = 10;

    // A standing truck: the box itself tells, whatever the ground says.
    private const float SameBox = 0.5f;

    private readonly List<Track> _tracks = [];
    private readonly List<(double Cost, int Track, int Sighting)> _pairs = [];
    private int _last;

    /// <summary>Things remembered.</summary>
    public int Count => _tracks.Count;

    /// <summary>Gives each sighting of a frame the number of its thing; a new one for what was not seen before.</summary>
    /// <param name="motion">The truck's way since the frame before.</param>
    /// <param name="sightings">What this frame shows.</param>
    /// <param name="numbers">Takes the numbers, in the sightings' order; at least 1.</param>
    public void Track(Motion motion, ReadOnlySpan<Sighting> sightings, Span<int> numbers)
    {
        Predict(motion);
        Pair(motion, sightings);
        numbers[..sightings.Length].Clear();
        var taken = new HashSet<int>();
        foreach (var (_, track, sighting) in _pairs)
        {
            if (numbers[sighting] == 0 && taken.Add(track))
            {
                numbers[sighting] = _tracks[track].Number;
                _tracks[track].See(sightings[sighting]);
            }
        }

        for (var i = 0; i < sightings.Length; i++)
        {
            if (numbers[i] == 0)
            {
                numbers[i] = ++_last;
                _tracks.Add(new Track(numbers[i], sightings[i]));
            }
        }
    }

    private void Predict(Motion motion)
    {
        var (sin, cos) = Math.SinCos(double.DegreesToRadians(motion.TurnDegrees));
        foreach (var track in _tracks)
        {
            var (ahead, right) = (track.Ahead - motion.Metres, track.Right);
            (track.Ahead, track.Right) = ((ahead * cos) + (right * sin), (right * cos) - (ahead * sin));
            track.Unseen += motion.Elapsed;
        }

        _tracks.RemoveAll(track => track.Unseen > Memory || track.Ahead < -BehindMetres);
    }

    private void Pair(Motion motion, ReadOnlySpan<Sighting> sightings)
    {
        _pairs.Clear();
        var isStanding = motion.Metres < GateMetres;
        for (var t = 0; t < _tracks.Count; t++)
        {
            var track = _tracks[t];
            for (var s = 0; s < sightings.Length; s++)
            {
                if (sightings[s].Kind != track.Kind)
                {
                    continue;
                }

                var place = sightings[s].Place;
                var metres = Math.Sqrt(Math.Pow(place.AheadMetres - track.Ahead, 2) + Math.Pow(place.RightMetres - track.Right, 2));
                if (metres <= GateMetres + (GatePerMetre * place.DistanceMetres) || (isStanding && sightings[s].Box.Overlap(track.Box) >= SameBox))
                {
                    _pairs.Add((metres, t, s));
                }
            }
        }

        _pairs.Sort();
    }
}

/// <summary>A thing in one frame.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Box">In the picture.</param>
/// <param name="Place">On the street.</param>
internal readonly record struct Sighting(string Kind, Box Box, GroundPoint Place);

/// <summary>A thing that is followed.</summary>
internal sealed class Track(int number, Sighting first)
{
    public int Number { get; } = number;

    public string Kind { get; } = first.Kind;

    public Box Box { get; private set; } = first.Box;

    /// <summary>Where it must be now.</summary>
    public double Ahead { get; set; } = first.Place.AheadMetres;

    public double Right { get; set; } = first.Place.RightMetres;

    public TimeSpan Unseen { get; set; }

    public void See(Sighting sighting) =>
        (Box, Ahead, Right, Unseen) = (sighting.Box, sighting.Place.AheadMetres, sighting.Place.RightMetres, TimeSpan.Zero);
}
