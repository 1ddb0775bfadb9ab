using System.Buffers;
using System.Net;
using System.Text;
using CleanStreets.Mqtt.Listener.Transport;
using CleanStreets.Mqtt.Packets;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Accepts MQTT clients and carries messages between them and a hook.</summary>
/// <remarks>
/// One thread owns all connections, sessions, subscriptions and retained messages, so there are no locks. Members may be called from any thread.
/// Runs on Linux, whose epoll it uses directly.
/// </remarks>
public sealed class MqttListener : IAsyncDisposable
{
    private readonly MqttListenerOptions _options;
    private readonly IPublishHook? _hook;
    private readonly TimeProvider _time;
    private readonly ILogger<MqttListener> _logger;
    private readonly PublishRoom _publishes;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ListenerLoop? _loop;
    private ListenerFiles? _files;
    private ListeningSocket[] _sockets = [];
    private StreamGate[] _gates = [];
    private Thread? _thread;
    private int _stopping;

    /// <summary>Creates a listener; nothing happens before <see cref="StartAsync"/>. Without a hook it is a plain broker.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="ArgumentException">There is no endpoint, or an encrypted one without <see cref="MqttListenerOptions.Tls"/>.</exception>
    public MqttListener(MqttListenerOptions options, IPublishHook? hook, TimeProvider time, ILogger<MqttListener> logger)
    {
#pragma warning disable MA0015 // The option's own name says more than "options".
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumPacketSize, 128);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaximumPacketSize, 256 * 1024 * 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ReceiveMaximum, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.ReceiveMaximum, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxUnacknowledgedBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxOutgoingBytes, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConnections, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConnectionsPerAddress, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxStoredBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.PacketTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumKeepAlive, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaximumKeepAlive, TimeSpan.FromSeconds(ushort.MaxValue));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumSessionExpiry, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxSessions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxInFlight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SysInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(options.TopicAliasMaximum);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.TopicAliasMaximum, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxHandshakes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxPublishBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxPasswordChecks, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.FileCheckInterval, TimeSpan.Zero);
        if (options.Budget is { } budget)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(budget.BytesPerSecond);
            ArgumentOutOfRangeException.ThrowIfNegative(budget.MessagesPerSecond);
            ArgumentOutOfRangeException.ThrowIfLessThan(budget.BurstBytes, 1);
            ArgumentOutOfRangeException.ThrowIfLessThan(budget.BurstMessages, 1);
        }

#pragma warning restore MA0015
        if (options.Endpoints.Count == 0 || (options.Tls is null && options.Endpoints.Any(endpoint => endpoint.IsEncrypted)))
        {
            throw new ArgumentException("A listener needs an endpoint, and an encrypted one needs certificate and key (Tls).", nameof(options));
        }

        (_options, _hook, _time, _logger) = (options, hook, time, logger);
        _publishes = new PublishRoom(options.MaxPublishBytes);
    }

    /// <summary>Where it listens, once started, with the ports it really got; in the order of the options.</summary>
    public IReadOnlyList<MqttEndpoint> LocalEndpoints => [.. _sockets.Select(socket => socket.Endpoint)];

    /// <summary>Address and port of the first endpoint, once started.</summary>
    /// <exception cref="InvalidOperationException">Not started.</exception>
    public IPEndPoint LocalEndpoint => _sockets.Length > 0 ? _sockets[0].Endpoint.Address : throw new InvalidOperationException("The listener has not been started.");

    /// <summary>What it has done so far.</summary>
    public MqttListenerCounters Counters => _loop?.Tally.Read() ?? new MqttListenerCounters();

    /// <summary>Completes when the loop has ended; fails if the loop failed.</summary>
    public Task Completion => _ended.Task;

    /// <summary>Starts to listen.</summary>
    /// <exception cref="MqttListenerException">The port is in use, the address is not of this machine, or the data folder or a file of access rules cannot be used.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_loop is not null)
        {
            throw new InvalidOperationException("The listener has been started before.");
        }

        try
        {
            _files = new ListenerFiles(_options, _time, _logger);
            Bind();
            _loop = new ListenerLoop(_options, _hook, [.. _sockets.Where(IsPlain)], _files, _time, _logger);
            foreach (var socket in _sockets.Where(socket => !IsPlain(socket)))
            {
                _gates = [.. _gates, OpenGate(socket)];
            }

            _files.Watch(access => Post(loop => loop.Apply(access)), tls => Post(loop => loop.Apply(tls)));
            _thread = new Thread(Run) { Name = "mqtt-listener", IsBackground = true };
            _thread.Start();
        }
        catch
        {
            // Whatever it was, nothing of what has been opened stays: another attempt may follow.
            DisposeSockets();
            _loop?.Dispose();
            (_loop, _gates, _sockets) = (null, [], []);
            throw;
        }

        foreach (var socket in _sockets)
        {
            ListenerLog.Listening(_logger, socket.Endpoint);
        }

        return Task.CompletedTask;
    }

    /// <summary>Allows the acknowledgement of taken publishes, in any order; they leave in order per connection, at the end of the loop's turn.</summary>
    /// <remarks>Tokens of dead connections, unknown tokens and tokens given twice are ignored. <paramref name="code"/> is heard by 5.0 clients only.</remarks>
    public void Acknowledge(ReadOnlySpan<PublishToken> tokens, MqttReasonCode code = MqttReasonCode.Success)
    {
        if (tokens.IsEmpty || _loop is not { } loop)
        {
            return;
        }

        if (Thread.CurrentThread == _thread)
        {
            loop.Acknowledge(tokens, code);
        }
        else
        {
            loop.Mailbox.Post(new AcknowledgeLetter(loop, tokens, code));
        }
    }

    /// <summary>Says that the hook has room again after Busy.</summary>
    public void ResumeReading() => Post(loop => loop.Resume());

    /// <summary>
    /// Publishes a message of the server itself to subscribers, and keeps it when it says Retain. The hook is not asked. False: not taken, because
    /// <see cref="MqttListenerOptions.MaxPublishBytes"/> of such messages wait for the listener's thread already, or it does not run.
    /// </summary>
    /// <exception cref="ArgumentException">The topic has wildcards, is empty or too long.</exception>
    public bool TryPublish(MqttMessage message) => Stored(message) is { } stored && TryPost(stored);

    /// <summary>The same, but waits until there is room for it. Nothing is published once the listener has ended. Not for the hook: it would wait for itself.</summary>
    /// <exception cref="ArgumentException">The topic has wildcards, is empty or too long.</exception>
    public async ValueTask PublishAsync(MqttMessage message, CancellationToken cancellationToken)
    {
        if (Stored(message) is not { } stored)
        {
            return;
        }

        while (!TryPost(stored) && !_publishes.IsClosed)
        {
            await _publishes.WaitForRoomAsync(cancellationToken);
        }
    }

    /// <summary>Reads rules, passwords, certificate, key, authorities and revocations again and applies them.</summary>
    /// <remarks>
    /// Links stay, except those of certificates that are revoked now; subscriptions no longer allowed end. New handshakes use the new certificate.
    /// Files that change are read again without a call, see <see cref="MqttListenerOptions.FileCheckInterval"/>.
    /// </remarks>
    /// <exception cref="MqttListenerException">A file cannot be read or is not of its format; nothing has changed.</exception>
    public void Reload()
    {
        if (_files is { } files)
        {
            files.Reload();
            Post(loop =>
            {
                loop.Apply(files.Access);
                loop.Apply(files.Tls);
            });
        }
    }

    /// <summary>Takes no more connections and no more publishes, but goes on sending acknowledgements; completes when that holds.</summary>
    public Task StopReceivingAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(loop =>
        {
            loop.StopReceiving();
            done.SetResult();
        });
        Array.ForEach(_gates, gate => gate.StopAccepting());
        return _loop is null || _ended.Task.IsCompleted ? Task.CompletedTask : Task.WhenAny(done.Task, _ended.Task);
    }

    /// <summary>Sends what is left, says DISCONNECT 0x8B to 5.0 clients and closes everything.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_loop is null)
        {
            return;
        }

        if (Interlocked.Exchange(ref _stopping, 1) == 0)
        {
            Post(loop => loop.Stop());
        }

        try
        {
            await _ended.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            await Task.WhenAll(_gates.Select(gate => gate.EndAsync())).WaitAsync(cancellationToken); // A loop that failed must not leave them behind.
        }
    }

    /// <summary>Stops, if that has not happened yet.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_loop is null)
        {
            return;
        }

        await StopAsync(CancellationToken.None).ContinueWith(static _ => { }, TaskScheduler.Default); // Whoever waits on Completion hears of a failure.
    }

    private static bool IsPlain(ListeningSocket socket) => socket.Endpoint.Transport == MqttTransport.Tcp;

    private void Bind()
    {
        foreach (var endpoint in _options.Endpoints)
        {
            _sockets = [.. _sockets, ListeningSocket.Bind(endpoint)];
        }
    }

    private StreamGate OpenGate(ListeningSocket socket)
    {
        var gate = new StreamGate(
            socket, _options, () => _files!.Tls!, newcomer => _loop!.Mailbox.Post(new NewcomerLetter(_loop, newcomer)), _loop!.Peers, _loop.Handshakes, _loop.Tally, _time, _logger);
        gate.Start();
        return gate;
    }

    private void Run()
    {
        var loop = _loop!;
        try
        {
            using (loop)
            {
                RunToTheEnd(loop);
            }

            _ended.SetResult();
        }
        catch (Exception exception)
        {
            ListenerLog.LoopFailed(_logger, exception);
            _ended.SetException(exception);
        }
    }

    /// <summary>However the loop ends, its ports, its links and its folder are free afterwards: another listener can take over in this process.</summary>
    private void RunToTheEnd(ListenerLoop loop)
    {
        try
        {
            loop.Run();
            Array.ForEach(_sockets, socket => ListenerLog.Stopped(_logger, socket.Endpoint));
        }
        finally
        {
            _publishes.Close();
            DisposeSockets();
            loop.Abandon(); // After an orderly end there are none left.
        }
    }

    private void DisposeSockets()
    {
        _files?.Dispose();
        Array.ForEach(_gates, gate => gate.StopAccepting());
        Array.ForEach(_sockets, socket => socket.Dispose());
    }

    /// <summary>The message as the loop keeps it; null when there is no loop.</summary>
    private StoredMessage? Stored(MqttMessage message)
    {
        var topic = Encoding.UTF8.GetBytes(message.Topic);
        if (!MqttText.IsTopicName(topic))
        {
            throw new ArgumentException($"'{message.Topic}' is not a topic name.", nameof(message));
        }

        return _loop is { } loop ? StoredMessage.From(message, topic, loop.NowMs) : null;
    }

    private bool TryPost(StoredMessage message)
    {
        if (!_publishes.TryEnter(message.Bytes))
        {
            return false;
        }

        if (Running is { } loop)
        {
            loop.Mailbox.Post(new PublishLetter(loop, message, _publishes));
        }

        return true;
    }

    /// <summary>The loop as long as it opens letters.</summary>
    private ListenerLoop? Running => _ended.Task.IsCompleted ? null : _loop;

    private void Post(Action<ListenerLoop> action)
    {
        if (Running is { } loop)
        {
            loop.Mailbox.Post(new ActionLetter(loop, action));
        }
    }

    private sealed class ActionLetter(ListenerLoop loop, Action<ListenerLoop> action) : Letter
    {
        public override void Open() => action(loop);
    }

    private sealed class PublishLetter(ListenerLoop loop, StoredMessage message, PublishRoom room) : Letter
    {
        public override void Open()
        {
            room.Leave(message.Bytes);
            loop.Publish(message);
        }
    }

    /// <summary>Its tokens lie in a rented array, given back when it is opened: acknowledging allocates nothing a message.</summary>
    private sealed class AcknowledgeLetter : Letter
    {
        private readonly ListenerLoop _loop;
        private readonly MqttReasonCode _code;
        private readonly PublishToken[] _tokens;
        private readonly int _count;

        public AcknowledgeLetter(ListenerLoop loop, ReadOnlySpan<PublishToken> tokens, MqttReasonCode code)
        {
            (_loop, _code, _count) = (loop, code, tokens.Length);
            _tokens = ArrayPool<PublishToken>.Shared.Rent(_count);
            tokens.CopyTo(_tokens);
        }

        public override void Open()
        {
            _loop.Acknowledge(_tokens.AsSpan(0, _count), _code);
            ArrayPool<PublishToken>.Shared.Return(_tokens);
        }
    }

    private sealed class NewcomerLetter(ListenerLoop loop, Newcomer newcomer) : Letter
    {
        public override void Open() => loop.Admit(newcomer);
    }
}
