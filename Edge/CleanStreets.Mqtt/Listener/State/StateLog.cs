using System.Text;

namespace CleanStreets.Mqtt.Listener.State;

/// <summary>Writes down every change that must survive a restart, and knows up to where that has happened. Owned by the loop.</summary>
/// <remarks>
/// Records of one turn, and of all turns while the disk is busy, become durable together as one batch. What a peer may hear only after a
/// record is durable is held in its output until the record's batch is (<see cref="OutputBuffer.Hold"/>).
/// </remarks>
internal sealed class StateLog(StateFile file, LoopState state) : IDisposable
{
    /// <summary>Records that wait for the disk at which the loop waits too: a bound, reached only when the disk stalls.</summary>
    private const int MaxFillingBytes = 16 * 1024 * 1024;

    /// <summary>Records that are written at once to a file that is begun anew; below what a buffer keeps.</summary>
    private const int PieceBytes = 512 * 1024;

    private RecordBuffer _filling = new();
    private RecordBuffer _writing = new();
    private bool _isWriting;
    private bool _isCompacting;
    private long _lastNumber;

    /// <summary>The batch that the next record belongs to.</summary>
    public long Batch { get; private set; } = 1;

    /// <summary>The newest batch that is on the disk.</summary>
    public long DurableBatch { get; private set; }

    /// <summary>Grows with every record that somebody must wait for.</summary>
    public long Holding { get; private set; }

    /// <summary>Whether the file has grown so far that writing down what is alive pays.</summary>
    public bool WantsCompaction => !_isWriting && file.WantsCompaction;

    /// <summary>Whether so much waits for the disk that the loop must wait too.</summary>
    public bool IsOverfull => _filling.Length > MaxFillingBytes;

    public void Retain(StoredMessage message)
    {
        var number = NumberOf(message);
        End(_filling.Begin(RecordKind.Retain).Int64(number));
    }

    public void ClearRetained(ReadOnlySpan<byte> topic) => End(_filling.Begin(RecordKind.ClearRetained).Bytes(topic));

    public void Session(Session session)
    {
        session.Number = session.Number == 0 ? ++_lastNumber : session.Number;
        var endsAt = session.Connection is not null ? 0 : session.ExpiresAtMs == long.MaxValue ? long.MaxValue : session.ExpiresAtMs + state.UtcOffsetMs;
        End(_filling.Begin(RecordKind.Session).Int64(session.Number).Bytes(Encoding.UTF8.GetBytes(session.ClientId)).UInt32(session.ExpirySeconds).Int64(endsAt)
            .Byte(!session.IsUserNameKnown ? (byte)0 : session.UserName is null ? (byte)1 : (byte)2).Bytes(Encoding.UTF8.GetBytes(session.UserName ?? "")));
    }

    public void EndSession(Session session) => End(About(RecordKind.EndSession, session));

    public void Subscribe(Subscription subscription) =>
        End(About(RecordKind.Subscribe, subscription.Session).Bytes(subscription.Filter).Byte(subscription.Options.Bits).UInt32(subscription.Identifier));

    public void Unsubscribe(Session session, ReadOnlySpan<byte> filter) => End(About(RecordKind.Unsubscribe, session).Bytes(filter));

    /// <summary>Writes a waiting message down and answers it with its entry.</summary>
    public Waiting Queue(Session session, in Waiting waiting)
    {
        var number = NumberOf(waiting.Message);
        var queued = waiting with { Entry = ++_lastNumber };
        var identifiers = waiting.SubscriptionIdentifiers ?? [];
        var record = About(RecordKind.Queue, session).Int64(queued.Entry).Int64(number).Byte((byte)waiting.QualityOfService)
            .Byte(waiting.Retain ? (byte)1 : (byte)0).UInt32((uint)waiting.CountedBytes).UInt16((ushort)identifiers.Length);
        foreach (var identifier in identifiers)
        {
            record.UInt32(identifier);
        }

        End(record);
        return queued;
    }

    /// <summary>Notes the packet identifier of an entry; the client may see it only when that is durable if the entry is QoS 2.</summary>
    public void Sent(Session session, long entry, ushort packetId) => End(About(RecordKind.Sent, session).Int64(entry).UInt16(packetId));

    public void Received(Session session, long entry) => End(About(RecordKind.Received, session).Int64(entry));

    public void Finish(Session session, long entry) => About(RecordKind.Finish, session).Int64(entry).End(); // Nobody waits: at worst it comes again.

    public void AwaitRelease(Session session, ushort packetId) => End(About(RecordKind.AwaitRelease, session).UInt16(packetId));

    public void Release(Session session, ushort packetId) => End(About(RecordKind.Release, session).UInt16(packetId));

    /// <summary>Gives the records so far to the disk if it is free.</summary>
    public void EndTurn()
    {
        if (!_isWriting && _filling.Length > 0)
        {
            (_filling, _writing) = (_writing, _filling);
            _isWriting = true;
            file.BeginWrite(_writing.Written, Batch++);
        }
    }

    /// <summary>A batch is on the disk.</summary>
    public void Written(long batch)
    {
        file.ThrowIfFailed();
        if (_isWriting && batch == Batch - 1)
        {
            DurableBatch = batch;
            _isWriting = false;
            _writing.Clear();
        }
    }

    /// <summary>Waits until everything is on the disk. Nobody is told: the caller releases what waited for it.</summary>
    public void Drain()
    {
        if (_isWriting)
        {
            file.WaitForWrite();
            Written(Batch - 1);
        }

        if (_filling.Length > 0)
        {
            file.WriteNow(_filling.Written.Span);
            _filling.Clear();
            DurableBatch = Batch++;
        }
    }

    /// <summary>Begins a new file with what is alive, which makes everything so far durable.</summary>
    public void Compact(Action<StateLog> writeAlive)
    {
        Drain();
        file.Generation++;
        file.BeginNext();
        _isCompacting = true;
        writeAlive(this);
        _isCompacting = false;
        WritePiece();
        file.Replace();
        DurableBatch = Batch++;
        state.Tally.StateCompactions++;
    }

    public void Dispose() => file.Dispose();

    private long NumberOf(StoredMessage message)
    {
        if (message.LogGeneration != file.Generation)
        {
            message.LogGeneration = file.Generation;
            message.LogNumber = ++_lastNumber;
            _filling.Begin(RecordKind.Message).Int64(message.LogNumber).Bytes(message.Topic).Bytes(message.Payload).Bytes(message.Properties)
                .Byte((byte)message.QualityOfService).Byte(message.Retain ? (byte)1 : (byte)0).UInt32(message.ExpirySeconds)
                .Int64(message.ArrivedAtMs + state.UtcOffsetMs).End();
        }

        return message.LogNumber;
    }

    private RecordBuffer About(RecordKind kind, Session session) => _filling.Begin(kind).Int64(session.Number);

    private void End(RecordBuffer record)
    {
        record.End();
        Holding++;
        if (_isCompacting && _filling.Length > PieceBytes)
        {
            WritePiece();
        }
    }

    private void WritePiece()
    {
        file.AppendToNext(_filling.Written.Span);
        _filling.Clear();
    }
}
