using CleanStreets.Ingest.Journal;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>Reads one record of the journal by its position.</summary>
internal sealed class JournalLookup(string directory)
{
    private List<JournalSegmentFile> _files = [];

    /// <summary>Calls <paramref name="use"/> with the record at a position; false when the journal holds none there, any more or undamaged.</summary>
    public bool TryRead(long position, RecordUse use)
    {
        // A file grows and goes; where one is does not change, so the list is made again only when it does not hold the position.
        if ((Find(_files, position) ?? Find(_files = JournalSegmentFile.List(directory, []), position)) is not { } file)
        {
            return false;
        }

        try
        {
            using var handle = File.OpenHandle(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var offset = position - file.Header.BasePosition;
            var head = new byte[JournalFormat.RecordHeaderBytes];
            if (RandomAccess.Read(handle, head, offset) < head.Length || !JournalRecord.TryReadLength(head, out var length))
            {
                return false;
            }

            var bytes = new byte[length];
            if (RandomAccess.Read(handle, bytes, offset) < length || !JournalRecord.TryRead(bytes, file.Header.Salt, offset, position, out var record))
            {
                return false;
            }

            use(in record);
            return true;
        }
        catch (IOException)
        {
            // Deleted by retention between the look and the opening.
            return false;
        }
    }

    private static JournalSegmentFile? Find(List<JournalSegmentFile> files, long position) =>
        files.Find(file => file.Header.BasePosition <= position && position < file.End);

    /// <summary>Uses a record while it is there; its spans are void afterwards.</summary>
    public delegate void RecordUse(in JournalRecord record);
}
