using System.Collections.Concurrent;
using System.Text;
using CleanStreets.Mqtt.Listener;

namespace CleanStreets.Mqtt.Tests.Support;

/// <summary>Takes publishes under one prefix and keeps what it was given; acknowledges when told, or at the end of each turn.</summary>
internal sealed class RecordingHook(string prefix) : IPublishHook
{
    private readonly List<PublishToken> _turn = [];

    public MqttListener Listener { get; set; } = null!;

    public ConcurrentQueue<(string Topic, string Payload, string ContentType, string ClientId)> Taken { get; } = new();

    public ConcurrentQueue<PublishToken> Tokens { get; } = new();

    public bool AcknowledgeEachTurn { get; set; }

    /// <summary>How many it takes before it says Busy; negative: no end.</summary>
    public volatile int Room = -1;

    public Func<string, HookResult>? Decide { get; set; }

    public int Turns { get; private set; }

    /// <summary>Whether it has been offered a publish.</summary>
    public volatile bool IsAsked;

    public bool Claims(ReadOnlySpan<byte> topic) => topic.StartsWith(Encoding.UTF8.GetBytes(prefix));

    public HookResult OnPublish(in BorrowedPublish publish, PublishToken token)
    {
        IsAsked = true;
        if (Room == 0)
        {
            return HookResult.Busy;
        }

        if (Room > 0)
        {
            Room--;
        }

        var payload = Encoding.UTF8.GetString(publish.Payload);
        var decision = Decide?.Invoke(payload) ?? HookResult.Taken;
        if (decision == HookResult.Taken)
        {
            Taken.Enqueue((Encoding.UTF8.GetString(publish.Topic), payload, Encoding.UTF8.GetString(publish.ContentType), publish.ClientId));
            Tokens.Enqueue(token);
            _turn.Add(token);
        }

        return decision;
    }

    public void OnTurnEnd()
    {
        Turns++;
        if (AcknowledgeEachTurn)
        {
            Listener.Acknowledge(_turn.ToArray());
        }

        _turn.Clear();
    }
}
