using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Memory;

/// <summary>Gives back memory that the start needed and driving does not: garbage, what malloc keeps, and pages of libraries that nobody has looked at since.</summary>
/// <remarks>
/// Nothing that was written is given back. Of libraries only what is read only and as its file has it: should it be wanted again, the kernel shows the file's page again, which as a rule is still in its cache.
/// Where the system refuses, nothing is given back and nothing else changes.
/// </remarks>
internal sealed partial class ProcessMemory(TimeProvider time, ILogger logger)
{
    /// <summary>When it is done first: the start is over, and whatever is done once a minute has been done.</summary>
    public static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(60);

    /// <summary>How often it is done again.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromHours(1);

    /// <summary>A library's place must have been the same so long before. Default: 10 s.</summary>
    public TimeSpan Settled { get; init; } = TimeSpan.FromSeconds(10);

    private const string Smaps = "/proc/self/smaps";
    private const long Mega = 1 << 20;
    private const int DontNeed = 4; // MADV_DONTNEED, Linux on every processor.

    /// <summary>Does it, and again, until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            for (var wait = AfterStart; OperatingSystem.IsLinux(); wait = Again)
            {
                await Task.Delay(wait, time, stop);
                await GiveBackAsync(stop);
            }
        }
        catch (OperationCanceledException)
        {
            // Our own stop.
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or DllNotFoundException or EntryPointNotFoundException)
        {
            MemoryLog.NotHere(logger, ex.Message); // Another system than we know: its memory stays as it is.
        }
    }

    /// <summary>Does it once.</summary>
    public async Task GiveBackAsync(CancellationToken stop)
    {
        var before = Libraries().Select(Place).ToHashSet();
        await Task.Delay(Settled, time, stop);
        var resident = Environment.WorkingSet;
        var settled = Libraries().FindAll(library => before.Contains(Place(library)));
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = TrimHeap(0);
        foreach (var library in settled)
        {
            _ = Advise(library.Start, library.End - library.Start, DontNeed); // Refused: it stays.
        }

        MemoryLog.GivenBack(logger, resident / Mega, Environment.WorkingSet / Mega);
    }

    private static (nuint Start, nuint End, string Permissions, string Path) Place(FileMapping library) => (library.Start, library.End, library.Permissions, library.Path);

    private static List<FileMapping> Libraries()
    {
        using var smaps = new StreamReader(Smaps);
        return FileMapping.Read(smaps).FindAll(mapping => mapping.IsOfAnUnchangedLibrary);
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimHeap(nuint keep);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Advise(nuint start, nuint length, int advice);
}
