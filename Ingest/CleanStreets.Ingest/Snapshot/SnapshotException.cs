namespace CleanStreets.Ingest.Snapshot;

/// <summary>A snapshot, or one of its parts, does not read; the message says why.</summary>
internal sealed class SnapshotException : Exception
{
    public SnapshotException(string message)
        : base(message)
    {
    }

    public SnapshotException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public SnapshotException()
    {
    }
}
