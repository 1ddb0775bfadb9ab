using System.Globalization;
using System.Text.Json;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Edge.Sensors;

/// <summary>Reads one line of a sensor: a bare number, <c>name=value</c> pairs, or a flat JSON object.</summary>
internal static class SensorLine
{
    private static readonly char[] Separators = [' ', '\t', ',', ';'];

    /// <summary>Reads a line.</summary>
    /// <param name="line">What the sensor said.</param>
    /// <param name="options">How its names are ours.</param>
    /// <param name="into">Takes the values; nothing when the line is bad.</param>
    /// <returns>False when the line is bad: not understood, a name without a unit, a value that is no number. Then none of it counts.</returns>
    public static bool TryRead(string line, SensorOptions options, List<SensorValue> into)
    {
        var values = new List<SensorValue>();
        line = line.Trim();
        if (!(line.StartsWith('{') ? TryJson(line, options, values) : TryPairs(line, options, values)) || values.Count == 0)
        {
            return false;
        }

        into.AddRange(values);
        return true;
    }

    private static bool TryJson(string line, SensorOptions options, List<SensorValue> into)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            foreach (var field in json.RootElement.EnumerateObject())
            {
                var value = field.Value.ValueKind switch
                {
                    JsonValueKind.Number when field.Value.TryGetDouble(out var number) => number,
                    JsonValueKind.True => 1,
                    JsonValueKind.False => 0,
                    _ => double.NaN,
                };
                if (double.IsNaN(value) && !options.Names.ContainsKey(field.Name))
                {
                    continue; // A time, a serial number: no measurement.
                }

                if (!Add(field.Name, value, options, into))
                {
                    return false;
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryPairs(string line, SensorOptions options, List<SensorValue> into)
    {
        foreach (var part in line.Split(Separators, StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            var name = at < 0 ? options.Name ?? "" : part[..at];
            if (!double.TryParse(part.AsSpan(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !Add(name, value, options, into))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Add(string name, double value, SensorOptions options, List<SensorValue> into)
    {
        name = options.Names.GetValueOrDefault(name, name);
        if (!double.IsFinite(value) || !SensorUnits.IsName(name) || into.Exists(other => other.Name == name))
        {
            return false;
        }

        into.Add(new SensorValue(name, value));
        return true;
    }
}
