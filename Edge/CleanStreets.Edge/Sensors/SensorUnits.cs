using System.Text;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Edge.Sensors;

/// <summary>Names of measurements end in their unit: <c>pm10_ug_m3</c>. A number without one says nothing.</summary>
internal static class SensorUnits
{
    private static readonly string[] Units =
    [
        "ug_m3", "mg_m3", "ppm", "ppb", "db", "dba", "percent", "ratio", "celsius", "kelvin", "hpa", "kpa", "bar", "volt", "ampere", "watt", "hertz", "rpm", "lux",
        "m", "mm", "cm", "km", "m2", "m3", "litre", "kg", "s", "ms", "h", "m_s", "km_h", "degrees", "count", "flag",
    ];

    /// <summary>The units known, for messages.</summary>
    public static string Known => string.Join(", ", Units);

    /// <summary>Whether a name is lower case, tells a unit and is not too long.</summary>
    public static bool IsName(string name) =>
        Encoding.UTF8.GetByteCount(name) <= ReadingLimits.MaxTextBytes
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')
        && Units.Any(unit => name.Length > unit.Length + 1 && name.EndsWith("_" + unit, StringComparison.Ordinal));
}
