using CleanStreets.Contracts.Trucks;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Upgrade;

internal static partial class UpgradeLog
{
    [LoggerMessage(1190, LogLevel.Information, "Upgrade of the {Kind}, offered {Version}: {State} {Detail}")]
    public static partial void State(ILogger logger, string kind, string version, UpgradeState state, string detail);

    [LoggerMessage(1191, LogLevel.Information, "The {Kind} {Version} is here; stopping, so that it is started")]
    public static partial void Restarting(ILogger logger, string kind, Version version);

    [LoggerMessage(1192, LogLevel.Warning, "The state of upgrades cannot be written: {Reason}")]
    public static partial void Disk(ILogger logger, string reason);

    [LoggerMessage(1193, LogLevel.Information, "This release is on trial; healthy is: {Wanted}")]
    public static partial void OnTrial(ILogger logger, string wanted);

    [LoggerMessage(1194, LogLevel.Information, "This release is healthy")]
    public static partial void Healthy(ILogger logger);

    [LoggerMessage(1195, LogLevel.Error, "The model on trial is given up: {Reason}. The one before is used")]
    public static partial void ModelGivenUp(ILogger logger, string reason);

    [LoggerMessage(1196, LogLevel.Information, "The model on trial looks, and stays")]
    public static partial void ModelConfirmed(ILogger logger);
}
