using CleanStreets.Launcher.Commands;

namespace CleanStreets.Launcher.Processes;

/// <summary>The folder under <c>--data</c>; each program owns one folder in it and none opens another's.</summary>
internal sealed class DataFolder
{
    private DataFolder(string path) => Path = path;

    public string Path { get; }

    public string Ingest => Folder("ingest");

    public string Dashboard => Folder("dashboard");

    public string Edge => Folder("edge");

    public string Logs => Folder("logs");

    /// <summary>Makes the folder where it is missing and tries to write into it.</summary>
    /// <exception cref="WrongUseException">It cannot be made or written.</exception>
    public static DataFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
            var probe = System.IO.Path.Combine(full, $".probe-{Environment.ProcessId}");
            File.WriteAllText(probe, string.Empty);
            File.Delete(probe);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new WrongUseException($"--data {path}: the folder cannot be written ({problem.Message.TrimEnd('.')}). Name a folder that you may write to.", problem);
        }

        return new DataFolder(full);
    }

    private string Folder(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;
}
