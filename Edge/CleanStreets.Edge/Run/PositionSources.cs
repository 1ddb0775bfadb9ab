using CleanStreets.Edge.Position;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Run;

/// <summary>The source of places that settings name.</summary>
internal static class PositionSources
{
    /// <summary>Makes it; nothing is opened yet.</summary>
    /// <exception cref="PositionException">A recording cannot be read.</exception>
    public static IPositionSource Of(PositionSettings settings, TimeProvider time, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger("CleanStreets.Edge.Position");
        switch (settings.Source)
        {
            case "gpsd":
                return new GpsdSource(settings.Host, settings.Port, time, logger);
            case "nmea":
                return new NmeaSource(settings.Path!, settings.Baud, time, logger);
            default:
                ReplaySource.Read(settings.Path!); // A bad recording is wrong use, and said before anything starts.
                return new ReplaySource(settings.Path!, time, logger);
        }
    }
}
