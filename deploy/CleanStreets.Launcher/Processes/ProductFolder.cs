using CleanStreets.Launcher.Commands;

namespace CleanStreets.Launcher.Processes;

/// <summary>Where the programs lie that this launcher starts: in the checkout it was built from, in its own configuration.</summary>
internal static class ProductFolder
{
    public static string Root { get; } = FindRoot();

    public static string Web => Path.Combine(Root, "Dashboard", "web", "dist");

    public static string Assembly(string folder)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var path = Path.Combine(Root, folder, "bin", configuration, "net10.0", Path.GetFileName(folder) + ".dll");
        return File.Exists(path) ? path : throw new LaunchException($"{path} is missing: start through ./cleanstreets, which builds it.");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CleanStreets.sln")))
            {
                return folder.FullName;
            }
        }

        throw new LaunchException($"No CleanStreets.sln above {AppContext.BaseDirectory}: the launcher runs from a checkout.");
    }
}
