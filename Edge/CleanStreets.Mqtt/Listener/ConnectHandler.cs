using System.Text;
using CleanStreets.Mqtt.Flow;
using CleanStreets.Mqtt.Listener.Access;
using CleanStreets.Mqtt.Listener.Budget;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Answers CONNECT: refuses with the protocol's code, or opens a session and says what this listener offers.</summary>
internal sealed class ConnectHandler(LoopState state, SessionKeeper sessions, Deliverer deliverer, PasswordChecks checks, BudgetKeeper budgets)
{
    /// <summary>Most topic aliases given to one client: its usual topics are few, and each costs memory here.</summary>
    private const uint MaxOutgoingAliases = 64;

    private readonly PropertyBuffer _properties = new();
    private readonly string _assignedPrefix = $"auto-{Guid.NewGuid():N}-";
    private long _assigned;
    private long _connects;

    /// <summary>False: the answer waits, and the packet is handled again when it can be given.</summary>
    public bool Handle(Connection connection, byte headerFlags, ReadOnlySpan<byte> body)
    {
        var fault = ConnectPacket.Read(headerFlags, body, out var connect);
        if (connect.Version != default)
        {
            connection.Version = connect.Version;
        }

        if (connection.ConnectOrder == 0)
        {
            connection.ConnectOrder = ++_connects;
        }

        if (!fault.IsFault)
        {
            fault = Judge(in connect);
        }

        PasswordFile? passwords = null;
        if (!fault.IsFault)
        {
            fault = state.Access.Admit(in connect, connection.Endpoint, connection.Certificate, out passwords);
        }

        if (!fault.IsFault && passwords is not null && !IsDecided(connection, in connect, passwords, out fault))
        {
            return false;
        }

        checks.Forget(connection);
        if (fault.IsFault)
        {
            Refuse(connection, in connect, fault);
        }
        else
        {
            Open(connection, in connect);
        }

        return true;
    }

    /// <summary>Whether the password has been checked; if not, that begins here, unless too many wait for it.</summary>
    private bool IsDecided(Connection connection, in ConnectPacket connect, PasswordFile passwords, out WireFault fault)
    {
        fault = default;
        switch (connection.PasswordCheck)
        {
            case { IsRight: null }:
                fault = new WireFault(MqttReasonCode.ServerBusy, "its password was not checked within the time allowed (ConnectTimeout)");
                return true;
            case { IsRight: { } isRight } check when check.File == passwords:
                fault = isRight ? default : new WireFault(MqttReasonCode.BadUserNameOrPassword, "wrong user name or password");
                return true;
            default:
                checks.Forget(connection); // The file has been read again meanwhile: the answer is of yesterday.
                if (checks.TryBegin(connection, passwords, Encoding.UTF8.GetString(connect.UserName), connect.Password))
                {
                    return false;
                }

                fault = new WireFault(MqttReasonCode.ServerBusy, "too many passwords wait to be checked (MaxPasswordChecks)");
                return true;
        }
    }

    private WireFault Judge(in ConnectPacket connect)
    {
        if (state.Options.ServerBusy)
        {
            return new WireFault(MqttReasonCode.ServerBusy, "nothing can be taken at the moment (ServerBusy)");
        }

        if (connect.Properties.Has(PropertyId.AuthenticationMethod))
        {
            return new WireFault(MqttReasonCode.BadAuthenticationMethod, "enhanced authentication is not supported");
        }

        if (connect.Version == MqttProtocolVersion.V311 && (!connect.CleanStart || connect.IsV310) && connect.ClientId.IsEmpty)
        {
            return new WireFault(MqttReasonCode.ClientIdentifierNotValid, "3.1.1 [MQTT-3.1.3-8] empty client identifier without clean session");
        }

        if (connect.HasWill && connect.WillTopic[0] == '$')
        {
            return new WireFault(MqttReasonCode.TopicNameInvalid, "topics that begin with $ belong to the server");
        }

        return default;
    }

    private void Refuse(Connection connection, in ConnectPacket connect, WireFault fault)
    {
        state.Tally.CountCut(fault.Code);
        ListenerLog.Refused(state.Logger, Encoding.UTF8.GetString(connect.ClientId), fault.Code, fault.Because!);

        // A packet that is not MQTT at all gets no answer; 3.1.1 has no code for a malformed one (its §3.1.4).
        var sayable = !fault.IsSilent && (connect.Version == MqttProtocolVersion.V500
            || (connect.Version == MqttProtocolVersion.V311 && fault.Code is not (MqttReasonCode.MalformedPacket or MqttReasonCode.ProtocolError or MqttReasonCode.TopicNameInvalid)));
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
        var named = connection.Certificate?.Name;
        var clientId = !assigned ? Encoding.UTF8.GetString(connect.ClientId) : named ?? $"{_assignedPrefix}{++_assigned}";
        var userName = state.Access.UserNameOf(in connect, connection.Certificate);
        if (connect.HasWill && state.Access.RightsOf(clientId, userName) is { } rights && !rights.MayWrite(connect.WillTopic))
        {
            Refuse(connection, in connect, new WireFault(MqttReasonCode.NotAuthorized, "a last will without the right to publish it"));
            return;
        }

        var keepAlive = KeepAliveSeconds(in connect);
        var expiry = ExpirySeconds(in connect);
        var offer = Offer(in connect, keepAlive, expiry, assigned ? clientId : null);
        if (ConnAckPacket.Size(connect.Version, offer) > connect.Properties.Number(PropertyId.MaximumPacketSize, uint.MaxValue))
        {
            Refuse(connection, in connect, WireFault.Silent("[MQTT-3.1.2-24] the client does not accept packets as large as the answer to its CONNECT"));
            return;
        }

        if (!sessions.HasRoomFor(clientId))
        {
            Refuse(connection, in connect, new WireFault(MqttReasonCode.QuotaExceeded, "all sessions are in use (MaxSessions)"));
            return;
        }

        if (connect.HasWill && !state.Stored.HasRoomFor(connect.WillTopic.Length + connect.WillPayload.Length, isHost: false))
        {
            Refuse(connection, in connect, new WireFault(MqttReasonCode.QuotaExceeded, "no room for a last will (MaxStoredBytes)"));
            return;
        }

        if (sessions.ConnectOrderOf(clientId) > connection.ConnectOrder)
        {
            // Whoever came later is the client now [MQTT-3.1.4-3]; that its password was checked sooner must not turn this round.
            Refuse(connection, in connect, new WireFault(MqttReasonCode.ServerBusy, "a later connection of the same client was admitted while its password was checked"));
            return;
        }

        // The window of 3.1.1 is ours to choose; with 5.0 the client says it.
        var window = Math.Min((int)connect.Properties.Number(PropertyId.ReceiveMaximum, ushort.MaxValue), state.Options.MaxInFlight);
        var wasThere = sessions.Attach(connection, clientId, userName, connect.CleanStart, expiry, window);
        connection.Phase = ConnectionPhase.Open;
        budgets.Open(connection, state.Access.ProvenNameOf(in connect, connection.Certificate));
        connection.PeerMaximumPacketSize = connect.Properties.Number(PropertyId.MaximumPacketSize, uint.MaxValue);
        connection.Will = WillOf(in connect);
        connection.WillDelaySeconds = connect.WillProperties.Number(PropertyId.WillDelayInterval);
        var aliases = (int)Math.Min(connect.Properties.Number(PropertyId.TopicAliasMaximum), MaxOutgoingAliases);
        connection.OutgoingAliases = aliases > 0 ? new OutgoingAliases(aliases) : null;

        connection.MaxSilenceMs = keepAlive * 1500L;
        connection.Link.LimitStall(2 * state.MaxStallMs(connection)); // Twice: when something waits here too, our own clock is first and says why.
        ConnAckPacket.Write(connection.Output, connect.Version, MqttReasonCode.Success, wasThere && !connect.IsV310, offer); // [MQTT-3.2.2-2] [MQTT-3.2.2-3]
        state.Tally.PacketsSent++;
        state.MarkDirty(connection);
        ListenerLog.Connected(state.Logger, clientId, connect.Version);
        deliverer.Pump(connection.Session!);
    }

    /// <summary>How long the session outlives this connection: the client's wish up to the maximum; 3.1.1 without clean session: the maximum.</summary>
    private uint ExpirySeconds(in ConnectPacket connect)
    {
        var wish = connect.Version == MqttProtocolVersion.V500
            ? connect.Properties.Number(PropertyId.SessionExpiryInterval)
            : connect.CleanStart ? 0 : StoredMessage.Never;
        return Math.Min(wish, MessageProperties.WholeSeconds(state.Options.MaximumSessionExpiry));
    }

    /// <summary>The client's own wish; a 5.0 client that wishes longer or none is given the maximum [MQTT-3.1.2-21].</summary>
    private int KeepAliveSeconds(in ConnectPacket connect)
    {
        var maximum = (int)state.Options.MaximumKeepAlive.TotalSeconds;
        var tooLong = connect.KeepAliveSeconds == 0 || connect.KeepAliveSeconds > maximum;
        return tooLong && connect.Version == MqttProtocolVersion.V500 ? maximum : connect.KeepAliveSeconds;
    }

    private ReadOnlySpan<byte> Offer(in ConnectPacket connect, int keepAlive, uint expiry, string? assignedId)
    {
        if (connect.Version == MqttProtocolVersion.V311)
        {
            return default;
        }

        _properties.Clear()
            .Add(PropertyId.TopicAliasMaximum, (uint)state.Options.TopicAliasMaximum)
            .Add(PropertyId.MaximumPacketSize, (uint)state.Options.MaximumPacketSize)
            .Add(PropertyId.ReceiveMaximum, (uint)state.Options.ReceiveMaximum);
        if (expiry != connect.Properties.Number(PropertyId.SessionExpiryInterval))
        {
            _properties.Add(PropertyId.SessionExpiryInterval, expiry);
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
