using System.ComponentModel;
using System.Runtime.InteropServices;

namespace CleanStreets.Contracts.Disk;

/// <summary>Makes a new file's name survive a power cut: fsync of a file does not cover the folder that names it.</summary>
public static partial class DirectoryFlush
{
    private const int ReadOnlyDirectory = 0x10000 | 0x80000; // O_RDONLY | O_DIRECTORY | O_CLOEXEC, Linux on x64

    /// <summary>Returns once the names in the folder are on the disk itself.</summary>
    /// <exception cref="IOException">They are not, or nobody knows.</exception>
    public static void Flush(string directory)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var flags = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? ReadOnlyDirectory : 0x80000;
        var descriptor = Open(directory, flags);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open the folder {directory}.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }

        var failed = Fsync(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (failed)
        {
            throw new IOException($"fsync of the folder {directory} failed.", new Win32Exception(error));
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
