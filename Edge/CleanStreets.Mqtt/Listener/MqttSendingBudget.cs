namespace CleanStreets.Mqtt.Listener;

/// <summary>How much one device may send before it is read more slowly: bytes and publishes a second, each with a burst. A rate of zero is no limit.</summary>
/// <remarks>
/// A device is a name that was proven (certificate or password), with all its connections; who proves nothing has a budget for each connection.
/// A budget that is spent ends nothing and loses nothing: the connection is not read until there is some again, and TCP tells its sender.
/// </remarks>
public sealed record MqttSendingBudget
{
    /// <summary>Bytes a second, of packets of any kind. Default: 4 MiB.</summary>
    public int BytesPerSecond { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes that may come at once after a quiet time. Default: 16 MiB.</summary>
    public int BurstBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Publishes a second. Default: 2,000.</summary>
    public int MessagesPerSecond { get; init; } = 2000;

    /// <summary>Publishes that may come at once after a quiet time. Default: 20,000.</summary>
    public int BurstMessages { get; init; } = 20_000;

    /// <summary>Whether it holds for programs of this machine that prove no name, too. Default: false.</summary>
    public bool IncludesLoopback { get; init; }

    /// <summary>Whether there is a limit at all.</summary>
    internal bool IsLimit => BytesPerSecond > 0 || MessagesPerSecond > 0;
}
