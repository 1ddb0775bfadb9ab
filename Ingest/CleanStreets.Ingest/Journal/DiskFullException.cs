namespace CleanStreets.Ingest.Journal;

/// <summary>The disk has no room for a write. Nothing was lost and nothing is half written: the same call may be made again.</summary>
/// <remarks>Only of writes. A failed fsync is never this, whatever its reason: what it leaves on the disk nobody knows.</remarks>
internal sealed class DiskFullException : IOException
{
    // errno of Linux: ENOSPC, and EDQUOT when a quota is used up. .NET hands the errno over as the HResult.
    private const int NoSpace = 28;
    private const int NoQuota = 122;

    public DiskFullException(IOException inner)
        : base(inner.Message, inner)
    {
    }

    public DiskFullException(string message)
        : base(message)
    {
    }

    public DiskFullException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public DiskFullException()
    {
    }

    public static bool Is(IOException fault) => fault.HResult is NoSpace or NoQuota;
}
