namespace CleanStreets.Testing;

/// <summary>The folder of the repository the tests were built from.</summary>
public static class RepositoryRoot
{
    /// <summary>Full path of the folder that holds <c>CleanStreets.sln</c>.</summary>
    public static string Path { get; } = Find();

    /// <summary>A path inside the repository.</summary>
    public static string Combine(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "CleanStreets.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No CleanStreets.sln above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }
}
