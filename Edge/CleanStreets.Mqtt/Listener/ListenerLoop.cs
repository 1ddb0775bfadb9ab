using CleanStreets.Mqtt.Listener.Budget;
using CleanStreets.Mqtt.Listener.State;
using CleanStreets.Mqtt.Listener.Transport;
using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Listener;

/// <summary>The one thread that owns everything: waits, reads, handles, writes, once a turn.</summary>
/// <remarks>
/// A turn: letters of other threads → whose budget has some again → where more was left → what has become readable → the hook's end of turn → held connections go on →
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

    /// <summary>Epoll data from here on is no connection's: their generations stay below. Listening socket i has <c>FirstListener + i</c>.</summary>
    private const ulong FirstListener = (ulong)uint.MaxValue << 32;
    private const ulong MailboxData = ulong.MaxValue;

    private readonly LoopState _state;
    private readonly IReadOnlyList<ListeningSocket> _listening;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Epoll _epoll = new();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ReadBytes, pinned: true);
    private readonly ConnectionTable _connections = new();
    private readonly Queue<Connection> _unread = new();
    private readonly SessionTable _sessions = new();
    private readonly Deliverer _deliverer;
    private readonly SessionKeeper _keeper;
    private readonly PublishIntake _intake;
    private readonly PasswordChecks _checks;
    private readonly BudgetKeeper _budgets;
    private readonly PacketHandler _packets;
    private readonly StateSnapshot _snapshot;
    private readonly SysTopics _sys;
    private long _sweptAtMs;
    private bool _accepting;
    private bool _full;
    private bool _addressFull;
    private bool _stopping;

    public ListenerLoop(MqttListenerOptions options, IPublishHook? hook, IReadOnlyList<ListeningSocket> listening, ListenerFiles files, TimeProvider time, Microsoft.Extensions.Logging.ILogger logger)
    {
        _state = new LoopState(options, logger)
        {
            UtcOffsetMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Access = files.Access,
            Revoked = files.Tls?.Revoked ?? Access.RevocationList.Empty,
        };
        (_listening, _time, _started) = (listening, time, time.GetTimestamp());
        (Peers, Handshakes) = (new PeersByAddress(options.MaxConnectionsPerAddress), new HandshakeWaits(_epoll));
        _deliverer = new Deliverer(_state);
        var router = new Router(_state, _deliverer);
        _keeper = new SessionKeeper(_state, _sessions, router, _deliverer);
        _intake = new PublishIntake(_state, router, hook);
        _checks = new PasswordChecks(_state, Mailbox);
        _budgets = new BudgetKeeper(_state);
        var connecting = new ConnectHandler(_state, _keeper, _deliverer, _checks, _budgets);
        _packets = new PacketHandler(_state, connecting, new SubscribeHandler(_state, router, _deliverer), _intake, _deliverer, _budgets);
        _snapshot = new StateSnapshot(_sessions, router);
        _sys = new SysTopics(_state, _sessions, router);
        try
        {
            if (options.DataFolder is { } folder)
            {
                _state.Log = StateStore.Open(folder, _state, _sessions, router, batch => Mailbox.Post(new DurableLetter(this, batch)));
                _keeper.JudgeAll(); // Rules may have changed meanwhile.
            }

            _epoll.Watch(Mailbox.Descriptor, MailboxData, Readiness.Readable | Readiness.EdgeTriggered);
            Accept(true);
        }
        catch
        {
            Dispose();
            Mailbox.Abandon();
            throw;
        }
    }

    public Mailbox Mailbox { get; } = new();

    /// <summary>Handshakes of TLS endpoints, which wait at this loop's epoll.</summary>
    public HandshakeWaits Handshakes { get; }

    /// <summary>Who has connections here, whatever the transport.</summary>
    public PeersByAddress Peers { get; }

    public Tally Tally => _state.Tally;

    public long NowMs => (long)_time.GetElapsedTime(_started).TotalMilliseconds;

    /// <summary>Runs until <see cref="Stop"/>; everything is closed when it returns.</summary>
    public void Run()
    {
        _sys.Tick();
        while (!_stopping)
        {
            Turn(Wait());
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
                _intake.Acknowledge(connection, token.Sequence, code);
            }
        }
    }

    /// <summary>Loop thread: the hook has room again.</summary>
    public void Resume() => _intake.Turns.Resume();

    /// <summary>Loop thread: a message of the server itself.</summary>
    public void Publish(StoredMessage message) => _intake.Take(message, clientId: "");

    /// <summary>Loop thread: other access rules hold from now on.</summary>
    public void Apply(Access.AccessControl access)
    {
        _state.Access = access;
        _keeper.JudgeAll();
    }

    /// <summary>Loop thread: other revocations hold from now on; links of revoked certificates end.</summary>
    public void Apply(TlsCredentials? credentials)
    {
        _state.Revoked = credentials?.Revoked ?? Access.RevocationList.Empty;
        foreach (var connection in _connections.Slots)
        {
            if (connection?.Certificate is { } certificate && _state.Revoked.Covers(certificate))
            {
                connection.Will = null; // Whoever holds a stolen certificate may not speak through its end either.
                _state.Cut(connection, new WireFault(MqttReasonCode.NotAuthorized, certificate.Revoked));
            }
        }
    }

    /// <summary>Loop thread: no more connections, no more publishes.</summary>
    public void StopReceiving()
    {
        _state.PublishesStopped = true;
        Accept(false);
    }

    /// <summary>Loop thread: end after this turn.</summary>
    public void Stop() => _stopping = true;

    /// <summary>Gives the epoll back. The mailbox stays as long as somebody could still post into it.</summary>
    public void Dispose()
    {
        _epoll.Dispose();
        _state.Log?.Dispose();
    }

    private int Wait()
    {
        if (_state.ToResume.Count > 0 || _unread.Count > 0 || _intake.Turns.HasNext || !Mailbox.TryFallAsleep())
        {
            return _epoll.Wait(0);
        }

        _state.NowMs = NowMs;
        var count = _epoll.Wait(_budgets.WaitMs(_connections.Count > 0 || _sessions.Count > 0 || !_accepting ? SweepEveryMs : -1));
        Mailbox.WakeUp();
        return count;
    }

    private void WriteState()
    {
        if (_state.Log is not { } log)
        {
            return;
        }

        if (log.WantsCompaction)
        {
            log.Compact(_snapshot.WriteTo);
            Durable(log.DurableBatch);
            WriteDirty();
        }
        else if (log.IsOverfull)
        {
            Drain(log);
            WriteDirty();
        }

        log.EndTurn();
    }

    private void Turn(int count)
    {
        _state.NowMs = NowMs;
        Mailbox.OpenAll();
        _budgets.LetGoOn();
        ReadUnread();
        for (var i = 0; i < count; i++)
        {
            var (data, ready) = _epoll.Entry(i);
            if (data >= FirstListener)
            {
                if (HandshakeWaits.IsOne(data))
                {
                    Handshakes.Ready(data);
                }
                else if (data != MailboxData)
                {
                    AcceptConnections(_listening[(int)(data - FirstListener)]);
                }
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
        while (_state.ToResume.Count > 0 || _intake.Turns.HasNext);

        _intake.EndTurn();
        WriteDirty();
        CloseEnded();
        _state.Tally.ClientsMaximum = Math.Max(_state.Tally.ClientsMaximum, _state.Tally.Clients);
        if (_state.NowMs - _sweptAtMs >= SweepEveryMs)
        {
            _sweptAtMs = _state.NowMs;
            Sweep();
        }

        WriteState();
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

    private sealed class DurableLetter(ListenerLoop loop, long batch) : Letter
    {
        public override void Open() => loop.Durable(batch);
    }
}
