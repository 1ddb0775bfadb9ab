using System.Globalization;
using CleanStreets.Contracts;

namespace CleanStreets.Ingest.Admit;

/// <summary>Which box sat on which truck when. Immutable: reading the file again makes another one.</summary>
internal sealed class AssignmentBook
{
    /// <summary>A clock may be this far off before <see cref="ClockSkewPolicy"/> corrects it, and a box hears of a move a moment later than it was made.</summary>
    public const long SlackMs = 60_000;

    private readonly Dictionary<string, List<Period>> _boxes = new(StringComparer.Ordinal);

    /// <summary>Reads the lines of a file: <c>deviceId,truckId,from,to</c>, times in ISO 8601 with zone, <c>to</c> empty while it sits there.</summary>
    /// <exception cref="FormatException">A line is not of the format; the message names it.</exception>
    public static AssignmentBook Parse(IEnumerable<string> lines)
    {
        var book = new AssignmentBook();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (line.Trim().Length == 0 || line[0] == '#' || (number == 1 && line.StartsWith("deviceId,", StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            var parts = line.Split(',', StringSplitOptions.TrimEntries);
            if (parts.Length != 4 || !IdentifierRule.IsValid(parts[0]) || !TruckId.TryCreate(parts[1], out var truck) || Time(parts[2]) is not { } from || (parts[3].Length > 0 && Time(parts[3]) is null))
            {
                throw new FormatException($"line {number}: '{line}' is not deviceId,truckId,from,to");
            }

            if (!book._boxes.TryGetValue(parts[0], out var periods))
            {
                book._boxes.Add(parts[0], periods = []);
            }

            periods.Add(new Period(truck, from, parts[3].Length > 0 ? Time(parts[3])!.Value : long.MaxValue));
        }

        return book;
    }

    /// <summary>Whether this box is one of the city's.</summary>
    public bool Has(string device) => _boxes.ContainsKey(device);

    /// <summary>Whether the box sat on the truck at that time, give or take <see cref="SlackMs"/>.</summary>
    public bool Sat(string device, TruckId truck, long atMs)
    {
        if (_boxes.TryGetValue(device, out var periods))
        {
            foreach (var period in periods)
            {
                if (period.Truck == truck && atMs >= period.FromMs - SlackMs && (period.ToMs == long.MaxValue || atMs <= period.ToMs + SlackMs))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static long? Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUnixTimeMilliseconds() : null;

    private readonly record struct Period(TruckId Truck, long FromMs, long ToMs);
}
