
namespace CleanStreets.Ingest.Store;

internal static partial class StoreLog
{
    [LoggerMessage(4000, LogLevel.Error, "The store refuses to write ({Reason}). Nothing is lost: its rows wait, and receiving slows down until it takes them.")]
    public static partial void StoreRefuses(this ILogger logger, string reason);

    [LoggerMessage(4001, LogLevel.Information, "The store writes again.")]
    public static partial void StoreWritesAgain(this ILogger logger);

    [LoggerMessage(4002, LogLevel.Warning, "The street network changed from version {Before} to {Now}: passes and history are rebuilt from the journal against the new streets.")]
    public static partial void NetworkChanged(this ILogger logger, string before, string now);
}
