using System.Globalization;
using System.Reflection;
using System.Text;

namespace CleanStreets.Mqtt.Listener;

/// <summary>What the listener says about itself under <c>$SYS/broker/</c>, with the names that monitoring tools know from Mosquitto. Owned by the loop.</summary>
/// <remarks>
/// A topic is published again, retained and with QoS 0, only when its text has changed. Its messages are kept apart from those of clients:
/// they are not written to the disk, do not count against the limit of retained messages, and no client can publish there.
/// </remarks>
internal sealed class SysTopics
{
    private static readonly string Version = typeof(SysTopics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private readonly LoopState _state;
    private readonly SessionTable _sessions;
    private readonly Router _router;
    private readonly List<Gauge> _gauges = [];
    private readonly List<LoadAverage> _loads = [];
    private readonly long _everyMs;
    private long _nextMs;
    private long _saidMs;
    private long _stored;
    private long _heapMaximum;

    public SysTopics(LoopState state, SessionTable sessions, Router router)
    {
        (_state, _sessions, _router) = (state, sessions, router);
        _everyMs = (long)state.Options.SysInterval.TotalMilliseconds;
        var tally = state.Tally;
        Add("version", () => $"CleanStreets.Mqtt {Version.Split('+')[0]}");
        Add("uptime", () => $"{_state.NowMs / 1000} seconds");
        Add("clients/connected", () => Text(tally.Clients));
        Add("clients/disconnected", () => Text(tally.Sessions - tally.Clients));
        Add("clients/total", () => Text(tally.Sessions));
        Add("clients/maximum", () => Text(tally.ClientsMaximum));
        Add("clients/expired", () => Text(tally.SessionsExpired));
        Add("messages/received", () => Text(tally.PacketsReceived));
        Add("messages/sent", () => Text(tally.PacketsSent));
        Add("messages/stored", () => Text(_stored));
        Add("store/messages/count", () => Text(_stored));
        Add("publish/messages/received", () => Text(tally.PublishesReceived));
        Add("publish/messages/sent", () => Text(tally.MessagesDelivered));
        Add("publish/messages/dropped", () => Text(tally.MessagesDropped));
        Add("publish/bytes/received", () => Text(tally.PublishBytesReceived));
        Add("publish/bytes/sent", () => Text(tally.PublishBytesSent));
        Add("bytes/received", () => Text(tally.BytesReceived));
        Add("bytes/sent", () => Text(tally.BytesSent));
        Add("subscriptions/count", () => Text(tally.Subscriptions));
        Add("shared_subscriptions/count", () => Text(tally.SharedSubscriptions));
        Add("retained messages/count", () => Text(tally.Retained));
        Add("heap/current", () => Text(GC.GetTotalMemory(forceFullCollection: false)));
        Add("heap/maximum", () => Text(_heapMaximum = Math.Max(_heapMaximum, GC.GetTotalMemory(forceFullCollection: false))));
        AddLoad("messages/received", () => tally.PacketsReceived);
        AddLoad("messages/sent", () => tally.PacketsSent);
        AddLoad("publish/received", () => tally.PublishesReceived);
        AddLoad("publish/sent", () => tally.MessagesDelivered);
        AddLoad("publish/dropped", () => tally.MessagesDropped);
        AddLoad("bytes/received", () => tally.BytesReceived);
        AddLoad("bytes/sent", () => tally.BytesSent);
        AddLoad("sockets", () => tally.ConnectionsAccepted);
        AddLoad("connections", () => tally.ClientsConnected);
    }

    /// <summary>Says what has changed, if the interval is over.</summary>
    public void Tick()
    {
        if (_everyMs == 0 || _state.NowMs < _nextMs)
        {
            return;
        }

        // What waits is counted here, not on every delivery: a walk over the sessions is cheap once an interval.
        _stored = _state.Tally.Retained + _sessions.All.Sum(static session => session.Outbox.Count + (session.Lasts ? session.InFlight.Count : 0));
        var elapsed = TimeSpan.FromMilliseconds(Math.Max(1, _state.NowMs - _saidMs));
        foreach (var load in _loads)
        {
            load.Advance(elapsed);
        }

        foreach (var gauge in _gauges)
        {
            Say(gauge);
        }

        (_saidMs, _nextMs) = (_state.NowMs, _state.NowMs + _everyMs);
    }

    private void Say(Gauge gauge)
    {
        var text = gauge.Read();
        if (text == gauge.Said)
        {
            return;
        }

        gauge.Said = text;
        _router.PublishOwn(new StoredMessage
        {
            Topic = gauge.Topic,
            Payload = Encoding.UTF8.GetBytes(text),
            Properties = [],
            QualityOfService = QualityOfService.AtMostOnce,
            Retain = true,
            ExpirySeconds = StoredMessage.Never,
            ArrivedAtMs = _state.NowMs,
        });
    }

    private void Add(string name, Func<string> read) => _gauges.Add(new Gauge(Encoding.UTF8.GetBytes($"$SYS/broker/{name}"), read));

    private void AddLoad(string name, Func<long> read)
    {
        foreach (var minutes in (int[])[1, 5, 15])
        {
            var load = new LoadAverage(TimeSpan.FromMinutes(minutes), read);
            _loads.Add(load);
            Add($"load/{name}/{minutes}min", () => load.PerMinute.ToString("0.00", CultureInfo.InvariantCulture));
        }
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private sealed class Gauge(byte[] topic, Func<string> read)
    {
        public byte[] Topic => topic;

        public string? Said { get; set; }

        public string Read() => read();
    }
}
