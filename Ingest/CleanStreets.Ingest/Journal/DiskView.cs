using CleanStreets.Contracts.Disk;
using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Ingest.Journal;

/// <summary>Sees to it that a start reads what the disk holds, not what the kernel remembers.</summary>
/// <remarks>
/// After a failed fsync Linux calls pages clean that never reached the disk, and goes on showing them while it has the memory. What a start reads
/// it acknowledges, and an fsync of such pages succeeds without writing anything. Pages that are still to be written (after kill -9) are not
/// let go: the fsync that follows writes them, or fails.
/// </remarks>
internal static class DiskView
{
    /// <summary>Lets go of the newest file, the only one that can hold what no fsync has confirmed: a file is finished with one before the next is begun.</summary>
    public static void OfNewest(string directory, Action<SafeFileHandle, long> letGo)
    {
        if (Directory.Exists(directory)
            && Directory.EnumerateFiles(directory, "*" + JournalFormat.FileExtension).Max(StringComparer.Ordinal) is { } newest)
        {
            using var handle = File.OpenHandle(newest, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            letGo(handle, RandomAccess.GetLength(handle));
        }
    }

    public static void LetGo(SafeFileHandle handle, long length) => PageCache.LetGo(handle, 0, length);
}
