using System.Reflection;
using System.Text.Json;

namespace CleanStreets.Edge.Simulate.Stories;

/// <summary>The stories that come with the program, and those of files.</summary>
internal static class StoryBook
{
    private const string Suffix = ".story.json";
    private static readonly Assembly Here = typeof(StoryBook).Assembly;

    /// <summary>Names of the stories that come with the program.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Here.GetManifestResourceNames().Where(name => name.EndsWith(Suffix, StringComparison.Ordinal)).Select(name => name[..^Suffix.Length]).Order(StringComparer.Ordinal)];

    /// <summary>One line each, for people.</summary>
    public static IEnumerable<string> Lines() => Names.Select(name => $"  {name,-14}{Open(name).About}");

    /// <summary>Opens a story by its name, or from a file.</summary>
    /// <exception cref="SimulateException">There is none, or it is wrong; all faults are named at once.</exception>
    public static StoryScript Open(string story)
    {
        try
        {
            using var file = Names.Contains(story) ? Here.GetManifestResourceStream(story + Suffix)! : File.OpenRead(story);
            var script = JsonSerializer.Deserialize(file, StoryJson.Default.StoryScript) ?? throw new SimulateException($"--story {story}: the file holds no story.");
            var faults = StoryCheck.Faults(script);
            return faults.Count == 0 ? script : throw new SimulateException($"--story {story}: {string.Join("; ", faults)}.");
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new SimulateException($"--story {story}: there is no such story and no such file. Choose {string.Join(", ", Names)}, or name a file.", ex);
        }
        catch (JsonException ex)
        {
            throw new SimulateException($"--story {story}: wrong{(ex.LineNumber is { } line ? $" at line {line + 1}" : "")}: {ex.Message.Split(" Path:")[0]}", ex);
        }
    }
}
