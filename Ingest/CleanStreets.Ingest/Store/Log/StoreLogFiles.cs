using CleanStreets.Ingest.Journal;

namespace CleanStreets.Ingest.Store.Log;

/// <summary>The files of the store log by their names alone: base position, oldest first.</summary>
internal static class StoreLogFiles
{
    public static List<(long Base, string Path)> List(string directory)
    {
        var files = new List<(long Base, string Path)>();
        if (Directory.Exists(directory))
        {
            foreach (var path in Directory.EnumerateFiles(directory, "*" + JournalFormat.FileExtension))
            {
                if (JournalSegmentFile.PositionInName(path) is { } position)
                {
                    files.Add((position, path));
                }
            }
        }

        files.Sort(static (a, b) => a.Base.CompareTo(b.Base));
        return files;
    }

    /// <summary>Reads the records of one file until <paramref name="look"/> answers false.</summary>
    public static void Scan(JournalSegmentFile file, RecordLook look)
    {
        using var handle = File.OpenHandle(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var scanner = new SegmentScanner(handle, file.Name, file.Header);
        while (scanner.TryReadNext(out var record) && look(in record))
        {
        }
    }
}

/// <summary>Looks at a record; false when it has seen enough.</summary>
internal delegate bool RecordLook(in JournalRecord record);
