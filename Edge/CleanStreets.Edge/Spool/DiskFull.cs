using System.ComponentModel;

namespace CleanStreets.Edge.Spool;

/// <summary>Tells a full disk, which passes, from a broken one.</summary>
internal static class DiskFull
{
    private const int NoSpace = 28; // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT, Linux

    /// <summary>Whether there was no room.</summary>
    public static bool Is(IOException failure) =>
        failure.HResult is NoSpace or QuotaExceeded || failure.InnerException is Win32Exception { NativeErrorCode: NoSpace or QuotaExceeded };
}
