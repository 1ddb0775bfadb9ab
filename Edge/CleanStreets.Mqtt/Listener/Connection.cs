using System.Buffers;
using CleanStreets.Mqtt.Flow;
using CleanStreets.Mqtt.Listener.Transport;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Where a connection is in its life.</summary>
internal enum ConnectionPhase : byte
{
    /// <summary>Accepted; nothing but CONNECT may come.</summary>
    AwaitingConnect,

    /// <summary>CONNACK with success has been written.</summary>
    Open,

    /// <summary>Will be closed at the end of this turn.</summary>
    Closing,

    /// <summary>The last word is written; what still arrives is thrown away until the peer closes, so that it can read that word.</summary>
    Draining,

    /// <summary>Gone.</summary>
    Closed,
}

/// <summary>Why a connection is not read for now.</summary>
[Flags]
internal enum HoldReasons : byte
{
    None = 0,

    /// <summary>The hook has taken as many bytes of it as it may without acknowledging.</summary>
    Unacknowledged = 1,

    /// <summary>The hook said Busy, or others wait for it.</summary>
    HookBusy = 2,

    /// <summary>The peer does not read what it is sent.</summary>
    Output = 4,

    /// <summary>The listener takes no more publishes.</summary>
    Stopped = 8,

    /// <summary>The password of its CONNECT is being checked.</summary>
    Deciding = 16,

    /// <summary>Its device has sent more than its budget.</summary>
    Budget = 32,
}

/// <summary>One peer: its byte stream, the bytes not yet understood, the acknowledgements it waits for. Owned by the loop.</summary>
internal sealed class Connection(int slot, uint generation, long openedAtMs, StoredBytes stored)
{
    private StoredMessage? _will;
    private byte[]? _kept;
    private int _keptCount;

    public int Slot => slot;

    public uint Generation => generation;

    public PeerLink Link { get; set; } = null!;

    /// <summary>Where it came in.</summary>
    public MqttEndpoint Endpoint { get; set; } = null!;

    /// <summary>Who its peer is by a certificate that has been checked; null: none was shown.</summary>
    public Access.CertificateIdentity? Certificate { get; set; }

    public ConnectionPhase Phase { get; set; }

    public HoldReasons Hold { get; set; }

    public MqttProtocolVersion Version { get; set; } = MqttProtocolVersion.V311;

    public Session? Session { get; set; }

    /// <summary>The check its CONNECT waits for, or whose answer it has not used yet.</summary>
    public Access.PasswordCheck? PasswordCheck { get; set; }

    /// <summary>The place of its CONNECT among all that have come; 0: none has.</summary>
    public long ConnectOrder { get; set; }

    public string ClientId => Session?.ClientId ?? "";

    public StoredMessage? Will
    {
        get => _will;
        set
        {
            stored.Replace(_will, value);
            _will = value;
        }
    }

    /// <summary>Seconds between the end of this connection and the will, if the session lasts that long.</summary>
    public uint WillDelaySeconds { get; set; }

    /// <summary>Longest silence allowed: one and a half times the keep-alive [MQTT-3.1.2-22]; 0: any.</summary>
    public long MaxSilenceMs { get; set; }

    public long OpenedAtMs { get; } = openedAtMs;

    public long LastReceivedMs { get; set; } = openedAtMs;

    /// <summary>When the peer last took bytes, or owed nothing: none were there, or they waited for the disk.</summary>
    public long OutputMovedMs { get; set; } = openedAtMs;

    /// <summary>When the first byte of the packet that is not whole yet came; null when there is none.</summary>
    public long? PacketBegunAtMs { get; set; }

    public long DrainUntilMs { get; set; }

    /// <summary>Where it comes from, as <see cref="PeersByAddress"/> counts it; null when a gate has counted it.</summary>
    public UInt128? Address { get; set; }

    /// <summary>Whether it comes from this machine.</summary>
    public bool IsLocal { get; set; }

    /// <summary>What its device may still send; null: as much as it can.</summary>
    public Budget.DeviceBudget? Budget { get; set; }

    /// <summary>Largest packet the peer accepts.</summary>
    public uint PeerMaximumPacketSize { get; set; } = uint.MaxValue;

    public OutputBuffer Output { get; } = new();

    public AcknowledgementQueue Acknowledgements { get; } = new();

    /// <summary>QoS 2 publishes of this connection between PUBLISH and PUBREL.</summary>
    public int OpenReleases { get; set; }

    /// <summary>Topic aliases the peer has set; made when first needed.</summary>
    public IncomingAliases? IncomingAliases { get; set; }

    /// <summary>Topic aliases the peer has been told; null when it accepts none.</summary>
    public OutgoingAliases? OutgoingAliases { get; set; }

    /// <summary>Whether it stands in the list of connections whose output waits for the disk.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Whether the peer has said that it will send nothing more.</summary>
    public bool PeerHasEnded { get; set; }

    /// <summary>Whether it stands in the list of connections that may hold more than was read.</summary>
    public bool IsUnread { get; set; }

    /// <summary>Whether it stands in the list of connections to write to at the end of the turn.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Whether the log has said that it was refused something: once is enough.</summary>
    public bool IsRefusalSaid { get; set; }

    /// <summary>What DISCONNECT shall say; null: close without a word.</summary>
    public MqttReasonCode? ClosingCode { get; set; }

    public ReadOnlySpan<byte> Kept => _kept.AsSpan(0, _keptCount);

    /// <summary>Room behind the kept bytes for a packet of which they are the beginning.</summary>
    public Span<byte> RoomBehindKept(int packetLength)
    {
        // Doubling towards the announced length: a packet that is announced but never sent costs little.
        if (_kept is null || _kept.Length - _keptCount < 1024)
        {
            var wanted = Math.Max(_keptCount + 1024, Math.Min(packetLength, _keptCount * 2));
            Replace(_kept.AsSpan(0, _keptCount), wanted);
        }

        return _kept.AsSpan(_keptCount);
    }

    public void KeptGrew(int count) => _keptCount += count;

    /// <summary>Keeps the bytes that are not consumed; they may lie in the kept bytes themselves.</summary>
    public void Keep(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
        {
            DropKept();
        }
        else if (_kept is not null && _kept.Length >= rest.Length)
        {
            rest.CopyTo(_kept);
            _keptCount = rest.Length;
        }
        else
        {
            Replace(rest, rest.Length);
        }
    }

    public void DropKept()
    {
        if (_kept is not null)
        {
            ArrayPool<byte>.Shared.Return(_kept);
        }

        (_kept, _keptCount) = (null, 0);
    }

    private void Replace(ReadOnlySpan<byte> content, int capacity)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(256, capacity));
        content.CopyTo(larger);
        var count = content.Length;
        DropKept();
        (_kept, _keptCount) = (larger, count);
    }
}
