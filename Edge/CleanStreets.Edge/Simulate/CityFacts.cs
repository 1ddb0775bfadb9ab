using System.Text.Json;
using System.Threading.Channels;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Edge.Publish;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Simulate;

/// <summary>Listens to what people establish, so that the simulated world can react. One connection for the fleet.</summary>
internal sealed class CityFacts : IAsyncDisposable
{
    private readonly Channel<Fact> _claims = Channel.CreateBounded<Fact>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropOldest });
    private static readonly TimeSpan SayPatience = TimeSpan.FromSeconds(10);
    private readonly PublishOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly MqttClient _client;
    private readonly List<Task> _saying = [];

    public CityFacts(PublishOptions options, string clientId, TimeProvider time, ILoggerFactory loggers)
    {
        (_options, _time) = (options, time);
        _logger = loggers.CreateLogger<CityFacts>();
        _client = new MqttClient(
            new MqttClientOptions { Host = options.Host, Port = options.Port, ClientId = clientId, KeepPublishes = true }, time, loggers.CreateLogger<MqttClient>());
    }

    /// <summary>Claims of cleaning, in order of arrival.</summary>
    public ChannelReader<Fact> Claims => _claims.Reader;

    public async Task StartAsync(CancellationToken stop)
    {
        await _client.StartAsync(stop);
        await _client.SubscribeAsync(_options.Topics.AllFacts, QualityOfService.AtLeastOnce, Take, stop);
    }

    /// <summary>Says what a crew says; it goes as soon as there is a link.</summary>
    public void Say(Fact fact) => _saying.Add(_client.PublishAsync(
        new MqttMessage
        {
            Topic = _options.Topics.Facts(fact.SegmentId),
            Payload = JsonSerializer.SerializeToUtf8Bytes(fact, ContractJson.Default.Fact),
            QualityOfService = QualityOfService.AtLeastOnce,
        },
        CancellationToken.None).AsTask());

    /// <summary>Waits a while until what was said was heard.</summary>
    public Task SaidAsync(CancellationToken stop) =>
        Task.WhenAny(Task.WhenAll(_saying), Task.Delay(SayPatience, _time, stop));

    public async ValueTask DisposeAsync()
    {
        await _client.StopAsync(CancellationToken.None);
        await _client.DisposeAsync();
    }

    private ValueTask Take(MqttMessage message, CancellationToken cancellationToken)
    {
        try
        {
            if (JsonSerializer.Deserialize(message.Payload.Span, ContractJson.Default.Fact) is { Kind: FactKind.CleaningClaimed } claim)
            {
                _claims.Writer.TryWrite(claim);
            }
        }
        catch (JsonException ex)
        {
            SimulateLog.BadFact(_logger, message.Topic, ex.Message);
        }

        return ValueTask.CompletedTask;
    }
}
