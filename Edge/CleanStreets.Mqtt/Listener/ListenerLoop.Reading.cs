using CleanStreets.Mqtt.Listener.Transport;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>How bytes become packets: read, handled, the rest kept.</summary>
internal sealed partial class ListenerLoop
{
    private void Serve(Connection connection, Readiness ready)
    {
        if ((ready & Readiness.Writable) != Readiness.None)
        {
            _state.MarkDirty(connection);
        }

        connection.PeerHasEnded |= (ready & Readiness.PeerEnded) != Readiness.None;
        if ((ready & (Readiness.Broken | Readiness.HungUp)) != Readiness.None && connection.Hold != HoldReasons.None)
        {
            Lose(connection); // Not read now, and nobody is there any more.
        }
        else if ((ready & ~Readiness.Writable) != Readiness.None)
        {
            Read(connection);
        }
    }

    private void Read(Connection connection)
    {
        if (connection.Phase == ConnectionPhase.Draining)
        {
            Receive(connection, _buffer, out _);
            return;
        }

        if (connection.Phase >= ConnectionPhase.Closing || connection.Hold != HoldReasons.None)
        {
            return;
        }

        var kept = connection.Kept.Length;
        if (kept <= SmallKept)
        {
            connection.Kept.CopyTo(_buffer);
            if (Receive(connection, _buffer.AsSpan(kept), out var received))
            {
                Consume(connection, _buffer.AsSpan(0, kept + received));
                Charge(connection, received);
            }
        }
        else
        {
            Frame.Read(connection.Kept, int.MaxValue, out var frame, out _);
            if (Receive(connection, connection.RoomBehindKept(frame.Length), out var received))
            {
                connection.KeptGrew(received);
                Consume(connection, connection.Kept);
                Charge(connection, received);
            }
        }
    }

    /// <summary>After the packets are handled: what has come over the budget is not thrown back, the next read waits for it.</summary>
    private void Charge(Connection connection, int received)
    {
        if (connection.Budget is { } budget)
        {
            _budgets.Received(connection, budget, received);
            Watch(connection);
        }
    }

    private bool Receive(Connection connection, Span<byte> into, out int received)
    {
        received = connection.Link.Receive(into);
        if (received < 0)
        {
            Lose(connection);
            return false;
        }

        // The kernel speaks of changes only: whoever may have left something behind, bytes or the end, comes back by itself.
        if (received == into.Length || connection.PeerHasEnded || connection.Link.HasMore)
        {
            ReadLater(connection);
        }

        _state.Tally.BytesReceived += received;
        connection.LastReceivedMs = _state.NowMs;
        return received > 0;
    }

    private void ReadLater(Connection connection)
    {
        if (!connection.IsUnread)
        {
            connection.IsUnread = true;
            _unread.Enqueue(connection);
        }
    }

    /// <summary>Reads on where the last turn left something behind; once a connection, so that nobody waits for one that sends much.</summary>
    private void ReadUnread()
    {
        for (var left = _unread.Count; left > 0; left--)
        {
            var connection = _unread.Dequeue();
            connection.IsUnread = false;
            if (connection.Phase != ConnectionPhase.Closed)
            {
                Read(connection);
            }
        }
    }

    private void Consume(Connection connection, ReadOnlySpan<byte> bytes)
    {
        var done = _packets.Consume(connection, bytes);
        if (done > 0 || connection.Hold != HoldReasons.None)
        {
            connection.PacketBegunAtMs = null;
        }

        if (done < bytes.Length && connection.Hold == HoldReasons.None)
        {
            connection.PacketBegunAtMs ??= _state.NowMs;
        }

        if (connection.Phase >= ConnectionPhase.Closing)
        {
            connection.DropKept();
        }
        else if (done == 0 && bytes.Length == connection.Kept.Length)
        {
            // Nothing moved and nothing came: the bytes lie where they are.
        }
        else
        {
            connection.Keep(bytes[done..]);
        }

        Watch(connection);
    }

    private void ReadAgain()
    {
        for (var left = _state.ToResume.Count; left > 0; left--)
        {
            ReadAgain(_state.ToResume.Dequeue());
        }

        while (_intake.Turns.TryBegin(out var connection))
        {
            ReadAgain(connection);
            _intake.Turns.EndTurn();
        }
    }

    private void ReadAgain(Connection connection)
    {
        if (connection.Phase <= ConnectionPhase.Open && connection.Hold == HoldReasons.None)
        {
            connection.LastReceivedMs = _state.NowMs; // Its silence was our doing.
            Consume(connection, connection.Kept);
            if (connection.Hold == HoldReasons.None && connection.Link.HasMore)
            {
                ReadLater(connection);
            }
        }
    }
}
