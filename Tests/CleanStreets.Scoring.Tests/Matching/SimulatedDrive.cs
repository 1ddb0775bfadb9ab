using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Tests.Matching;

/// <summary>A truck that drives legs of a network at a steady speed and reports a noisy fix each second.</summary>
internal static class SimulatedDrive
{
    public const long StartMs = 1_760_000_000_000;

    /// <summary>A fix, and where the truck really was.</summary>
    public readonly record struct Fix(long TimeMs, GeoPoint Place, int Segment, bool Forward, double Offset, double HeadingDegrees);

    public static List<Fix> Along(
        StreetNetwork network, IReadOnlyList<RouteLeg> legs, double speed = 6, double sigma = 4, int seed = 1, double everySeconds = 1)
    {
        var random = new Random(seed);
        var fixes = new List<Fix>();
        var (driven, next) = (0.0, 0.0);
        foreach (var leg in legs)
        {
            for (; next <= driven + leg.LengthMetres; next += speed * everySeconds)
            {
                var offset = leg.FromOffsetMetres + ((next - driven) * (leg.Forward ? 1 : -1));
                var time = StartMs + (long)(next / speed * 1000);
                var heading = (network.HeadingAt(leg.SegmentIndex, offset) + (leg.Forward ? 0 : 180)) % 360;
                fixes.Add(new Fix(time, Noisy(network, network.PointAt(leg.SegmentIndex, offset), sigma, random), leg.SegmentIndex, leg.Forward, offset, heading));
            }

            driven += leg.LengthMetres;
        }

        return fixes;
    }

    /// <summary>Legs of whole segments, each named with + or − for its direction.</summary>
    public static RouteLeg[] Legs(StreetNetwork network, params string[] streets) =>
    [
        .. streets.Select(street =>
        {
            var segment = network.Segments[network.Segments.Single(s => s.Id.Value == street[1..]).Index];
            var forward = street[0] == '+';
            return new RouteLeg(segment.Index, forward, forward ? 0 : segment.LengthMetres, forward ? segment.LengthMetres : 0);
        }),
    ];

    public static GeoPoint Noisy(StreetNetwork network, GeoPoint place, double sigma, Random random)
    {
        var plane = network.Projection.ToPlane(place);
        return network.Projection.ToGeo(new PlanePoint(plane.X + (sigma * Gauss(random)), plane.Y + (sigma * Gauss(random))));
    }

    private static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
}
