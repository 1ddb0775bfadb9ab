using System.Globalization;
using CleanStreets.Contracts.Disk;
using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Ingest.Journal;

/// <summary>Opens a journal for writing, whatever state a crash left it in.</summary>
/// <remarks>
/// Always starts: a torn end is cut back to the last good record, a damaged head is written anew where the records tell it, a file that is not ours is
/// moved aside, and all are kept in <c>damaged/</c> before they are touched. Damage in the middle stays where it is; readers step over it.
/// </remarks>
internal sealed class JournalOpener(string directory, JournalOptions options, TimeProvider time, Func<ulong> newSalt)
{
    private const string TailExtension = ".tail";
    private const string HeadExtension = ".head";
    private const string AlienExtension = ".alien";

    public Func<string, FileMode, IJournalFile> OpenFile { get; init; } = static (path, mode) => new DiskJournalFile(path, mode);

    /// <summary>Makes the kernel read a file from the disk again; a seam, so that a test can say what the disk holds.</summary>
    public Action<SafeFileHandle, long> LetGo { get; init; } = DiskView.LetGo;

    private string DamagedDirectory => Path.Combine(directory, "damaged");

    /// <summary>Opens the journal.</summary>
    /// <param name="notBefore">A position some store has already seen: new records never stand below it, even when the files that held it are gone.</param>
    /// <param name="damage">What was found and set aside.</param>
    public JournalWriter Open(long notBefore, out IReadOnlyList<JournalDamage> damage)
    {
        Directory.CreateDirectory(directory);
        var found = new List<JournalDamage>();
        DiskView.OfNewest(directory, LetGo);
        var files = JournalSegmentFile.List(directory, found);
        foreach (var alien in found.Where(item => item.Kind == JournalDamageKind.Alien).ToList())
        {
            notBefore = Math.Max(notBefore, alien.Position + alien.Length);
            SetAside(alien.File);
        }

        foreach (var mended in found.Where(item => item.Kind == JournalDamageKind.Head))
        {
            WriteHead(files.Single(file => file.Name == mended.File));
        }

        SegmentHeader? append = null;
        var position = notBefore;
        if (files.Count > 0)
        {
            var last = files[^1];
            var end = last.Header.BasePosition + CutTail(last, found);
            position = Math.Max(end, notBefore);
            append = end == position ? last.Header : null;
            Settle(last);
        }

        damage = found;
        return new JournalWriter(directory, append, position, options, time, newSalt, OpenFile);
    }

    /// <summary>Damaged ends that starts have cut from a journal and kept, by what their files are called.</summary>
    public static IEnumerable<JournalDamage> CutEnds(string directory)
    {
        var damaged = Path.Combine(directory, "damaged");
        foreach (var file in Directory.Exists(damaged) ? new DirectoryInfo(damaged).EnumerateFiles("*" + TailExtension) : [])
        {
            if (long.TryParse(file.Name.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var position))
            {
                yield return new JournalDamage(JournalDamageKind.Tail, file.Name, position, file.Length);
            }
        }
    }

    /// <summary>Files that starts have set aside whole because their head did not read, by what they are called: everything they held is lost to this journal.</summary>
    public static IEnumerable<JournalDamage> FilesSetAside(string directory)
    {
        var damaged = Path.Combine(directory, "damaged");
        foreach (var file in Directory.Exists(damaged) ? new DirectoryInfo(damaged).EnumerateFiles("*" + AlienExtension) : [])
        {
            if (JournalSegmentFile.PositionInName(file.Name.Split(JournalFormat.FileExtension)[0]) is { } position)
            {
                yield return new JournalDamage(JournalDamageKind.Alien, Path.Combine("damaged", file.Name), position, file.Length);
            }
        }
    }

    // A process that was killed between write and fsync leaves records that only the page cache holds. What is replayed is acknowledged,
    // so it must be on the disk itself first.
    private void Settle(JournalSegmentFile last)
    {
        using (var file = OpenFile(last.Path, FileMode.Open))
        {
            file.Flush();
        }

        DirectoryFlush.Flush(directory);
    }

    private void WriteHead(JournalSegmentFile file)
    {
        using var handle = File.OpenHandle(file.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        var head = new byte[JournalFormat.SegmentHeaderBytes];
        if (RandomAccess.Read(handle, head, 0) == head.Length)
        {
            Directory.CreateDirectory(DamagedDirectory);
            using var copy = File.Create(Path.Combine(DamagedDirectory, $"{file.Header.BasePosition:D20}-{time.GetUtcNow():yyyyMMddHHmmssfff}{HeadExtension}"));
            copy.Write(head);
            copy.Flush();
            FileFlush.Flush(copy.SafeFileHandle);
        }

        file.Header.Write(head);
        RandomAccess.Write(handle, head, 0);
        FileFlush.Flush(handle);
    }

    private long CutTail(JournalSegmentFile last, List<JournalDamage> found)
    {
        using var handle = File.OpenHandle(last.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        var scanner = new SegmentScanner(handle, last.Name, last.Header);
        while (scanner.TryReadNext(out _))
        {
        }

        found.AddRange(scanner.Damage);
        if (scanner.GoodEnd < last.Length)
        {
            if (scanner.Damage[^1].Kind != JournalDamageKind.Zeros)
            {
                Keep(handle, scanner.GoodEnd, last);
            }

            RandomAccess.SetLength(handle, scanner.GoodEnd);
        }

        return scanner.GoodEnd;
    }

    private void Keep(SafeFileHandle handle, long from, JournalSegmentFile file)
    {
        Directory.CreateDirectory(DamagedDirectory);
        var name = $"{file.Header.BasePosition + from:D20}-{time.GetUtcNow():yyyyMMddHHmmssfff}{TailExtension}";
        using var copy = File.Create(Path.Combine(DamagedDirectory, name));
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = RandomAccess.Read(handle, buffer, from)) > 0)
        {
            copy.Write(buffer, 0, read);
            from += read;
        }

        copy.Flush();
        FileFlush.Flush(copy.SafeFileHandle);
    }

    private void SetAside(string fileName)
    {
        Directory.CreateDirectory(DamagedDirectory);
        var target = Path.Combine(DamagedDirectory, $"{fileName}-{time.GetUtcNow():yyyyMMddHHmmssfff}{AlienExtension}");
        File.Move(Path.Combine(directory, fileName), target, overwrite: true);
    }
}
