namespace CleanStreets.Mqtt.Listener;

/// <summary>How output leaves: one send per connection and turn.</summary>
internal sealed partial class ListenerLoop
{
    private void WriteDirty()
    {
        for (var i = 0; i < _state.Dirty.Count; i++)
        {
            var connection = _state.Dirty[i];
            connection.IsDirty = false;
            if (connection.Phase != ConnectionPhase.Closed)
            {
                Write(connection);
            }
        }

        _state.Dirty.Clear();
    }

    private void Write(Connection connection)
    {
        if (connection.Phase == ConnectionPhase.Open)
        {
            _state.Tally.PacketsSent += connection.Acknowledgements.Flush(connection.Output, connection.Version);
        }

        ReleaseDurable(connection);
        do
        {
            var sent = _state.Tally.BytesSent;
            if (!connection.Output.SendTo(connection.Link, ref _state.Tally.BytesSent))
            {
                connection.Output.Clear();
                Lose(connection);
                return;
            }

            connection.OutputMovedMs = _state.Tally.BytesSent != sent ? _state.NowMs : connection.OutputMovedMs;

            if (connection.Output.Length == 0 && connection.Session is { } session)
            {
                _deliverer.Pump(session);
            }
            else
            {
                break;
            }
        }
        while (connection.Output.Length > 0);

        if (connection.Output.IsHeld && !connection.IsHeld)
        {
            connection.IsHeld = true;
            _state.Held.Add(connection);
        }

        HoldForOutput(connection);
        Watch(connection);
    }

    private void ReleaseDurable(Connection connection)
    {
        if (connection.Output.IsHeld)
        {
            connection.Output.Release(_state.Log!.DurableBatch);
        }
    }

    /// <summary>Loop thread: a batch of the state log is on the disk.</summary>
    public void Durable(long batch)
    {
        _state.Log!.Written(batch);
        foreach (var connection in _state.Held)
        {
            connection.IsHeld = false;
            _state.MarkDirty(connection);
        }

        _state.Held.Clear();
    }

    /// <summary>Waits for the disk here. No letter tells of a batch that was written so, and others may wait for the same batch.</summary>
    private void Drain(State.StateLog log)
    {
        log.Drain();
        Durable(log.DurableBatch);
    }

    /// <summary>A peer that sends but does not read would grow its output without end: it is not read until it reads.</summary>
    private void HoldForOutput(Connection connection)
    {
        if (connection.Output.Length >= HoldOutputBytes)
        {
            connection.Hold |= HoldReasons.Output;
        }
        else if ((connection.Hold & HoldReasons.Output) != HoldReasons.None && connection.Output.Length == 0)
        {
            connection.Hold &= ~HoldReasons.Output;
            _state.ToResume.Enqueue(connection);
        }
    }

    private static void Watch(Connection connection)
    {
        if (connection.Phase != ConnectionPhase.Closed)
        {
            var reading = connection.Hold == HoldReasons.None || connection.Phase == ConnectionPhase.Draining;
            connection.Link.WatchFor(reading, writing: connection.Output.IsSendable);
        }
    }
}
