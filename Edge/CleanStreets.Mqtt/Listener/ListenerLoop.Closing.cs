using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>How connections end: last word, will, draining.</summary>
internal sealed partial class ListenerLoop
{
    /// <summary>Ends the connections that were asked to end in this turn, and publishes their wills; a will may end further ones.</summary>
    private void CloseEnded()
    {
        while (_state.Closing.TryDequeue(out var connection))
        {
            _keeper.Detach(connection);
            EndLink(connection);
            SayWills();
            WriteDirty();
        }
    }

    private void SayWills()
    {
        while (_keeper.Wills.TryDequeue(out var will))
        {
            _intake.Take(will.Will, will.ClientId);
        }

        _intake.EndTurn();
    }

    private void EndLink(Connection connection)
    {
        _checks.Forget(connection);
        _budgets.Close(connection);
        if (connection.ClosingCode is { } code && connection.Version == MqttProtocolVersion.V500)
        {
            DisconnectPacket.Write(connection.Output, connection.Version, code);
            _state.Tally.PacketsSent++;
        }

        if (connection.Output is { IsHeld: true, Length: > 0 })
        {
            Drain(_state.Log!); // Rare: it ends while an answer waits for the disk, and the last word stands behind that answer.
            ReleaseDurable(connection);
        }

        connection.DropKept();
        var hasLastWord = connection.Output.Length > 0;
        var alive = connection.Output.SendTo(connection.Link, ref _state.Tally.BytesSent);
        if (!alive || (!hasLastWord && connection.ClosingCode is null))
        {
            Remove(connection);
            return;
        }

        // Closing with unread bytes would reset the link and destroy the last word on its way.
        connection.Link.FinishWriting();
        connection.Output.Clear();
        connection.Phase = ConnectionPhase.Draining;
        connection.DrainUntilMs = _state.NowMs + DrainMs;
        ReadLater(connection);
        Watch(connection);
    }

    private void Remove(Connection connection)
    {
        connection.Phase = ConnectionPhase.Closed;
        connection.Link.Close();
        connection.Output.Clear();
        connection.DropKept();
        _checks.Forget(connection);
        _budgets.Close(connection);
        _connections.Remove(connection);
        if (connection.Address is { } address)
        {
            Peers.Remove(address);
        }

        _state.Tally.Connections = _connections.Count;
    }

    /// <summary>After a failure: closes every link without a word, for nothing may be said any more that the disk might not know.</summary>
    public void Abandon()
    {
        for (var slot = 0; slot < _connections.Slots.Count; slot++)
        {
            if (_connections.Slots[slot] is { } connection)
            {
                Remove(connection);
            }
        }
    }

    private void CloseAll()
    {
        _state.Log?.Drain();
        for (var slot = 0; slot < _connections.Slots.Count; slot++)
        {
            if (_connections.Slots[slot] is { } connection)
            {
                connection.Will = null; // The subscribers are being sent away too.
                Write(connection);
                _state.Close(connection, MqttReasonCode.ServerShuttingDown);
            }
        }

        CloseEnded();
        for (var slot = 0; slot < _connections.Slots.Count; slot++)
        {
            if (_connections.Slots[slot] is { } connection)
            {
                while (connection.Link.Receive(_buffer) > 0)
                {
                    // Read away what has come, so that closing does not reset the link.
                }

                Remove(connection);
            }
        }

        _state.Log?.Drain();
    }
}
