using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.IotHub;

internal static partial class IotHubLog
{
    [LoggerMessage(1140, LogLevel.Warning, "{Hub} refuses device {Device} ({Detail}). By the hub's clock ours is {Seconds:0} s ahead: tokens go by the hub's clock from now on, the next attempt is at once")]
    public static partial void RefusedByClock(ILogger logger, string hub, string device, string detail, double seconds);

    [LoggerMessage(1141, LogLevel.Error, "{Hub} refuses device {Device} ({Detail}); {Clock}. Check that the device is registered and enabled there, and its key or certificate. Tried again every two minutes or so")]
    public static partial void Refused(ILogger logger, string hub, string device, string detail, string clock);

    [LoggerMessage(1142, LogLevel.Warning, "The hub did not take a twin request ({What}: {Status}, {Detail}); it is asked again, later and later")]
    public static partial void TwinFailed(ILogger logger, string what, int status, string detail);

    [LoggerMessage(1143, LogLevel.Information, "{Registration} is device {Device} of {Hub}")]
    public static partial void Assigned(ILogger logger, string registration, string device, string hub);

    [LoggerMessage(1144, LogLevel.Error, "The provisioning service does not assign {Registration} to a hub: {Detail} Readings stay on the spool; it is asked again later")]
    public static partial void NotAssigned(ILogger logger, string registration, string detail);

    [LoggerMessage(1145, LogLevel.Warning, "The hub has refused {Device} {Times} times: the provisioning service is asked whether it belongs to another hub now")]
    public static partial void AskingAgain(ILogger logger, string device, int times);

    [LoggerMessage(1146, LogLevel.Warning, "A message of the city to {Device} is not understood and let go: {Detail}")]
    public static partial void UnknownMessage(ILogger logger, string device, string detail);

    [LoggerMessage(1147, LogLevel.Warning, "More direct methods than can be answered; {Method} is let go")]
    public static partial void TooManyMethods(ILogger logger, string method);

    [LoggerMessage(1148, LogLevel.Warning, "The assignment to a hub cannot be kept in {File} ({Detail}); after a restart the provisioning service is asked again")]
    public static partial void AssignmentNotKept(ILogger logger, string file, string detail);

    [LoggerMessage(1149, LogLevel.Error, "A batch of {Bytes} bytes is larger than the hub takes ({Limit})")]
    public static partial void TooLarge(ILogger logger, int bytes, int limit);
}
