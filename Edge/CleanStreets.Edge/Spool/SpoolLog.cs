using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Spool;

internal static partial class SpoolLog
{
    [LoggerMessage(1000, LogLevel.Information, "Spool opened: {Chunks} chunks, {Readings} readings of {Sessions} earlier sessions to send")]
    public static partial void Opened(ILogger logger, int chunks, long readings, int sessions);

    [LoggerMessage(1001, LogLevel.Warning, "{Path}: the last {Bytes} bytes were torn by a power cut; cut off. They were never acknowledged as kept")]
    public static partial void TornTail(ILogger logger, string path, int bytes);

    [LoggerMessage(1002, LogLevel.Error, "{Path}: {Bytes} bytes are damaged; the readings in them are lost, all others stand. Check the disk")]
    public static partial void Damaged(ILogger logger, string path, int bytes);

    [LoggerMessage(1003, LogLevel.Error, "{Path}: {Bytes} bytes that are no spool; renamed and kept for diagnosis")]
    public static partial void KeptAside(ILogger logger, string path, int bytes);

    [LoggerMessage(1004, LogLevel.Warning, "The spool is at its cap of {Cap} bytes: dropping the oldest readings until the city stores again")]
    public static partial void Dropping(ILogger logger, long cap);

    [LoggerMessage(1005, LogLevel.Information, "The spool is below its cap again; {Readings} readings were dropped")]
    public static partial void DroppingEnded(ILogger logger, long readings);

    [LoggerMessage(1006, LogLevel.Error, "The disk is full ({Reason}): the spool makes room, oldest pictures first, then the oldest readings. Free the disk")]
    public static partial void DiskIsFull(ILogger logger, string reason);

    [LoggerMessage(1007, LogLevel.Information, "The disk takes readings again")]
    public static partial void DiskHasRoom(ILogger logger);

    [LoggerMessage(1008, LogLevel.Error, "{Files} files of the spool ({Bytes} bytes) are sealed with another key than the box has now; renamed to *.kept. With that key in place again and their old names they would be sent")]
    public static partial void OtherKey(ILogger logger, int files, long bytes);

    [LoggerMessage(1009, LogLevel.Information, "{Path}: made the key that seals the spool. Without it nothing on the spool can be read")]
    public static partial void KeyMade(ILogger logger, string path);

    [LoggerMessage(1010, LogLevel.Error, "{Kept}: {Bytes} bytes are no key of {Wanted} bytes; renamed and kept, a new one is made")]
    public static partial void KeyDamaged(ILogger logger, string kept, int bytes, int wanted);

    [LoggerMessage(1011, LogLevel.Warning, "{Path} could be read by others than the agent; now it cannot")]
    public static partial void KeyWasReadable(ILogger logger, string path);

    [LoggerMessage(1012, LogLevel.Warning, "What is true of the readings of session {Session} could not be kept ({Reason}): after a power cut they would be sent without it")]
    public static partial void AboutNotKept(ILogger logger, string session, string reason);

    [LoggerMessage(1013, LogLevel.Warning, "{Folder}: wiped. Key destroyed: {IsKeyGone}")]
    public static partial void Wiped(ILogger logger, string folder, bool isKeyGone);

    [LoggerMessage(1014, LogLevel.Warning, "An evidence picture could not be kept: {Reason}")]
    public static partial void PictureNotKept(ILogger logger, string reason);

    [LoggerMessage(1015, LogLevel.Error, "{Path} cannot be read ({Reason}): renamed to *.kept, and what is in it is not sent; all others stand. Check the disk")]
    public static partial void Unreadable(ILogger logger, string path, string reason);

    [LoggerMessage(1016, LogLevel.Error, "{Path} cannot be renamed ({Reason}): it stays where it is and is passed over")]
    public static partial void NotRenamed(ILogger logger, string path, string reason);
}
