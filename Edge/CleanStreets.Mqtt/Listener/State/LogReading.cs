using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Mqtt.Listener.State;

/// <summary>Reads a log piece by piece, so that it may grow as long as the disk allows.</summary>
internal static class LogReading
{
    private const int PieceBytes = 4 * 1024 * 1024;

    /// <summary>Twice what the largest message with its topic and properties takes: who announces more is damaged.</summary>
    private const int MaxRecordBytes = 512 * 1024 * 1024;

    /// <summary>Gives every whole record to <paramref name="recovery"/> and answers how many bytes after them could not be read.</summary>
    public static long Read(SafeFileHandle file, StateRecovery recovery, int pieceBytes = PieceBytes)
    {
        var length = RandomAccess.GetLength(file);
        Span<byte> magic = stackalloc byte[StateFile.Magic.Length];
        if (RandomAccess.Read(file, magic, 0) < magic.Length || !magic.SequenceEqual(StateFile.Magic))
        {
            return length;
        }

        var buffer = new byte[pieceBytes];
        var (at, kept) = ((long)magic.Length, 0);
        while (true)
        {
            var count = RandomAccess.Read(file, buffer.AsSpan(kept), at + kept);
            var reader = new RecordReader(buffer.AsSpan(0, kept + count));
            while (reader.MoveNext())
            {
                recovery.Apply(ref reader);
            }

            var done = kept + count - reader.Left;
            at += done;
            buffer.AsSpan(done, reader.Left).CopyTo(buffer);
            kept = reader.Left;
            if (kept == buffer.Length && reader.Announced > kept && reader.Announced <= Math.Min(length - at, MaxRecordBytes))
            {
                Array.Resize(ref buffer, (int)reader.Announced);
            }
            else if (count == 0 || kept == buffer.Length)
            {
                return length - at; // The end, or the first record that is cut off or damaged.
            }
        }
    }
}
