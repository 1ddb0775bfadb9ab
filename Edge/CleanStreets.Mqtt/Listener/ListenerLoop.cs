using System.Net.Sockets;
using CleanStreets.Mqtt.Listener.Transport;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>The one thread that owns everything: waits, reads, handles, writes, once a turn.</summary>
/// <remarks>
/// A turn: letters of other threads → what is readable → the hook's end of turn → letters again (the hook's own) → connections read again →
/// everything to write, one send per connection → closings. Closings come last, so that nobody's list changes while it is walked.
/// </remarks>
internal sealed partial class ListenerLoop : IDisposable
{
    /// <summary>Bytes read from one connection at once: big enough that bulk costs few calls, small enough for the cache.</summary>
    private const int ReadBytes = 128 * 1024;

    /// <summary>Kept bytes up to which they are copied in front of the next read instead of growing where they are.</summary>
    private const int SmallKept = 4096;

    /// <summary>Output of a peer that does not read at which it is not read either.</summary>
    private const int HoldOutputBytes = 512 * 1024;

    private const int SweepEveryMs = 250;
    private const int DrainMs = 2000;
    private const int MaxAcceptsPerTurn = 64;
    private const ulong ListenerData = ulong.MaxValue;
    private const ulong MailboxData = ulong.MaxValue - 1;

    private readonly LoopState _state;
    private readonly Socket _listening;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Epoll _epoll = new();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ReadBytes, pinned: true);
    private readonly ConnectionTable _connections = new();
    private readonly SessionTable _sessions = new();
    private readonly Router _router;
    private readonly PublishIntake _intake;
    private readonly PacketHandler _packets;
    private readonly List<(StoredMessage Will, string ClientId)> _wills = [];
    private long _sweptAtMs;
    private bool _accepting;
    private bool _full;
    private bool _stopping;

    public ListenerLoop(MqttListenerOptions options, IPublishHook? hook, Socket listening, TimeProvider time, Microsoft.Extensions.Logging.ILogger logger)
    {
        _state = new LoopState(options, logger);
        (_listening, _time, _started) = (listening, time, time.GetTimestamp());
        _router = new Router(_state);
        _intake = new PublishIntake(_state, _router, hook);
        _packets = new PacketHandler(_state, new ConnectHandler(_state, _sessions), new SubscribeHandler(_state, _router), _intake, _router);
        _epoll.Watch(Mailbox.Descriptor, MailboxData, Readiness.Readable);
        Accept(true);
    }

    public Mailbox Mailbox { get; } = new();

    public Tally Tally => _state.Tally;

    public long NowMs => (long)_time.GetElapsedTime(_started).TotalMilliseconds;

    /// <summary>Runs until <see cref="Stop"/>; everything is closed when it returns.</summary>
    public void Run()
    {
        while (!_stopping)
        {
            var count = _epoll.Wait(_state.ToResume.Count > 0 ? 0 : _connections.Count > 0 || !_accepting ? SweepEveryMs : -1);
            Turn(count);
        }

        CloseAll();
    }

    /// <summary>Loop thread: allows acknowledgements.</summary>
    public void Acknowledge(ReadOnlySpan<PublishToken> tokens, MqttReasonCode code)
    {
        foreach (var token in tokens)
        {
            if (token.Generation != 0 && _connections.TryGet(token.Slot, token.Generation, out var connection))
            {
                connection.Acknowledgements.Complete(token.Sequence, code);
                _intake.Acknowledged(connection);
            }
        }
    }

    /// <summary>Loop thread: the hook has room again.</summary>
    public void Resume() => _intake.Resume();

    /// <summary>Loop thread: a message of the server itself.</summary>
    public void Publish(StoredMessage message) => _intake.Take(message, clientId: "");

    /// <summary>Loop thread: no more connections, no more publishes.</summary>
    public void StopReceiving()
    {
        _state.PublishesStopped = true;
        Accept(false);
    }

    /// <summary>Loop thread: end after this turn.</summary>
    public void Stop() => _stopping = true;

    /// <summary>Gives the epoll back. The mailbox stays as long as somebody could still post into it.</summary>
    public void Dispose() => _epoll.Dispose();

    private void Turn(int count)
    {
        _state.NowMs = NowMs;
        for (var i = 0; i < count; i++)
        {
            var (data, ready) = _epoll.Entry(i);
            if (data == MailboxData)
            {
                Mailbox.Quieten();
                Mailbox.OpenAll();
            }
            else if (data == ListenerData)
            {
                AcceptConnections();
            }
            else if (_connections.TryGet((int)(uint)data, (uint)(data >> 32), out var connection))
            {
                Serve(connection, ready);
            }
        }

        // Reading again may hand over publishes, and the hook may acknowledge at once: until nothing moves.
        do
        {
            _intake.EndTurn();
            ReadAgain();
        }
        while (_state.ToResume.Count > 0);

        _intake.EndTurn();
        WriteDirty();
        CloseEnded();
        if (_state.NowMs - _sweptAtMs >= SweepEveryMs)
        {
            _sweptAtMs = _state.NowMs;
            Sweep();
        }
    }

    private void Serve(Connection connection, Readiness ready)
    {
        if ((ready & Readiness.Writable) != Readiness.None)
        {
            _state.MarkDirty(connection);
        }

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
            if (connection.Link.Receive(_buffer) < 0)
            {
                Remove(connection);
            }

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
            }
        }
        else
        {
            Frame.Read(connection.Kept, int.MaxValue, out var frame, out _);
            if (Receive(connection, connection.RoomBehindKept(frame.Length), out var received))
            {
                connection.KeptGrew(received);
                Consume(connection, connection.Kept);
            }
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

        _state.Tally.BytesReceived += received;
        connection.LastReceivedMs = _state.NowMs;
        return received > 0;
    }

    private void Consume(Connection connection, ReadOnlySpan<byte> bytes)
    {
        var done = _packets.Consume(connection, bytes);
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
            var connection = _state.ToResume.Dequeue();
            if (connection.Phase == ConnectionPhase.Open && connection.Hold == HoldReasons.None)
            {
                connection.LastReceivedMs = _state.NowMs; // Its silence was our doing.
                Consume(connection, connection.Kept);
            }
        }
    }

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

        do
        {
            if (!connection.Output.SendTo(connection.Link, ref _state.Tally.BytesSent))
            {
                connection.Output.Clear();
                Lose(connection);
                return;
            }

            if (connection.Output.Length == 0 && connection.Session is { } session)
            {
                _router.Pump(session);
            }
            else
            {
                break;
            }
        }
        while (connection.Output.Length > 0);

        HoldForOutput(connection);
        Watch(connection);
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
            connection.Link.WatchFor(reading, writing: connection.Output.Length > 0);
        }
    }

    private void Lose(Connection connection)
    {
        if (connection.Phase == ConnectionPhase.Draining)
        {
            Remove(connection);
        }
        else if (connection.Phase < ConnectionPhase.Closing)
        {
            ListenerLog.Gone(_state.Logger, connection.ClientId, "link lost");
            _state.Close(connection, code: null);
        }
    }
}
