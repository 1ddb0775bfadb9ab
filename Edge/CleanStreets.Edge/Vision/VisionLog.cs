using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Vision;

internal static partial class VisionLog
{
    [LoggerMessage(1060, LogLevel.Warning, "An evidence picture could not be encoded: {Reason}")]
    public static partial void EvidenceNotEncoded(ILogger logger, string reason);

    [LoggerMessage(1061, LogLevel.Error, "The model fails on every frame ({Reason}): what the camera sees counts as unseen")]
    public static partial void ModelFails(ILogger logger, string reason);

    [LoggerMessage(1062, LogLevel.Information, "The model looks again")]
    public static partial void ModelLooksAgain(ILogger logger);

    [LoggerMessage(1063, LogLevel.Error, "The model on trial cannot be used: {Reason} The camera's own goes on, and nothing is compared")]
    public static partial void NoTrial(ILogger logger, string reason);

    [LoggerMessage(1064, LogLevel.Information, "{Folder}: removed {Pictures} evidence pictures that an agent before kept in clear text")]
    public static partial void OldEvidenceRemoved(ILogger logger, string folder, int pictures);
}
