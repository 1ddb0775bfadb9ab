using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using CleanStreets.Mqtt.Client;
using CleanStreets.Testing;

namespace CleanStreets.Mqtt.Tests.Support;

/// <summary>Numbered messages from a publisher to a subscriber with lasting sessions, and the check that each arrived as its quality of service promises.</summary>
internal sealed class MessageStream : IAsyncDisposable
{
    private readonly ConcurrentQueue<int> _heard = new();
    private readonly List<Task<MqttReasonCode>> _sent = [];
    private readonly QualityOfService _qualityOfService;
    private readonly MqttClient _publisher;
    private readonly MqttClient _subscriber;
    private readonly string _topic;
    private int _losses;

    private MessageStream(int port, MqttProtocolVersion version, QualityOfService qualityOfService, string name)
    {
        var options = new MqttClientOptions
        {
            Port = port,
            ProtocolVersion = version,
            CleanStart = false,
            SessionExpiry = TimeSpan.FromHours(1),
            KeepPublishes = true,
            MaxInFlight = 10,
        };
        _qualityOfService = qualityOfService;
        _topic = $"stream/{name}";
        _publisher = Broker.NewClient(options with { ClientId = $"{name}-publisher" });
        _publisher.ConnectionChanged += change => Interlocked.Add(ref _losses, change.Connected ? 0 : 1);
        _subscriber = Broker.NewClient(options with { ClientId = $"{name}-subscriber" });
    }

    public static async Task<MessageStream> StartAsync(int port, MqttProtocolVersion version, QualityOfService qualityOfService, string name = "s")
    {
        var stream = new MessageStream(port, version, qualityOfService, name);
        var token = TestContext.Current.CancellationToken;
        await stream._subscriber.SubscribeManualAsync(stream._topic, qualityOfService, stream.Take, token);
        await stream._subscriber.StartAsync(token);
        await stream._subscriber.WaitConnectedAsync(token).WaitAsync(Eventually.Patience, token);
        await stream._publisher.StartAsync(token);
        return stream;
    }

    /// <summary>The publisher has lost its link at least once; it may notice when everything is acknowledged already.</summary>
    public Task LinkWasLostAsync() => Eventually.TrueAsync("the publisher has lost its link", () => Volatile.Read(ref _losses) > 0);

    /// <summary>Sends a number of messages; <paramref name="disturb"/> begins between two halves, while the first is on its way.</summary>
    public async Task SendAsync(int count, Func<Task> disturb)
    {
        var first = _sent.Count;
        Send(count / 2);
        await _sent[first].WaitAsync(Eventually.Patience);
        var disturbing = disturb();
        Send(count - (count / 2));
        await disturbing;
    }

    /// <summary>Every message is acknowledged, has arrived, and, where that is promised, once and in order.</summary>
    public async Task CheckAsync()
    {
        (await Task.WhenAll(_sent).WaitAsync(Eventually.Patience)).ShouldAllBe(code => !code.IsFailure());
        await Eventually.TrueAsync($"{_sent.Count} arrive", () => _heard.Distinct().Count() == _sent.Count);
        var expected = Enumerable.Range(0, _sent.Count);
        if (_qualityOfService == QualityOfService.ExactlyOnce)
        {
            _heard.ShouldBe(expected);
        }
        else
        {
            _heard.Distinct().Order().ShouldBe(expected);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _publisher.DisposeAsync();
        await _subscriber.DisposeAsync();
    }

    private void Send(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var message = new MqttMessage { Topic = _topic, Payload = Encoding.UTF8.GetBytes($"{_sent.Count}"), QualityOfService = _qualityOfService };
            _sent.Add(_publisher.PublishAsync(message, TestContext.Current.CancellationToken).AsTask());
        }
    }

    /// <summary>Acknowledges later and from another thread, as one does who stores first.</summary>
    private ValueTask Take(MqttReceived received, CancellationToken cancellationToken)
    {
        _heard.Enqueue(int.Parse(Encoding.UTF8.GetString(received.Message.Payload.Span), CultureInfo.InvariantCulture));
        _ = Task.Run(() => received.Acknowledge(), CancellationToken.None);
        return default;
    }
}
