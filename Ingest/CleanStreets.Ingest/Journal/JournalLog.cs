namespace CleanStreets.Ingest.Journal;

internal static partial class JournalLog
{
    [LoggerMessage(2030, LogLevel.Error, "Nothing more is acknowledged: {Reason}. Nothing is lost, the trucks keep what they send, and it goes on by itself when there is room.")]
    public static partial void JournalHasNoRoom(this ILogger logger, string reason);

    [LoggerMessage(2031, LogLevel.Information, "The journal has room again: readings are acknowledged.")]
    public static partial void JournalHasRoom(this ILogger logger);

    [LoggerMessage(2032, LogLevel.Information, "Deleted {Files} files of the journal, up to position {Position}: {Reason}.")]
    public static partial void JournalFilesDeleted(this ILogger logger, int files, long position, string reason);

    [LoggerMessage(2033, LogLevel.Error, "Old files of the journal cannot be deleted ({Reason}); it is tried again after the next snapshot.")]
    public static partial void JournalFilesNotDeleted(this ILogger logger, string reason);
}
