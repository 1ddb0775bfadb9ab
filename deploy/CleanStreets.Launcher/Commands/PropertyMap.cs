using System.CommandLine;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Launcher.Commands;

/// <summary><c>--map</c>: which property of a city's file means what.</summary>
internal static class PropertyMap
{
    public static Option<string[]> Option() => new("--map")
    {
        Description = "GeoJSON properties by meaning, for example id=OBJECTID,name=STREETNAME,class=FUNC,oneway=ONE_WAY.",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <exception cref="WrongUseException">A pair is none, or means nothing.</exception>
    public static StreetFileOptions Read(string[]? pairs)
    {
        var options = new StreetFileOptions();
        foreach (var pair in (pairs ?? []).SelectMany(words => words.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            if (pair.Split('=', 2, StringSplitOptions.TrimEntries) is not [var meaning, { Length: > 0 } property])
            {
                throw new WrongUseException($"--map {pair}: write MEANING=PROPERTY, for example name=STREETNAME.");
            }

            try
            {
                options = options.With(meaning, property);
            }
            catch (ArgumentException)
            {
                throw new WrongUseException($"--map {pair}: '{meaning}' is none of id, name, class, oneway.");
            }
        }

        return options;
    }
}
