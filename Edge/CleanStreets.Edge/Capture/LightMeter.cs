using CleanStreets.Contracts.Readings;

namespace CleanStreets.Edge.Capture;

/// <summary>Says in which light a frame was taken.</summary>
/// <remarks>
/// The sun says day, dusk or night, where place and time are known; the picture can only make it darker (a tunnel, a storm), for cameras brighten what is dark. Rain is told by the vehicle
/// (wipers, rain sensor): a wet street cannot be told from a shining one by its picture. Used by one thread at a time.
/// </remarks>
internal sealed class LightMeter
{
    // Civil twilight ends at 6° below; above 3° the sun lights the street itself.
    private const double NightBelowDegrees = -6;
    private const double DayAboveDegrees = 3;

    // Median brightness. Two bounds each, so that it does not flicker between two lights.
    private const double NightBelow = 30;
    private const double DuskBelow = 62;
    private const double Hysteresis = 8;
    private const double Memory = 0.2;

    private double _brightness = double.NaN;
    private Light _byPicture = Light.Day;

    /// <summary>Takes a frame.</summary>
    /// <param name="median">Its median brightness, 0–255.</param>
    /// <param name="sunDegrees">How high the sun stands; null where place or time are not known.</param>
    /// <param name="isWet">Whether the vehicle says that it rains or the street is wet.</param>
    public Light Take(double median, double? sunDegrees, bool isWet)
    {
        _brightness = double.IsNaN(_brightness) ? median : _brightness + ((median - _brightness) * Memory);
        _byPicture = _brightness < NightBelow + (_byPicture == Light.Night ? Hysteresis : 0) ? Light.Night
            : _brightness < DuskBelow + (_byPicture is Light.Dusk or Light.Night ? Hysteresis : 0) ? Light.Dusk
            : Light.Day;
        var bySun = sunDegrees switch { null => _byPicture, < NightBelowDegrees => Light.Night, < DayAboveDegrees => Light.Dusk, _ => Light.Day };
        var darker = (Light)Math.Max((byte)bySun, (byte)_byPicture); // Day < dusk < night.
        return isWet && darker == Light.Day ? Light.Wet : darker;
    }
}
