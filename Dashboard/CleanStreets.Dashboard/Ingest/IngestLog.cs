namespace CleanStreets.Dashboard.Ingest;

/// <summary>Log messages about ingest: 5300–5399.</summary>
internal static partial class IngestLog
{
    [LoggerMessage(5300, LogLevel.Information, "Read {Segments} street segments of network {Version}")]
    public static partial void StreetsRead(ILogger logger, int segments, string version);

    [LoggerMessage(5301, LogLevel.Warning, "Ingest's read API: {Problem}")]
    public static partial void DoesNotAnswer(ILogger logger, string problem);

    [LoggerMessage(5302, LogLevel.Information, "Ingest's read API answers")]
    public static partial void Answers(ILogger logger);

    [LoggerMessage(5303, LogLevel.Warning, "A message on {Topic} is not what the contract says; such messages are counted and otherwise ignored")]
    public static partial void Unreadable(ILogger logger, string topic);
}
