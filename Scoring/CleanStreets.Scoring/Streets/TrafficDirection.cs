namespace CleanStreets.Scoring.Streets;

/// <summary>Where traffic runs on a line of a street file.</summary>
internal enum TrafficDirection
{
    /// <summary>Both ways.</summary>
    Both,

    /// <summary>Only from the line's first point to its last.</summary>
    Along,

    /// <summary>Only from the line's last point to its first.</summary>
    Against,
}

/// <summary>The words that street files have for it.</summary>
internal static class TrafficDirections
{
    /// <summary>OpenStreetMap's words, and <c>FT</c>, <c>TF</c> (from-to, to-from) of city centrelines. Anything else is both ways.</summary>
    /// <remarks>So is <c>reversible</c>: at one time or another the street is driven both ways, and a truck must be placed on it.</remarks>
    public static TrafficDirection Parse(string? text) => text?.Trim().ToLowerInvariant() switch
    {
        "yes" or "true" or "1" or "y" or "ft" or "forward" => TrafficDirection.Along,
        "-1" or "reverse" or "tf" or "backward" => TrafficDirection.Against,
        _ => TrafficDirection.Both,
    };
}
