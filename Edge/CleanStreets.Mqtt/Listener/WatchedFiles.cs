namespace CleanStreets.Mqtt.Listener;

/// <summary>Files that belong together, and whether they have changed since they were read.</summary>
internal sealed class WatchedFiles(params string?[] paths)
{
    private readonly string[] _paths = [.. paths.OfType<string>()];
    private string _read = "";
    private string _seen = "";

    public bool Any => _paths.Length > 0;

    public override string ToString() => string.Join(", ", _paths);

    /// <summary>The files are read now, whether well or not.</summary>
    public void Read() => Read(Stamp());

    /// <summary>What was read is in force, and the files were these when reading began.</summary>
    public void Read(string stamp) => _read = _seen = stamp;

    /// <summary>Whether they are others than those that were read, and have been still since the last look: who replaces them may not be done yet.</summary>
    public bool HaveChanged()
    {
        var now = Stamp();
        var isStill = now == _seen;
        _seen = now;
        return isStill && now != _read;
    }

    /// <summary>What the files look like now: other once one has changed.</summary>
    public string Stamp() => string.Join('|', _paths.Select(StampOf));

    /// <summary>What a symbolic link points to counts: whole folders are replaced that way.</summary>
    private static string StampOf(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return $"{File.GetLastWriteTimeUtc(file).Ticks} {RandomAccess.GetLength(file)}";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.GetType().Name;
        }
    }
}
