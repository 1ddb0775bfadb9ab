namespace CleanStreets.Scoring.Index;

/// <summary>The methods that this product ships.</summary>
public static class IndexMethods
{
    /// <summary>Every method; of those with several versions the newest first.</summary>
    public static IReadOnlyList<IIndexMethod> All { get; } =
    [
        new CrowIndexMethod(CrowOptions.Crow2),
        new AcceptablyCleanMethod(Version: 2),
        new KabMethod(2),
        new CrowIndexMethod(),
        new AcceptablyCleanMethod(),
        new KabMethod(),
        new LasanMethod(LasanGridMethod.Q3Of2016),
        new LasanMethod(LasanGridMethod.Q2Of2016),
    ];

    /// <summary>The method called <paramref name="name"/>, with its version, or the newest without; null when there is none.</summary>
    public static IIndexMethod? Find(string name) => All.FirstOrDefault(method => method.Name == name)
        ?? All.FirstOrDefault(method => method.Name.StartsWith(name + "-", StringComparison.Ordinal) && int.TryParse(method.Name.AsSpan(name.Length + 1), out _));
}
