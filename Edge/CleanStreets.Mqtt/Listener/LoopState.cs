using CleanStreets.Mqtt.Listener.Access;
using CleanStreets.Mqtt.Packets;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Mqtt.Listener;

/// <summary>What the parts of the loop share during one turn. Everything here belongs to the loop thread.</summary>
internal sealed class LoopState(MqttListenerOptions options, ILogger logger)
{
    public MqttListenerOptions Options => options;

    public ILogger Logger => logger;

    public Tally Tally { get; } = new();

    /// <summary>What all kept messages cost together.</summary>
    public StoredBytes Stored { get; } = new(options.MaxStoredBytes);

    /// <summary>Where durable changes are written; null when nothing survives a restart.</summary>
    public State.StateLog? Log { get; set; }

    /// <summary>Who may connect and do what.</summary>
    public required AccessControl Access { get; set; }

    /// <summary>Client certificates that are no longer good.</summary>
    public required RevocationList Revoked { get; set; }

    /// <summary>What the loop's clock lacks to milliseconds since 1970 (UTC).</summary>
    public long UtcOffsetMs { get; init; }

    /// <summary>Connections whose output waits for the disk.</summary>
    public List<Connection> Held { get; } = [];

    /// <summary>Milliseconds of the loop's own clock, read once a turn.</summary>
    public long NowMs { get; set; }

    /// <summary>Connections to write to at the end of the turn.</summary>
    public List<Connection> Dirty { get; } = [];

    /// <summary>Connections to close at the end of the turn; never in the middle, because somebody may be walking a list.</summary>
    public Queue<Connection> Closing { get; } = new();

    /// <summary>Connections whose reason to wait may be gone.</summary>
    public Queue<Connection> ToResume { get; } = new();

    /// <summary>Set once the listener takes no more publishes.</summary>
    public bool PublishesStopped { get; set; }

    /// <summary>How long a peer may take nothing of what it is sent.</summary>
    public long MaxStallMs(Connection connection) => Math.Max(connection.MaxSilenceMs, (long)options.PacketTimeout.TotalMilliseconds);

    public void MarkDirty(Connection connection)
    {
        if (!connection.IsDirty)
        {
            connection.IsDirty = true;
            Dirty.Add(connection);
        }
    }

    /// <summary>Ends a connection at the end of the turn. <paramref name="code"/> goes out as DISCONNECT to a 5.0 client that is connected.</summary>
    public void Close(Connection connection, MqttReasonCode? code)
    {
        if (connection.Phase < ConnectionPhase.Closing)
        {
            connection.ClosingCode = connection.Phase == ConnectionPhase.Open ? code : null;
            connection.Phase = ConnectionPhase.Closing;
            Closing.Enqueue(connection);
        }
    }

    /// <summary>Ends a connection because of what its peer sent.</summary>
    public void Cut(Connection connection, WireFault fault)
    {
        if (connection.Phase < ConnectionPhase.Closing)
        {
            Tally.CountCut(fault.Code);
            ListenerLog.Cut(logger, connection.ClientId, fault.Code, fault.Because);
            Close(connection, fault.IsSilent ? null : fault.Code);
        }
    }
}

/// <summary>Counters that the loop writes and any thread reads; <see cref="HandshakesFailed"/> is written by others, with Interlocked.</summary>
internal sealed class Tally
{
    public long Connections;
    public long Retained;
    public long Sessions;
    public long SessionsExpired;
    public long Clients;
    public long ClientsMaximum;
    public long ClientsConnected;
    public long Subscriptions;
    public long SharedSubscriptions;
    public long PublishBytesReceived;
    public long PublishBytesSent;
    public long ConnectionsAccepted;
    public long ConnectionsCut;
    public long HandshakesFailed;
    public readonly long[] CutByCode = new long[256];
    public long PacketsReceived;
    public long PacketsSent;
    public long BytesReceived;
    public long BytesSent;
    public long PublishesReceived;
    public long PublishesTaken;
    public long PublishesRefused;
    public long HookBusy;
    public long MessagesDelivered;
    public long MessagesDropped;
    public long StateCompactions;
    public long BudgetHeld;
    public long BudgetHolds;
    public long BudgetBytes;

    public void CountCut(MqttReasonCode code)
    {
        ConnectionsCut++;
        CutByCode[(byte)code]++;
    }

    public MqttListenerCounters Read() => new()
    {
        Connections = Volatile.Read(ref Connections),
        RetainedMessages = Volatile.Read(ref Retained),
        Sessions = Volatile.Read(ref Sessions),
        ConnectionsAccepted = Volatile.Read(ref ConnectionsAccepted),
        ConnectionsCut = Volatile.Read(ref ConnectionsCut),
        CutByReason = ReadCuts(),
        HandshakesFailed = Volatile.Read(ref HandshakesFailed),
        PacketsReceived = Volatile.Read(ref PacketsReceived),
        PacketsSent = Volatile.Read(ref PacketsSent),
        BytesReceived = Volatile.Read(ref BytesReceived),
        BytesSent = Volatile.Read(ref BytesSent),
        PublishesReceived = Volatile.Read(ref PublishesReceived),
        PublishesTaken = Volatile.Read(ref PublishesTaken),
        PublishesRefused = Volatile.Read(ref PublishesRefused),
        HookBusy = Volatile.Read(ref HookBusy),
        MessagesDelivered = Volatile.Read(ref MessagesDelivered),
        MessagesDropped = Volatile.Read(ref MessagesDropped),
        StateCompactions = Volatile.Read(ref StateCompactions),
        BudgetHeld = Volatile.Read(ref BudgetHeld),
        BudgetHolds = Volatile.Read(ref BudgetHolds),
        BudgetBytes = Volatile.Read(ref BudgetBytes),
    };

    private Dictionary<MqttReasonCode, long> ReadCuts()
    {
        var cuts = new Dictionary<MqttReasonCode, long>();
        for (var code = 0; code < CutByCode.Length; code++)
        {
            if (Volatile.Read(ref CutByCode[code]) is > 0 and var count)
            {
                cuts.Add((MqttReasonCode)code, count);
            }
        }

        return cuts;
    }
}
