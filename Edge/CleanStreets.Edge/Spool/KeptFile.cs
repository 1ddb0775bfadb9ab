namespace CleanStreets.Edge.Spool;

/// <summary>A file that cannot be used is renamed to <c>*.kept</c> and stays for diagnosis; it goes before anything else when room is wanted.</summary>
internal static class KeptFile
{
    private const string Extension = ".kept";

    /// <summary>Renames the file.</summary>
    /// <returns>Its new path.</returns>
    public static string Rename(string path)
    {
        var kept = path + Extension;
        for (var n = 2; File.Exists(kept); n++)
        {
            kept = $"{path}{Extension}{n}";
        }

        File.Move(path, kept);
        return kept;
    }

    /// <summary>The kept files of a folder, the oldest first.</summary>
    public static IEnumerable<FileInfo> In(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles($"*{Extension}*").OrderBy(file => file.Name, StringComparer.Ordinal);
}
