using System.Text;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Answers CONNECT: refuses with the protocol's code, or opens a session and says what this listener offers.</summary>
internal sealed class ConnectHandler(LoopState state, SessionTable sessions)
{
    private readonly PropertyBuffer _properties = new();
    private readonly string _assignedPrefix = $"auto-{Guid.NewGuid():N}-";
    private long _assigned;

    public void Handle(Connection connection, ReadOnlySpan<byte> body)
    {
        var fault = ConnectPacket.Read(body, out var connect);
        if (connect.Version != default)
        {
            connection.Version = connect.Version;
        }

        if (!fault.IsFault)
        {
            fault = Judge(in connect);
        }

        if (fault.IsFault)
        {
            Refuse(connection, in connect, fault);
            return;
        }

        Open(connection, in connect);
    }

    private static WireFault Judge(in ConnectPacket connect)
    {
        if (connect.Properties.Has(PropertyId.AuthenticationMethod))
        {
            return new WireFault(MqttReasonCode.BadAuthenticationMethod, "enhanced authentication is not supported");
        }

        if (connect.Version == MqttProtocolVersion.V311 && !connect.CleanStart)
        {
            return connect.ClientId.IsEmpty
                ? new WireFault(MqttReasonCode.ClientIdentifierNotValid, "3.1.1 [MQTT-3.1.3-8] empty client identifier without clean session")
                : new WireFault(MqttReasonCode.ServerUnavailable, "sessions that outlive the connection are not supported");
        }

        if (connect.HasWill && connect.WillTopic[0] == '$')
        {
            return new WireFault(MqttReasonCode.TopicNameInvalid, "topics that begin with $ belong to the server");
        }

        return default;
    }

    private void Refuse(Connection connection, in ConnectPacket connect, WireFault fault)
    {
        state.Tally.ConnectionsCut++;
        ListenerLog.Refused(state.Logger, Encoding.UTF8.GetString(connect.ClientId), fault.Code, fault.Because!);

        // A packet that is not MQTT at all gets no answer; 3.1.1 has no code for a malformed one (its §3.1.4).
        var sayable = connect.Version == MqttProtocolVersion.V500
            || (connect.Version == MqttProtocolVersion.V311 && fault.Code is not (MqttReasonCode.MalformedPacket or MqttReasonCode.ProtocolError or MqttReasonCode.TopicNameInvalid));
        if (sayable)
        {
            ConnAckPacket.Write(connection.Output, connect.Version, fault.Code, sessionPresent: false, default);
            state.Tally.PacketsSent++;
            state.MarkDirty(connection);
        }

        state.Close(connection, code: null);
    }

    private void Open(Connection connection, in ConnectPacket connect)
    {
        var assigned = connect.ClientId.IsEmpty;
        var clientId = assigned ? $"{_assignedPrefix}{++_assigned}" : Encoding.UTF8.GetString(connect.ClientId);
        if (sessions.TryGet(clientId, out var earlier))
        {
            ListenerLog.Gone(state.Logger, clientId, "session taken over");
            state.Close(earlier.Connection, MqttReasonCode.SessionTakenOver);
        }

        // The window of 3.1.1 is ours to choose; with 5.0 the client says it.
        var window = connect.Properties.Number(PropertyId.ReceiveMaximum, ushort.MaxValue - 1);
        var session = new Session(clientId, connection, (int)Math.Min(window, ushort.MaxValue - 1));
        sessions.Set(session);
        connection.Session = session;
        connection.Phase = ConnectionPhase.Open;
        connection.PeerMaximumPacketSize = connect.Properties.Number(PropertyId.MaximumPacketSize, uint.MaxValue);
        connection.Will = WillOf(in connect);

        var keepAlive = KeepAliveSeconds(in connect);
        connection.MaxSilenceMs = keepAlive * 1500L;
        ConnAckPacket.Write(connection.Output, connect.Version, MqttReasonCode.Success, sessionPresent: false, Offer(in connect, keepAlive, assigned ? clientId : null));
        state.Tally.PacketsSent++;
        state.MarkDirty(connection);
        ListenerLog.Connected(state.Logger, clientId, connect.Version);
    }

    /// <summary>The client's own wish; a 5.0 client that wishes longer or none is given the maximum [MQTT-3.1.2-21].</summary>
    private int KeepAliveSeconds(in ConnectPacket connect)
    {
        var maximum = (int)state.Options.MaximumKeepAlive.TotalSeconds;
        var tooLong = connect.KeepAliveSeconds == 0 || connect.KeepAliveSeconds > maximum;
        return tooLong && connect.Version == MqttProtocolVersion.V500 ? maximum : connect.KeepAliveSeconds;
    }

    private ReadOnlySpan<byte> Offer(in ConnectPacket connect, int keepAlive, string? assignedId)
    {
        if (connect.Version == MqttProtocolVersion.V311)
        {
            return default;
        }

        // Topic Alias Maximum is left out, which says 0.
        _properties.Clear()
            .Add(PropertyId.ReceiveMaximum, (uint)state.Options.ReceiveMaximum)
            .Add(PropertyId.MaximumPacketSize, (uint)state.Options.MaximumPacketSize)
            .Add(PropertyId.SubscriptionIdentifierAvailable, 0)
            .Add(PropertyId.SharedSubscriptionAvailable, 0);
        if (connect.Properties.Number(PropertyId.SessionExpiryInterval) > 0)
        {
            _properties.Add(PropertyId.SessionExpiryInterval, 0); // Sessions end with their connection.
        }

        if (keepAlive != connect.KeepAliveSeconds)
        {
            _properties.Add(PropertyId.ServerKeepAlive, (uint)keepAlive);
        }

        if (assignedId is not null)
        {
            _properties.Add(PropertyId.AssignedClientIdentifier, assignedId);
        }

        return _properties.Written;
    }

    private StoredMessage? WillOf(in ConnectPacket connect)
    {
        if (!connect.HasWill)
        {
            return null;
        }

        ref readonly var properties = ref connect.WillProperties;
        return new StoredMessage
        {
            Topic = connect.WillTopic.ToArray(),
            Payload = connect.WillPayload.ToArray(),
            Properties = new PropertyBuffer().AddForwarded(in properties).Written.ToArray(),
            QualityOfService = connect.WillQualityOfService,
            Retain = connect.WillRetain,
            ExpirySeconds = properties.Number(PropertyId.MessageExpiryInterval, StoredMessage.Never),
            ArrivedAtMs = state.NowMs,
        };
    }
}
