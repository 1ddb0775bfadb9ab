using CleanStreets.Contracts.Readings;

namespace CleanStreets.Edge.Simulate;

/// <summary>Light by the sun's hour where the truck is.</summary>
internal static class Daylight
{
    public static Light At(long ms, double longitude)
    {
        var hour = (((ms / 3_600_000.0) + (longitude / 15)) % 24 + 24) % 24;
        return hour switch
        {
            >= 7 and < 17.5 => Light.Day,
            (>= 6 and < 7) or (>= 17.5 and < 19) => Light.Dusk,
            _ => Light.Night,
        };
    }
}
