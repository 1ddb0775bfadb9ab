namespace CleanStreets.Dashboard.Evidence;

/// <summary>Log messages about evidence pictures: 5500–5599.</summary>
internal static partial class EvidenceLog
{
    [LoggerMessage(5500, LogLevel.Warning, "{Truck}: picture {Picture} is refused: {Reason}")]
    public static partial void Refused(ILogger logger, string truck, string picture, string reason);

    [LoggerMessage(5501, LogLevel.Warning, "A message on {Topic}, which names no truck and picture, is ignored")]
    public static partial void NoAddress(ILogger logger, string topic);

    [LoggerMessage(5502, LogLevel.Error, "Evidence pictures cannot be kept ({Reason}): trucks keep theirs and send them again")]
    public static partial void NotKept(ILogger logger, string reason);

    [LoggerMessage(5503, LogLevel.Information, "Evidence pictures are kept again")]
    public static partial void Kept(ILogger logger);
}
