using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Capture;

internal static partial class CaptureLog
{
    [LoggerMessage(1070, LogLevel.Error, "Camera {Camera} gives no frames from {Source} ({Reason}): nothing counts as seen; a live one is tried again")]
    public static partial void CameraGone(ILogger logger, string camera, string source, string reason);

    [LoggerMessage(1071, LogLevel.Information, "Camera {Camera} gives frames again")]
    public static partial void CameraBack(ILogger logger, string camera);

    [LoggerMessage(1072, LogLevel.Warning, "Camera {Camera}: {Faults}")]
    public static partial void CameraFaulty(ILogger logger, string camera, string faults);

    [LoggerMessage(1073, LogLevel.Information, "Camera {Camera} sees well again")]
    public static partial void CameraWell(ILogger logger, string camera);

    [LoggerMessage(1074, LogLevel.Warning, "{Path} is no reference of a camera and was put aside: a new one is taken ({Reason})")]
    public static partial void ReferenceUnreadable(ILogger logger, string path, string reason);
}
