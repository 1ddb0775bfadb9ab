using CleanStreets.Mqtt;

namespace CleanStreets.Ingest.Receive.Broker;

internal static partial class BrokerLog
{
    [LoggerMessage(2110, LogLevel.Information, "Receiving from the broker {Address} over {Connections} connections.")]
    public static partial void BrokerConnected(this ILogger logger, string address, int connections);

    [LoggerMessage(2111, LogLevel.Warning, "The broker {Address} is away, in whole or in part ({Detail}): trucks keep what is not marked as stored, and connecting goes on.")]
    public static partial void BrokerAway(this ILogger logger, string address, string detail);

    [LoggerMessage(2119, LogLevel.Error, "The broker {Address} does not let our user subscribe {Filters}: nothing of that is received, and trucks keep what is not marked as stored. Allow our user to read it, or, where the broker has no shared subscriptions, set Ingest__Broker__Version to 3.1.1; it is asked again every {Pause}.")]
    public static partial void BrokerWithholds(this ILogger logger, string address, string filters, TimeSpan pause);

    [LoggerMessage(2112, LogLevel.Error, "The broker refuses what is published on {Topic} ({Code}): trucks do not hear what is stored and send it again. Allow our user to write acks and scores; it is tried again every {Pause}.")]
    public static partial void BrokerRefuses(this ILogger logger, string topic, MqttReasonCode code, TimeSpan pause);

    [LoggerMessage(2114, LogLevel.Warning, "More topics of trucks long gone wait to be cleared on the broker than are kept ({Clears}, Ingest:Broker:Clears): the oldest are given up, and their last marks stay there.")]
    public static partial void ClearsGivenUp(this ILogger logger, int clears);

    [LoggerMessage(2113, LogLevel.Information, "The broker takes everything that is published again.")]
    public static partial void BrokerTakesAgain(this ILogger logger);
}
