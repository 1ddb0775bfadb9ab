namespace CleanStreets.Scoring.Index;

/// <summary>The methods by which streets can be scored. An old one stays, so that what it published can be computed again.</summary>
public static class ScoreMethods
{
    /// <summary>The method of a city that names none.</summary>
    public const string Default = "crow-2";

    /// <summary>Every name, oldest first.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Every().Select(options => options.Name)];

    /// <summary>The method called <paramref name="name"/>; null when there is none.</summary>
    public static CrowMethod? Find(string name) => OptionsOf(name) is { } options ? new CrowMethod(options) : null;

    /// <summary>The settings of the method called <paramref name="name"/>; null when there is none.</summary>
    public static CrowOptions? OptionsOf(string name) => Every().FirstOrDefault(options => options.Name == name);

    private static CrowOptions[] Every() => [CrowOptions.Crow1, CrowOptions.Crow2];
}
