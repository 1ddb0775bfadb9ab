using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(CleanStreets.Edge.Tests.Support.LongStoriesFirst))]

namespace CleanStreets.Edge.Tests.Support;

/// <summary>Begins the classes that wait for minutes (upgrades, installations, certificates that end) before all others, so that nothing waits for the last of them alone.</summary>
public sealed class LongStoriesFirst : ITestCollectionOrderer
{
    private static readonly string[] Long = [".Upgrade.ModelUpgrade", ".Upgrade.", ".Enroll.", ".Install.", ".Simulate.Stories."];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Array.FindIndex(Long, part => collection.TestCollectionDisplayName.Contains(part, StringComparison.Ordinal)) is >= 0 and var at ? at : Long.Length)];
}
