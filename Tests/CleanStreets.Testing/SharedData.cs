namespace CleanStreets.Testing;

/// <summary>The data beside the repository that some tests need and that is not part of it.</summary>
public static class SharedData
{
    /// <summary>Where it lies, seen from the repository's root; the environment variable <c>CLEANSTREETS_SHARED</c> overrides it.</summary>
    public const string DefaultFolder = "../shared";

    private static string Folder =>
        Environment.GetEnvironmentVariable("CLEANSTREETS_SHARED") is { Length: > 0 } named
            ? named
            : Path.GetFullPath(DefaultFolder, RepositoryRoot.Path);

    /// <summary>Full path of <paramref name="relative"/> (for example <c>data/hof/points.csv</c>); null where it is absent.</summary>
    public static string? TryFind(string relative)
    {
        var path = Path.Combine(Folder, relative);
        return File.Exists(path) || Directory.Exists(path) ? path : null;
    }

    /// <summary>Full path of <paramref name="relative"/>; skips the running test, saying why, where it is absent.</summary>
    public static string Require(string relative)
    {
        var path = TryFind(relative);
        Assert.SkipWhen(path is null, $"needs {relative} in {Folder} (set CLEANSTREETS_SHARED to the folder that holds it)");
        return path!;
    }
}
