namespace CleanStreets.Ingest.Store;

internal static partial class StoreLogMessages
{
    [LoggerMessage(4000, LogLevel.Error, "The store {Store} does not take rows ({Reason}). They wait in the store log; nothing else does.")]
    public static partial void StoreFails(this ILogger logger, string store, string reason);

    [LoggerMessage(4001, LogLevel.Information, "The store {Store} takes rows again.")]
    public static partial void StoreWritesAgain(this ILogger logger, string store);

    [LoggerMessage(4002, LogLevel.Warning, "The street network changed from version {Before} to {Now}: passes are placed on the new streets from the journal; the history of segments that stay is kept.")]
    public static partial void NetworkChanged(this ILogger logger, string before, string now);

    [LoggerMessage(4003, LogLevel.Error, "The store {Store} misses what the journal holds from {From} to {Through}: its part of the store log is gone. It is marked and goes on behind.")]
    public static partial void StoreMisses(this ILogger logger, string store, long from, long through);

    [LoggerMessage(4004, LogLevel.Information, "The store {Store} is left {Bytes} bytes of the store log behind; it goes on from there at the next start.")]
    public static partial void StoreLeftBehind(this ILogger logger, string store, long bytes);

    [LoggerMessage(4005, LogLevel.Error, "The store log cannot be written ({Reason}). Nothing is lost: scoring waits, and in the end receiving does.")]
    public static partial void LogRefuses(this ILogger logger, string reason);

    [LoggerMessage(4006, LogLevel.Information, "The store log is written again.")]
    public static partial void LogWritesAgain(this ILogger logger);

    [LoggerMessage(4007, LogLevel.Warning, "Files of the store log that every store has cannot be deleted ({Reason}).")]
    public static partial void LogNotTrimmed(this ILogger logger, string reason);

    [LoggerMessage(4008, LogLevel.Error, "The store {Store} cannot be opened ({Reason}). What is there was moved to {Kept}, and it begins anew.")]
    public static partial void StoreSetAside(this ILogger logger, string store, string reason, string kept);

    [LoggerMessage(4009, LogLevel.Warning, "The store {Store} refuses rows for good ({Reason}). They are kept in its .refused.jsonl file, counted, and the rest is stored; further ones are only counted.")]
    public static partial void RowRefused(this ILogger logger, string store, string reason);

    [LoggerMessage(4011, LogLevel.Error, "What is remembered of the stretches that the store {Store} misses is damaged: everything up to {Through}, where it is by now, is marked as missed, until it is filled from the journal (rescore --backfill {Store}) or given up.")]
    public static partial void StoreGapsDamaged(this ILogger logger, string store, long through);

    [LoggerMessage(4012, LogLevel.Warning, "How far the store {Store} has got is damaged: it begins where the store log does, and gets rows again that it knows.")]
    public static partial void StoreCursorDamaged(this ILogger logger, string store);

    [LoggerMessage(4013, LogLevel.Warning, "The store {Store} was {Before} until now, and what is remembered of it holds for that one alone: it begins where the store log does, and what the log has given up is marked as missed.")]
    public static partial void StoreMoved(this ILogger logger, string store, string before);

    [LoggerMessage(4014, LogLevel.Error, "The database of the store {Store} is gone and is made anew: what it held, everything up to {Through}, is marked as missed, until it is filled from the journal (rescore --backfill {Store}) or given up.")]
    public static partial void StoreEmptied(this ILogger logger, string store, long through);

    [LoggerMessage(4010, LogLevel.Information, "The store {Store} had no database {Database}: it was created.")]
    public static partial void DatabaseCreated(this ILogger logger, string store, string database);
}
