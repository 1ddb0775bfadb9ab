#pragma warning disable CA1822, MA0046 // MA0046: a change is all there is to say; a sender parameter would be noise.
using System.Net;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Accepts MQTT clients and carries messages between them and a hook.</summary>
/// <remarks>One thread owns all connections, sessions, subscriptions and retained messages, so there are no locks. Members may be called from any thread.</remarks>
public sealed class MqttListener : IAsyncDisposable
{
    /// <summary>Creates a listener; nothing happens before <see cref="StartAsync"/>. Without a hook it is a plain broker.</summary>
    public MqttListener(MqttListenerOptions options, IPublishHook? hook, TimeProvider time, ILogger<MqttListener> logger) { }

    /// <summary>The address and port listened on, once started.</summary>
    public IPEndPoint LocalEndpoint => throw new NotSupportedException();

    /// <summary>What it has done so far.</summary>
    public MqttListenerCounters Counters => throw new NotSupportedException();

    /// <summary>Starts to listen.</summary>
    /// <exception cref="MqttListenerException">The port is in use, or the address is not of this machine.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Allows the acknowledgement of taken publishes, in any order; they leave in order per connection.</summary>
    public void Acknowledge(ReadOnlySpan<PublishToken> tokens, MqttReasonCode code = MqttReasonCode.Success) => throw new NotSupportedException();

    /// <summary>Says that the hook has room again after Busy.</summary>
    public void ResumeReading() => throw new NotSupportedException();

    /// <summary>Publishes a message of the server itself to subscribers, and keeps it when it says Retain.</summary>
    public void Publish(MqttMessage message) => throw new NotSupportedException();

    /// <summary>Takes no more connections and no more publishes, but goes on sending acknowledgements; completes when that holds.</summary>
    public Task StopReceivingAsync() => throw new NotSupportedException();

    /// <summary>Sends what is left, says DISCONNECT 0x8B to 5.0 clients and closes everything.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
