namespace CleanStreets.Scoring.Index;

/// <summary>The methods that this product ships.</summary>
public static class IndexMethods
{
    /// <summary>Every method.</summary>
    public static IReadOnlyList<IIndexMethod> All { get; } =
    [
        new CrowIndexMethod(),
        new AcceptablyCleanMethod(),
        new KabMethod(),
        new LasanMethod(LasanGridMethod.Q3Of2016),
        new LasanMethod(LasanGridMethod.Q2Of2016),
    ];

    /// <summary>The method called <paramref name="name"/>, with or without its version; null when there is none.</summary>
    public static IIndexMethod? Find(string name) => All.FirstOrDefault(method => method.Name == name)
        ?? All.FirstOrDefault(method => method.Name.StartsWith(name + "-", StringComparison.Ordinal) && int.TryParse(method.Name.AsSpan(name.Length + 1), out _));
}
