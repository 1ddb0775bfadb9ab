using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace CleanStreets.Mqtt.Client;

/// <summary>The questions of this client that wait for their answers, recognised by their correlation data.</summary>
internal sealed class Requests
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<MqttMessage>> _waiting = new();
    private long _last;

    /// <summary>Guards the making of the one subscription that all answers arrive on.</summary>
    public SemaphoreSlim Subscribing { get; } = new(1, 1);

    /// <summary>Whether that subscription exists.</summary>
    public bool IsSubscribed { get; set; }

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

    public void Close(long number) => _waiting.TryRemove(number, out _);

    /// <summary>An answer has come; one that nobody waits for any more is let go.</summary>
    public void Answered(MqttMessage answer)
    {
        if (answer.CorrelationData.Length == sizeof(long)
            && _waiting.TryGetValue(BinaryPrimitives.ReadInt64BigEndian(answer.CorrelationData.Span), out var waiting))
        {
            waiting.TrySetResult(answer);
        }
    }
}
