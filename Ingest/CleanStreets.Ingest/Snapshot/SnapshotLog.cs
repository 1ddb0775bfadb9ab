namespace CleanStreets.Ingest.Snapshot;

internal static partial class SnapshotLog
{
    [LoggerMessage(2020, LogLevel.Information, "Snapshot at position {Position}: {Bytes} bytes written in {Milliseconds:0} ms beside the stages, which were stopped for: {Pauses}.")]
    public static partial void SnapshotTaken(this ILogger logger, long position, long bytes, double milliseconds, string pauses);

    [LoggerMessage(2021, LogLevel.Error, "A snapshot cannot be written ({Reason}). Nothing is lost: the journal holds everything, and the next start reads more of it. It is tried again when the next one is due.")]
    public static partial void SnapshotFailed(this ILogger logger, string reason);

    [LoggerMessage(2022, LogLevel.Error, "The snapshot at position {Position} is set aside in snapshots/damaged: {Reason}. An older one, or else the whole journal, is used.")]
    public static partial void SnapshotSetAside(this ILogger logger, long position, string reason);

    [LoggerMessage(2024, LogLevel.Error, "The snapshot at position {Position} holds {Traces} open traces with a time that cannot be ({Named}). They are dropped: the passes that their trucks were driving then are not counted, and what follows is. Everything else of the snapshot is used.")]
    public static partial void TracesDropped(this ILogger logger, long position, int traces, string named);

    [LoggerMessage(2023, LogLevel.Warning, "The snapshot at position {Position} is not used for scores: {Reason}. Scores are computed anew from the journal.")]
    public static partial void SnapshotNotForScores(this ILogger logger, long position, string reason);
}
