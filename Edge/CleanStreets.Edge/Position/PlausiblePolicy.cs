namespace CleanStreets.Edge.Position;

/// <summary>Decides whether a truck can be where its receiver says: a receiver that is misled (spoofed, jammed, reflected) jumps, or stands still at speed.</summary>
/// <remarks>
/// A place that no truck could have reached since the last believed one is not believed; the reach grows with time, so a receiver that was right after all is believed again. A
/// deception that stays longer than the drive there would have taken, at the speed that the receiver says, cannot be told from a drive. Used by one thread at a time.
/// </remarks>
internal sealed class PlausiblePolicy
{
    /// <summary>No truck that cleans streets drives faster: 120 km/h.</summary>
    public const double MaxSpeedMetresPerSecond = 33;

    /// <summary>Between houses a receiver errs by tens of metres now and then: less than this is noise.</summary>
    public const double SlackMetres = 100;

    // A deceived receiver says the speed of the drive that it is shown, about that of the truck.
    private const double SpeedMargin = 1.5;
    private const double SlowestMetresPerSecond = 3;
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(2);

    // A receiver that says the same place, to the last digit, while it says that the truck moves.
    private const double MovingMetresPerSecond = 2;
    private const double MetresPerDegree = 111_195;
    private static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(10);

    private (double Latitude, double Longitude)? _believed;
    private double _reachMetres;
    private TimeSpan _before;
    private (double Latitude, double Longitude, TimeSpan Since)? _same;

    /// <summary>Takes a fix with a position.</summary>
    /// <param name="fix">What the receiver said.</param>
    /// <param name="at">When, on a clock that never jumps.</param>
    /// <returns>Whether it can be true.</returns>
    public bool Take(Fix fix, TimeSpan at)
    {
        if (IsOutOfReach(fix, at) | IsStuck(fix, at))
        {
            return false;
        }

        (_believed, _reachMetres) = ((fix.Latitude, fix.Longitude), 0);
        return true;
    }

    private bool IsStuck(Fix fix, TimeSpan at)
    {
        if (_same is not { } same || same.Latitude != fix.Latitude || same.Longitude != fix.Longitude || !(fix.SpeedMetresPerSecond >= MovingMetresPerSecond))
        {
            _same = (fix.Latitude, fix.Longitude, at);
            return false;
        }

        return at - same.Since >= StuckAfter;
    }

    /// <summary>How far the truck can have come: by the speed that the receiver says, with a margin; at most speed where it says none.</summary>
    private bool IsOutOfReach(Fix fix, TimeSpan at)
    {
        var elapsed = at - _before;
        _before = at;
        if (_believed is not { } from)
        {
            return false;
        }

        _reachMetres += elapsed.TotalSeconds * (double.IsFinite(fix.SpeedMetresPerSecond) && elapsed <= LongestStep
            ? Math.Clamp(fix.SpeedMetresPerSecond * SpeedMargin, SlowestMetresPerSecond, MaxSpeedMetresPerSecond)
            : MaxSpeedMetresPerSecond);
        var north = (fix.Latitude - from.Latitude) * MetresPerDegree;
        var east = Math.IEEERemainder(fix.Longitude - from.Longitude, 360) * MetresPerDegree * Math.Cos(double.DegreesToRadians(from.Latitude));
        return Math.Sqrt((north * north) + (east * east)) > SlackMetres + _reachMetres;
    }
}
