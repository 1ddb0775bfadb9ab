using System.Threading.Channels;

namespace CleanStreets.Mqtt.Client.Session;

/// <summary>The client's half of the session (§4.1): what it has to send, and which QoS 2 messages it has received. Outlives links, not the client.</summary>
internal sealed class ClientSession(MqttClientOptions options)
{
    /// <summary>Publishes that have not been sent; a bounded channel, so publishers await room.</summary>
    public Channel<PendingPublish> Queue { get; } = Channel.CreateBounded<PendingPublish>(new BoundedChannelOptions(options.MaxQueued) { SingleReader = true });

    public SendWindow Window { get; } = new(options.MaxInFlight);

    /// <summary>QoS 2 messages received and not yet released, by identifier. Belongs to the reading loop of the one link there is.</summary>
    public Dictionary<ushort, MqttReceived> Unreleased { get; } = [];

    /// <summary>Whether a server may hold the other half.</summary>
    public bool MayExist { get; private set; }

    /// <summary>A link begins; answers the identifiers to release again.</summary>
    public ushort[] Begin(Grant grant)
    {
        MayExist = true;
        if (!grant.SessionPresent)
        {
            Unreleased.Clear(); // Another session's identifiers mean other messages.
        }

        return Window.Begin(grant.ReceiveMaximum, grant.SessionPresent);
    }

    /// <summary>Tells everybody who waits that the link has ended, and forgets what was not sent.</summary>
    public void Fail(MqttLinkLostException lost)
    {
        Window.Fail(lost);
        while (Queue.Reader.TryRead(out var publish))
        {
            publish.TrySetException(lost);
        }
    }

    /// <summary>The client ends.</summary>
    public void Close(MqttLinkLostException lost)
    {
        Queue.Writer.TryComplete();
        Fail(lost);
    }
}
