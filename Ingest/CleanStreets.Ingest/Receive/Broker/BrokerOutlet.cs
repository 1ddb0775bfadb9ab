using System.Collections.Concurrent;
using System.Threading.Channels;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;

namespace CleanStreets.Ingest.Receive.Broker;

/// <summary>Publishes marks and scores on a broker: the newest of each topic, as soon as the broker takes it.</summary>
/// <remarks>
/// Publishing never waits and never grows beyond one message a topic, however long the broker is away. All of them are kept, because a broker
/// that was killed may have forgotten what it retained: after each connection everything is published anew. A truck whose mark was lost
/// would otherwise send the same readings for ever. The clearing of a truck's topic is kept too, for a broker that comes back with what it had
/// retained before; of those the newest few. What the broker refuses is tried again after a pause, the newest message of the topic.
/// </remarks>
internal sealed class BrokerOutlet(MqttClient client, TimeSpan refusedPause, int clears, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>Publishes on their way at once; the client's own bound is a little above.</summary>
    private const int AtOnce = 48;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, MqttMessage> _latest = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _pending = new(StringComparer.Ordinal);

    /// <summary>Says that something is pending; what, the dictionary knows.</summary>
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Clears that are kept, and their order; only who calls <see cref="Clear"/> touches the order.</summary>
    private readonly ConcurrentDictionary<string, MqttMessage> _kept = new(StringComparer.Ordinal);
    private readonly Queue<MqttMessage> _keptInOrder = new();
    private readonly Episode _tooMany = new(time, TimeSpan.FromMinutes(1));

    private readonly Episode _trouble = new(time, TimeSpan.FromMinutes(1));

    /// <summary>Topics whose newest message the broker has refused; they become pending again after a pause.</summary>
    private readonly ConcurrentDictionary<string, bool> _refused = new(StringComparer.Ordinal);

    private ITimer? _again;
    private long _refusals;
    private long _givenUp;
    private int _armed;

    /// <summary>Topics whose newest message the broker has not taken yet, or has refused.</summary>
    public int Waiting => _pending.Count + _refused.Count;

    /// <summary>Topics whose newest message the broker has refused, and that wait for another try.</summary>
    public int RefusedTopics => _refused.Count;

    /// <summary>Publishes that the broker has refused since the start, repeats included.</summary>
    public long Refused => Volatile.Read(ref _refusals);

    /// <summary>Topics whose clearing was given up before the broker took it, because more were waiting than are kept.</summary>
    public long ClearsGivenUp => Volatile.Read(ref _givenUp);

    /// <summary>Topics of which anything is kept.</summary>
    public int KnownTopics => _latest.Count;

    /// <summary>Clears a topic's retained message, at once or later, and again after each connection as long as it is among the newest that are kept. One caller at a time.</summary>
    public void Clear(MqttMessage message)
    {
        _kept[message.Topic] = message;
        _keptInOrder.Enqueue(message);
        Put(message);
        while (_keptInOrder.Count > clears)
        {
            GiveUp(_keptInOrder.Dequeue());
        }
    }

    /// <summary>Publishes a retained message, at once or later. Never waits; of two messages on one topic the later counts.</summary>
    public void Publish(MqttMessage message)
    {
        _kept.TryRemove(message.Topic, out _);
        Put(message);
    }

    private void Put(MqttMessage message)
    {
        // The message before the mark: whoever finds the topic pending finds this message or a newer one.
        _latest[message.Topic] = message;
        _pending[message.Topic] = true;
        _news.Writer.TryWrite(true);
    }

    /// <summary>Whether the broker has taken the empty message of this topic, or something newer waits for it.</summary>
    public bool IsCleared(string topic) => !_latest.TryGetValue(topic, out var message) || !message.Payload.IsEmpty;

    /// <summary>The broker may have forgotten everything: all of it is published again.</summary>
    public void PublishAllAgain()
    {
        foreach (var topic in _latest.Keys)
        {
            _pending[topic] = true;
        }

        _news.Writer.TryWrite(true);
    }

    /// <summary>No more news; <see cref="RunAsync"/> tries what is pending once more and ends.</summary>
    public void Complete() => _news.Writer.TryComplete();

    public void Dispose() => _again?.Dispose();

    public async Task RunAsync()
    {
        while (await _news.Reader.WaitToReadAsync())
        {
            while (_news.Reader.TryRead(out _))
            {
                if (!await TryPublishPendingAsync())
                {
                    // Away or refusing: what is pending stays so. A connection comes back with news of its own.
                    await Task.Delay(Pause, time);
                    _news.Writer.TryWrite(true);
                }
            }
        }

        await TryPublishPendingAsync();
    }

    private async Task<bool> TryPublishPendingAsync()
    {
        foreach (var wave in _pending.Keys.Chunk(AtOnce))
        {
            // Asked first: with the link down every single publish would cost an exception.
            if (!client.IsConnected || !Array.TrueForAll(await Task.WhenAll(wave.Select(TryPublishAsync)), taken => taken))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> TryPublishAsync(string topic)
    {
        // Not pending before the message is looked up: one that comes meanwhile makes the topic pending again.
        if (!_pending.TryRemove(topic, out _) || !_latest.TryGetValue(topic, out var message))
        {
            return true;
        }

        try
        {
            var code = await client.PublishAsync(message, CancellationToken.None);
            if (code.IsFailure())
            {
                Keep(topic, code);
                return true;
            }

            _refused.TryRemove(topic, out _);
            if (_refused.IsEmpty && _trouble.Ends())
            {
                logger.BrokerTakesAgain();
            }
        }
        catch (MqttLinkLostException)
        {
            _pending.TryAdd(topic, true);
            return false;
        }

        if (message.Payload.IsEmpty && !_kept.ContainsKey(topic))
        {
            // Cleared on the broker: nothing is left to be kept, unless something newer has come.
            _latest.TryRemove(new KeyValuePair<string, MqttMessage>(topic, message));
        }

        return true;
    }

    private void GiveUp(MqttMessage clear)
    {
        // Cleared again since, or marks are there again: then another message stands for the topic.
        if (!_kept.TryGetValue(clear.Topic, out var kept) || !ReferenceEquals(kept, clear))
        {
            return;
        }

        _kept.TryRemove(clear.Topic, out _);
        _latest.TryRemove(new KeyValuePair<string, MqttMessage>(clear.Topic, clear));
        if (_pending.TryRemove(clear.Topic, out _) | _refused.TryRemove(clear.Topic, out _))
        {
            Interlocked.Increment(ref _givenUp);
            if (_tooMany.Begins())
            {
                logger.ClearsGivenUp(clears);
            }
        }
        else
        {
            _tooMany.Ends();
        }
    }

    // A right that is given later, or a quota that is free again: nobody else would publish a mark that does not change any more.
    private void Keep(string topic, MqttReasonCode code)
    {
        if (_trouble.Begins())
        {
            logger.BrokerRefuses(topic, code, refusedPause);
        }

        Interlocked.Increment(ref _refusals);
        _refused[topic] = true;
        _again ??= time.CreateTimer(_ => TryRefusedAgain(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (Interlocked.Exchange(ref _armed, 1) == 0)
        {
            _again.Change(refusedPause, Timeout.InfiniteTimeSpan);
        }
    }

    private void TryRefusedAgain()
    {
        Volatile.Write(ref _armed, 0);
        foreach (var topic in _refused.Keys)
        {
            _pending[topic] = true;
            _refused.TryRemove(topic, out _);
        }

        _news.Writer.TryWrite(true);
    }
}
