using CleanStreets.Contracts.Disk;

namespace CleanStreets.Ingest.Journal;

/// <summary>Whether a folder's disk has room: found out by writing, because what a file system tells of itself leaves out quotas and reserves.</summary>
internal static class RoomProbe
{
    private const string Name = "room.probe";
    private const int PieceBytes = 64 * 1024;

    /// <summary>Writes so many bytes, flushes them to the disk and takes them away again.</summary>
    /// <param name="folder">The folder; made when it is missing.</param>
    /// <param name="bytes">How many.</param>
    /// <returns>What the disk said when it had no room; null when it had, or when something else is wrong, which whoever opens files there will say.</returns>
    public static string? Refusal(string folder, long bytes)
    {
        var path = Path.Combine(folder, Name);
        try
        {
            Directory.CreateDirectory(folder);
            Write(path, bytes);
            return null;
        }
        catch (IOException fault)
        {
            return DiskFullException.Is(fault) ? fault.Message : null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
        finally
        {
            TakeAway(path);
        }
    }

    private static void Write(string path, long bytes)
    {
        // Nothing is preallocated: .NET tells a disk that is full for that without its errno. And no zeros, which some file systems do not store.
        var piece = new byte[PieceBytes];
        new Random(1).NextBytes(piece);
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None);
        for (var at = 0L; at < bytes; at += piece.Length)
        {
            RandomAccess.Write(file, piece.AsSpan(0, (int)Math.Min(piece.Length, bytes - at)), at);
        }

        FileFlush.Flush(file);
    }

    private static void TakeAway(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The next probe writes over it.
        }
    }
}
