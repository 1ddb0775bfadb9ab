namespace CleanStreets.Ingest.Snapshot;

/// <summary>The complete snapshots on disk.</summary>
/// <param name="Count">How many.</param>
/// <param name="Oldest">Position of the oldest: the journal is needed from there on. 0 without any.</param>
internal readonly record struct KeptSnapshots(int Count, long Oldest)
{
    /// <summary>When the newest does not read there is another.</summary>
    public bool HasSpare => Count >= SnapshotFolder.Kept;
}
