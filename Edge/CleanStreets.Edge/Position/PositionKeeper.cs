using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Vision;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Position;

/// <summary>Where the truck is, as long as that is known: the newest fix, its age, and what state that is.</summary>
/// <remarks>One source writes, any thread reads. An old place is never handed out as the place of now.</remarks>
internal sealed class PositionKeeper(TruckClock clock, TimeSpan staleAfter, ILogger? logger = null)
{
    private readonly PlausiblePolicy _plausible = new();
    private readonly long _began = clock.GetTimestamp();
    private bool _isBelieved = true;
    private long _notBelieved;
    private Kept? _kept;

    /// <summary>The state in the status's words.</summary>
    public PositionState State =>
        Volatile.Read(ref _kept) is not { } kept ? PositionState.Silent
        : clock.GetElapsedTime(kept.Timestamp) > staleAfter ? PositionState.Stale
        : kept.Fix.HasPosition ? PositionState.Fix : PositionState.NoFix;

    /// <summary>The newest fix with a position that is still fresh; null when there is none.</summary>
    public Fix? Fresh => State == PositionState.Fix ? Volatile.Read(ref _kept)?.Fix : null;

    /// <summary>Fixes since the start whose place could not be true. Any thread.</summary>
    public long NotBelieved => Volatile.Read(ref _notBelieved);

    /// <summary>Where the truck is now, for the status; null when unknown.</summary>
    public TruckPosition? Now => Fresh is { } fix
        ? new TruckPosition(Math.Round(fix.Latitude, 7), Math.Round(fix.Longitude, 7), Known(fix.HeadingDegrees), Known(fix.SpeedMetresPerSecond))
        : null;

    /// <summary>Where the truck is now, for a camera's frame.</summary>
    public VehicleState Vehicle => Fresh is { } fix
        ? new VehicleState
        {
            Latitude = fix.Latitude,
            Longitude = fix.Longitude,
            AccuracyMetres = fix.AccuracyMetres,
            HeadingDegrees = fix.HeadingDegrees,
            SpeedMetresPerSecond = fix.SpeedMetresPerSecond,
        }
        : new VehicleState();

    /// <summary>Takes what the receiver said; its time sets the clock.</summary>
    /// <returns>The fix, without a time or a place that cannot be true.</returns>
    public Fix Take(Fix fix)
    {
        if (fix.GnssTime is { } time && !clock.Take(time))
        {
            fix = fix with { GnssTime = null };
        }

        if (fix.HasPosition && !IsBelieved(fix))
        {
            fix = new Fix { GnssTime = fix.GnssTime };
        }

        Volatile.Write(ref _kept, new Kept(fix, clock.GetTimestamp()));
        return fix;
    }

    private bool IsBelieved(Fix fix)
    {
        var isBelieved = _plausible.Take(fix, clock.GetElapsedTime(_began));
        if (!isBelieved)
        {
            Volatile.Write(ref _notBelieved, _notBelieved + 1);
        }

        if (isBelieved != _isBelieved && logger is not null)
        {
            if (isBelieved)
            {
                PositionLog.Believed(logger, NotBelieved);
            }
            else
            {
                PositionLog.NotBelieved(logger, fix.Latitude, fix.Longitude);
            }
        }

        return _isBelieved = isBelieved;
    }

    private static double? Known(double value) => double.IsFinite(value) ? Math.Round(value, 1) : null;

    private sealed record Kept(Fix Fix, long Timestamp);
}
