using CleanStreets.Edge.Position;
using CleanStreets.Edge.Simulate.Stories;

namespace CleanStreets.Edge.Simulate.Box;

/// <summary>A simulated receiver: what it says, and what it says while it is deceived. Used by the simulation's loop alone.</summary>
internal sealed class SimulatedReceiver(int truck, int seed)
{
    private const double MetresPerDegree = 111_195;
    private Fix _before = new();

    /// <summary>What it says.</summary>
    /// <param name="true">What it would say undisturbed.</param>
    /// <param name="trick">What deceives it; null: nothing.</param>
    /// <param name="atMs">Simulated time.</param>
    public Fix Say(Fix @true, StoryEpisode? trick, long atMs)
    {
        var said = trick?.Event.Do switch
        {
            StoryAction.GpsJump => Shifted(@true, trick.Event.Metres!.Value, Bearing(trick.Number, 0)),
            StoryAction.GpsOutliers when Chance(trick.Number, atMs).Next(trick.Event.OneIn!.Value) == 0 =>
                Shifted(@true, trick.Event.Metres!.Value, Bearing(trick.Number, atMs)),
            StoryAction.GpsStuck when _before.HasPosition => _before with { GnssTime = @true.GnssTime },
            _ => @true,
        };
        return _before = said;
    }

    private static Fix Shifted(Fix fix, double metres, double bearing) => fix with
    {
        Latitude = fix.Latitude + (metres * Math.Cos(bearing) / MetresPerDegree),
        Longitude = fix.Longitude + (metres * Math.Sin(bearing) / (MetresPerDegree * Math.Cos(double.DegreesToRadians(fix.Latitude)))),
    };

    private double Bearing(int episode, long atMs) => Chance(episode, atMs + 1).NextDouble() * 2 * Math.PI;

    private Random Chance(int episode, long atMs) => new(HashCode(seed, truck, episode, (int)(atMs / 1000)));

    private static int HashCode(int a, int b, int c, int d) => unchecked((((((a * 486_187_739) + b) * 16_777_619) + c) * 73_856_093) + d);
}
