using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Contracts.Disk;

/// <summary>fsync(2), with its answer.</summary>
/// <remarks>Not the framework's RandomAccess.FlushToDisk: on Linux, .NET 10.0.12 returns as if all were well when fsync answers EIO (seen with strace; a test shows it).</remarks>
public static partial class FileFlush
{
    private const int Interrupted = 4;

    /// <summary>Returns once everything written to the file is on the disk itself.</summary>
    /// <exception cref="IOException">It is not, or nobody knows.</exception>
    public static void Flush(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
#pragma warning disable RS0030 // Elsewhere it tells.
            RandomAccess.FlushToDisk(file);
#pragma warning restore RS0030
            return;
        }

        while (Fsync(file) != 0)
        {
            if (Marshal.GetLastPInvokeError() is not Interrupted and var error)
            {
                throw new IOException($"fsync failed: {new Win32Exception(error).Message}", error);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);
}
