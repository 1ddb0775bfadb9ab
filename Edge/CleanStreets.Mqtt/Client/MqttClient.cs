#pragma warning disable CA1822, MA0046 // MA0046: a change is all there is to say; a sender parameter would be noise.
using Microsoft.Extensions.Logging;

namespace CleanStreets.Mqtt.Client;

/// <summary>A client of an MQTT server that connects, and reconnects by itself until it is stopped.</summary>
/// <remarks>All members may be called from any thread. Handlers run one after another; a slow handler slows the server, nothing is dropped here.</remarks>
public sealed class MqttClient : IAsyncDisposable
{
    /// <summary>Creates a client; nothing happens before <see cref="StartAsync"/>.</summary>
    public MqttClient(MqttClientOptions options, TimeProvider time, ILogger<MqttClient> logger) { }

    /// <summary>Whether the link is up, with all subscriptions in place.</summary>
    public bool IsConnected => false;

    /// <summary>Says that the link came up or went away; called one at a time, must not block.</summary>
    public event Action<MqttConnectionChange>? ConnectionChanged { add { } remove { } }

    /// <summary>Begins to connect and returns at once; the client reconnects with jittered backoff until it is stopped.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Waits until the link is up, with all subscriptions in place.</summary>
    public Task WaitConnectedAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Sends a message. QoS 0 completes when it is written, QoS 1 with the code of its PUBACK; awaits room in the window.</summary>
    /// <exception cref="MqttLinkLostException">The link is down, or went down before the PUBACK: the caller sends again.</exception>
    public ValueTask<MqttReasonCode> PublishAsync(MqttMessage message, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Subscribes now if the link is up, and again after every reconnect. A message is acknowledged after its handler.</summary>
    /// <exception cref="MqttRefusedException">The server refused the filter; it is forgotten.</exception>
    public Task SubscribeAsync(string filter, QualityOfService qualityOfService, Func<MqttMessage, CancellationToken, ValueTask> handler, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Forgets a filter and tells the server if the link is up.</summary>
    public Task UnsubscribeAsync(string filter, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Sends DISCONNECT (the will is not published) and ends; returns when the link is closed.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
