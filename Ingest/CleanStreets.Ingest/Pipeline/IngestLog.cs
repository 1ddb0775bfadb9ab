using CleanStreets.Ingest.Journal;

namespace CleanStreets.Ingest.Pipeline;

internal static partial class IngestLog
{
    [LoggerMessage(2013, LogLevel.Information, "Which box sits on which truck was read again from {Path}.")]
    public static partial void AssignmentsRead(this ILogger logger, string path);

    [LoggerMessage(2014, LogLevel.Error, "Which box sits on which truck cannot be read from {Path}: {Detail}. What was read before holds.")]
    public static partial void AssignmentsNotRead(this ILogger logger, string path, string detail);

    [LoggerMessage(2000, LogLevel.Information, "Receiving on {Endpoint}.")]
    public static partial void Receiving(this ILogger logger, string endpoint);

    [LoggerMessage(2002, LogLevel.Information, "Admission is as before the stop, {Records} records behind its snapshot: it knows {Sessions} sessions.")]
    public static partial void Replayed(this ILogger logger, long records, int sessions);

    [LoggerMessage(2003, LogLevel.Information, "Scores are recovered.")]
    public static partial void Recovered(this ILogger logger);

    [LoggerMessage(2004, LogLevel.Error, "Part of the journal cannot be read: {Damage}. Everything else is used; 'journal check' says which truck's sequences are lost.")]
    public static partial void JournalDamaged(this ILogger logger, JournalDamage damage);

    [LoggerMessage(2005, LogLevel.Critical, "The {Stage} stage failed: nothing more is acknowledged and the service stops. The trucks keep what was not acknowledged.")]
    public static partial void StageFailed(this ILogger logger, Exception fault, string stage);

    [LoggerMessage(2006, LogLevel.Warning, "{Records} records of the journal hold payloads that this version does not decode as the one that wrote them; they are left out.")]
    public static partial void RecordsLeftOut(this ILogger logger, long records);

    [LoggerMessage(2007, LogLevel.Warning, "{Segments} segments are no longer part of the street network: their retained scores are cleared.")]
    public static partial void SegmentsVanished(this ILogger logger, int segments);

    [LoggerMessage(2009, LogLevel.Information, "Scores catch up from position {From}: {Bytes} bytes of the journal are read again. What is sent is taken and acknowledged meanwhile, and /readyz says how far it is.")]
    public static partial void CatchingUp(this ILogger logger, long from, long bytes);

    [LoggerMessage(2010, LogLevel.Information, "Stopped while scores were catching up: everything acknowledged is on disk, and the next start reads the {Bytes} bytes of the journal that are left.")]
    public static partial void StoppedBehind(this ILogger logger, long bytes);

    [LoggerMessage(2011, LogLevel.Warning, "Admission knows more than its settings (Ingest:Admission) allow by now: {Beyond}.")]
    public static partial void BeyondSettings(this ILogger logger, string beyond);

    [LoggerMessage(2012, LogLevel.Error, "The store log holds nothing from position {From} to {Through} of the journal, and the journal's beginning is deleted. Scores are right; a store that has not got the passes from there misses them, which is marked.")]
    public static partial void StoreLogMisses(this ILogger logger, long from, long through);

    [LoggerMessage(2015, LogLevel.Error, "The start waits: {Reason}. Nothing is lost and nothing is acknowledged, senders keep what they have; it starts by itself when there is room.")]
    public static partial void WaitsForRoom(this ILogger logger, string reason);

    [LoggerMessage(2016, LogLevel.Information, "There is room again: starting.")]
    public static partial void HasRoomToStart(this ILogger logger);

    [LoggerMessage(2017, LogLevel.Error, "The file that names the scoring method in use, {Path}, is damaged: {Method} is used, which the notes of what numbers were made with name last.")]
    public static partial void MethodDamaged(this ILogger logger, string path, string method);

    [LoggerMessage(2018, LogLevel.Error, "The notes of what numbers were made with are damaged: they are kept as {Kept}, and new ones are begun.")]
    public static partial void MeasureDamaged(this ILogger logger, string kept);

    [LoggerMessage(2019, LogLevel.Error, "The copy of the streets in use is damaged: it is kept as {Kept}, and a new one is made of the streets that were named.")]
    public static partial void StreetsDamaged(this ILogger logger, string kept);

    [LoggerMessage(2008, LogLevel.Information, "Stopped: everything acknowledged is on disk, everything received is scored and stored, or waits in the store log.")]
    public static partial void Stopped(this ILogger logger);
}
