namespace CleanStreets.Ingest.Snapshot;

/// <summary>The parts of a snapshot, in the order in which the marker meets them. Numbers stand on disk: never reuse one.</summary>
internal enum SnapshotPart : byte
{
    /// <summary>Trucks with their sessions, those that gave up their place, and the memory of facts.</summary>
    Admission = 1,

    /// <summary>Counters, the newest items, and the standing mappings.</summary>
    Quarantine = 2,

    /// <summary>Open traces: lattices, readings that wait, passes being driven.</summary>
    Match = 3,

    /// <summary>The evidence of every segment.</summary>
    Score = 4,
}

/// <summary>What the parts are called and which version of their bytes this program writes.</summary>
internal static class SnapshotParts
{
    /// <summary>Parts that are files.</summary>
    public static IReadOnlyList<SnapshotPart> Files { get; } =
        [SnapshotPart.Admission, SnapshotPart.Quarantine, SnapshotPart.Match, SnapshotPart.Score];

    public static string Name(this SnapshotPart part) => part switch
    {
        SnapshotPart.Admission => "admission",
        SnapshotPart.Quarantine => "quarantine",
        SnapshotPart.Match => "match",
        SnapshotPart.Score => "score",
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, message: null),
    };

    /// <summary>The version that is written. Raise it with every change of the bytes, and of what they mean; older ones must stay readable, because the journal before a snapshot may be gone.</summary>
    public static int Version(this SnapshotPart part) => part switch
    {
        SnapshotPart.Admission => 2, // 2: trucks that gave up their place, and what is unsure.
        SnapshotPart.Quarantine => 2, // 2: the standing mappings.
        SnapshotPart.Match => 2, // 2: whether a trace is that of a detector on trial.
        SnapshotPart.Score => 3, // 2: when each pass and cleaning arrived. 3: which detector looked; passes on trial.
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, message: null),
    };
}
