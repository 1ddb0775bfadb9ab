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
}
