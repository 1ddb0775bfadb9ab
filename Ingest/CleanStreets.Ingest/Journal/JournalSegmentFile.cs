using System.Globalization;

namespace CleanStreets.Ingest.Journal;

/// <summary>One file of the journal; its name is the position of its first byte.</summary>
internal sealed record JournalSegmentFile(string Path, SegmentHeader Header, long Length)
{
    public string Name => System.IO.Path.GetFileName(Path);

    public long End => Header.BasePosition + Length;

    public static string NameOf(long basePosition) =>
        basePosition.ToString("D20", CultureInfo.InvariantCulture) + JournalFormat.FileExtension;

    /// <summary>The files of a journal in order; a damaged head is worked out from the records, and reported. Files without a head of ours are not among them; they are reported, too.</summary>
    public static List<JournalSegmentFile> List(string directory, List<JournalDamage> damage)
    {
        var files = new List<JournalSegmentFile>();
        if (!Directory.Exists(directory))
        {
            return files;
        }

        Span<byte> head = stackalloc byte[JournalFormat.SegmentHeaderBytes];
        foreach (var path in Directory.EnumerateFiles(directory, "*" + JournalFormat.FileExtension).Order(StringComparer.Ordinal))
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var length = RandomAccess.GetLength(handle);
            var filled = ReadFully(handle, head);
            if (length >= JournalFormat.SegmentHeaderBytes && SegmentHeader.TryRead(head[..filled], out var header))
            {
                files.Add(new JournalSegmentFile(path, header, length));
            }
            else if (filled == head.Length && PositionInName(path) is { } position && HeadSalvage.Find(handle, System.IO.Path.GetFileName(path), position, head) is { } found)
            {
                files.Add(new JournalSegmentFile(path, found, length));
                damage.Add(new JournalDamage(JournalDamageKind.Head, System.IO.Path.GetFileName(path), position, JournalFormat.SegmentHeaderBytes));
            }
            else
            {
                damage.Add(new JournalDamage(JournalDamageKind.Alien, System.IO.Path.GetFileName(path), PositionInName(path) ?? 0, length));
            }
        }

        files.Sort((a, b) => a.Header.BasePosition.CompareTo(b.Header.BasePosition));
        for (var i = 1; i < files.Count; i++)
        {
            var gap = files[i].Header.BasePosition - files[i - 1].End;
            if (gap > 0 && files[i].Header.Gap is false)
            {
                damage.Add(new JournalDamage(JournalDamageKind.Missing, files[i - 1].Name, files[i - 1].End, gap));
            }
        }

        return files;
    }

    public static long? PositionInName(string path) =>
        long.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : null;

    private static int ReadFully(Microsoft.Win32.SafeHandles.SafeFileHandle handle, Span<byte> target)
    {
        var filled = 0;
        int read;
        while (filled < target.Length && (read = RandomAccess.Read(handle, target[filled..], filled)) > 0)
        {
            filled += read;
        }

        return filled;
    }
}
