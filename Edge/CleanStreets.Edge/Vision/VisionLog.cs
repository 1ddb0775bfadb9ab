using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Vision;

internal static partial class VisionLog
{
    [LoggerMessage(1060, LogLevel.Warning, "An evidence picture could not be written: {Reason}")]
    public static partial void EvidenceNotWritten(ILogger logger, string reason);

    [LoggerMessage(1061, LogLevel.Error, "The model fails on every frame ({Reason}): what the camera sees counts as unseen")]
    public static partial void ModelFails(ILogger logger, string reason);

    [LoggerMessage(1062, LogLevel.Information, "The model looks again")]
    public static partial void ModelLooksAgain(ILogger logger);

    [LoggerMessage(1063, LogLevel.Error, "The model on trial cannot be used: {Reason} The camera's own goes on, and nothing is compared")]
    public static partial void NoTrial(ILogger logger, string reason);
}
