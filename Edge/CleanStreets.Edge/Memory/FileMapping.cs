using System.Globalization;

namespace CleanStreets.Edge.Memory;

/// <summary>A part of the process's memory that shows a file, as <c>/proc/self/smaps</c> tells it.</summary>
/// <param name="Start">First address.</param>
/// <param name="End">The address behind the last.</param>
/// <param name="Permissions">Four letters: <c>r</c>, <c>w</c>, <c>x</c>, and <c>p</c> (private) or <c>s</c> (shared).</param>
/// <param name="Path">The file.</param>
/// <param name="ResidentBytes">How much of it is in memory.</param>
/// <param name="ChangedBytes">How much of what is in memory is the process's own and no longer the file's.</param>
/// <param name="SwappedBytes">How much is swapped out: that is always the process's own, and to give it back would lose it.</param>
internal readonly record struct FileMapping(nuint Start, nuint End, string Permissions, string Path, long ResidentBytes, long ChangedBytes, long SwappedBytes = 0)
{
    private const int Kilo = 1024;

    /// <summary>Whether it is code or data of a library, read only, and just as the file has it: the kernel gets it back from the file whenever it is wanted.</summary>
    public bool IsOfAnUnchangedLibrary => ChangedBytes == 0 && SwappedBytes == 0 && Permissions is ['r', '-', _, 'p'] && IsLibrary(Path);

    /// <summary>Reads the form of <c>/proc/PID/smaps</c>; what shows no file is left out.</summary>
    public static List<FileMapping> Read(TextReader smaps)
    {
        var mappings = new List<FileMapping>();
        FileMapping? now = null;
        while (smaps.ReadLine() is { } line)
        {
            if (line is [not (>= 'A' and <= 'Z'), ..])
            {
                Keep();
                now = Head(line);
            }
            else if (now is { } mapping)
            {
                now = KiloBytes(line, "Rss:") is { } resident ? mapping with { ResidentBytes = resident }
                    : KiloBytes(line, "Anonymous:") is { } changed ? mapping with { ChangedBytes = changed }
                    : KiloBytes(line, "Swap:") is { } swapped ? mapping with { SwappedBytes = swapped }
                    : mapping;
            }
        }

        Keep();
        return mappings;

        void Keep()
        {
            if (now is { } whole)
            {
                mappings.Add(whole);
            }
        }
    }

    // 7f0c1e000000-7f0c1e021000 r--p 00000000 08:01 1234    /usr/lib/x86_64-linux-gnu/libc.so.6
    private static FileMapping? Head(string line)
    {
        var path = line.IndexOf('/', StringComparison.Ordinal);
        var (dash, space) = (line.IndexOf('-', StringComparison.Ordinal), line.IndexOf(' ', StringComparison.Ordinal));
        return path > space && dash > 0 && space > dash
            && nuint.TryParse(line.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var start)
            && nuint.TryParse(line.AsSpan(dash + 1, space - dash - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var end)
            ? new FileMapping(start, end, line.Substring(space + 1, 4), line[path..], 0, long.MaxValue)
            : null;
    }

    private static long? KiloBytes(string line, string name) =>
        line.StartsWith(name, StringComparison.Ordinal)
        && long.TryParse(line.AsSpan(name.Length).Trim().TrimEnd("kB").Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var kilo)
            ? kilo * Kilo
            : null;

    // Libraries stay where they are until the process ends. Anything else may be unmapped, and its place be somebody else's a moment later.
    private static bool IsLibrary(string path) =>
        path.EndsWith(".dll", StringComparison.Ordinal) || path.EndsWith(".so", StringComparison.Ordinal) || path.Contains(".so.", StringComparison.Ordinal);
}
