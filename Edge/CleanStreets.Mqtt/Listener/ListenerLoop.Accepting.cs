using System.Runtime.InteropServices;
using CleanStreets.Mqtt.Listener.Access;
using CleanStreets.Mqtt.Listener.Transport;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>How connections begin, and the clocks that watch them.</summary>
internal sealed partial class ListenerLoop
{
    /// <summary>Looks at every clock four times a second; ten thousand connections take some tens of microseconds.</summary>
    private void Sweep()
    {
        for (var slot = 0; slot < _connections.Slots.Count; slot++)
        {
            if (_connections.Slots[slot] is { } connection)
            {
                Sweep(connection);
            }
        }

        _keeper.Sweep();
        _budgets.Sweep();
        SayWills();
        _sys.Tick();
        WriteDirty();
        CloseEnded();
        if (!_accepting && !_state.PublishesStopped)
        {
            Accept(true);
        }
    }

    private void Sweep(Connection connection)
    {
        connection.OutputMovedMs = connection.Output.IsSendable ? connection.OutputMovedMs : _state.NowMs;
        switch (connection.Phase)
        {
            case ConnectionPhase.AwaitingConnect when (connection.Hold & HoldReasons.Deciding) != HoldReasons.None:
                if (_state.NowMs - connection.OpenedAtMs > (long)_state.Options.ConnectTimeout.TotalMilliseconds)
                {
                    _checks.Resume(connection); // Its CONNECT has come, so it is answered.
                }

                break;
            case ConnectionPhase.AwaitingConnect when _state.NowMs - connection.OpenedAtMs > (long)_state.Options.ConnectTimeout.TotalMilliseconds:
                _state.Cut(connection, WireFault.Protocol("no CONNECT within the time allowed (ConnectTimeout)"));
                break;
            case ConnectionPhase.Open when connection is { MaxSilenceMs: > 0, Hold: HoldReasons.None }
                && _state.NowMs - connection.LastReceivedMs > connection.MaxSilenceMs:
                _state.Cut(connection, new WireFault(MqttReasonCode.KeepAliveTimeout, "[MQTT-3.1.2-22] nothing came for one and a half times the keep-alive"));
                break;
            case ConnectionPhase.Open when connection is { PacketBegunAtMs: { } begunAtMs, Hold: HoldReasons.None }
                && _state.NowMs - begunAtMs > (long)_state.Options.PacketTimeout.TotalMilliseconds:
                _state.Cut(connection, new WireFault(MqttReasonCode.KeepAliveTimeout, "a packet was begun and did not end within the time allowed (PacketTimeout)"));
                break;
            case ConnectionPhase.Open when _state.NowMs - connection.OutputMovedMs > _state.MaxStallMs(connection):
                // However little waits, and however lively it sends: it would hold that, and what comes behind it, for ever.
                _state.Cut(connection, new WireFault(MqttReasonCode.KeepAliveTimeout, "it took nothing of what it is sent within the time allowed (the longer of one and a half times the keep-alive and PacketTimeout)"));
                break;
            case ConnectionPhase.Draining when _state.NowMs > connection.DrainUntilMs:
                Remove(connection);
                break;
        }
    }

    private void Accept(bool accept)
    {
        if (accept == _accepting)
        {
            return;
        }

        _accepting = accept;
        for (var i = 0; i < _listening.Count; i++)
        {
            if (accept)
            {
                _epoll.Watch(_listening[i].Descriptor, FirstListener + (uint)i, Readiness.Readable);
            }
            else
            {
                _epoll.Forget(_listening[i].Descriptor);
            }
        }
    }

    private void AcceptConnections(ListeningSocket listening)
    {
        for (var i = 0; i < MaxAcceptsPerTurn; i++)
        {
            var descriptor = Peers.Accept(listening.Descriptor, out var address);
            if (descriptor < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error is Libc.EAGAIN or Libc.EINTR)
                {
                    return;
                }

                // Out of descriptors, most likely: level-triggered, so look away until the next sweep instead of spinning.
                ListenerLog.CannotAccept(_state.Logger, error);
                Accept(false);
                return;
            }

            if (!Peers.TryAdd(address))
            {
                _ = Libc.Close(descriptor);
                SayFull(ref _addressFull, nameof(MqttListenerOptions.MaxConnectionsPerAddress), _state.Options.MaxConnectionsPerAddress);
                continue;
            }

            if (Admit(listening.Endpoint, certificate: null) is { } connection)
            {
                _addressFull = false;
                (connection.Address, connection.IsLocal) = (address, PeersByAddress.IsLoopback(address));
                connection.Link = new SocketLink(_epoll, descriptor, DataOf(connection), closed: null);
            }
            else
            {
                _ = Libc.Close(descriptor);
                Peers.Remove(address);
            }
        }
    }

    /// <summary>Loop thread: a connection whose TLS and WebSocket handshakes are done.</summary>
    public void Admit(Newcomer newcomer)
    {
        using (newcomer)
        {
            if (newcomer.Certificate is { } certificate && _state.Revoked.Covers(certificate))
            {
                // Its handshake began with the list of before.
                _state.Tally.CountCut(MqttReasonCode.NotAuthorized);
                ListenerLog.Refused(_state.Logger, certificate.Name, MqttReasonCode.NotAuthorized, certificate.Revoked);
            }
            else if (!_state.PublishesStopped && Admit(newcomer.Endpoint, newcomer.Certificate) is { } connection)
            {
                connection.IsLocal = newcomer.IsLocal;
                connection.Link = newcomer.TakeLink(_epoll, DataOf(connection));
                ReadLater(connection); // Its first bytes may have come along with the end of the handshake.
            }
        }
    }

    /// <summary>A connection without a link yet. Null: all are in use.</summary>
    private Connection? Admit(MqttEndpoint endpoint, CertificateIdentity? certificate)
    {
        if (_connections.Count >= _state.Options.MaxConnections)
        {
            SayFull(ref _full, nameof(MqttListenerOptions.MaxConnections), _state.Options.MaxConnections);
            return null;
        }

        _full = false;
        var connection = _connections.Add(_state.NowMs, _state.Stored);
        (connection.Endpoint, connection.Certificate) = (endpoint, certificate);
        _state.Tally.ConnectionsAccepted++;
        _state.Tally.Connections = _connections.Count;
        return connection;
    }

    private static ulong DataOf(Connection connection) => (ulong)connection.Generation << 32 | (uint)connection.Slot;

    /// <summary>Once an episode.</summary>
    private void SayFull(ref bool isSaid, string option, int most)
    {
        if (!isSaid)
        {
            isSaid = true;
            ListenerLog.Full(_state.Logger, most, option);
        }
    }
}
