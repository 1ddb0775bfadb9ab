using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace CleanStreets.Mqtt.Client;

/// <summary>The questions of this client that wait for their answers, recognised by their correlation data.</summary>
internal sealed class Requests(int limit)
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<MqttMessage>> _waiting = new();
    private string? _topic;
    private long _last;

    /// <summary>Room for one more question: the bound.</summary>
    public SemaphoreSlim Room { get; } = new(limit, limit);

    /// <summary>Guards the making of the one subscription that all answers arrive on.</summary>
    public SemaphoreSlim Subscribing { get; } = new(1, 1);

    /// <summary>Where answers arrive; null as long as that is not subscribed.</summary>
    public string? Topic
    {
        get => Volatile.Read(ref _topic);
        set => Volatile.Write(ref _topic, value);
    }

    /// <summary>Opens a question; <see cref="Close"/> ends it however it went.</summary>
    public (long Number, byte[] Correlation, Task<MqttMessage> Answer) Open()
    {
        var number = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<MqttMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[number] = answer;
        var correlation = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(correlation, number);
        return (number, correlation, answer.Task);
    }

    public void Close(long number)
    {
        _waiting.TryRemove(number, out _);
        Room.Release();
    }

    /// <summary>Takes a message that is an answer; one that nobody waits for any more is let go. Called by the reading loop, so a handler may wait for answers.</summary>
    public bool TryTake(MqttMessage message)
    {
        if (Topic is not { } topic || message.Topic != topic)
        {
            return false;
        }

        if (message.CorrelationData.Length == sizeof(long)
            && _waiting.TryGetValue(BinaryPrimitives.ReadInt64BigEndian(message.CorrelationData.Span), out var waiting))
        {
            waiting.TrySetResult(message);
        }

        return true;
    }
}
