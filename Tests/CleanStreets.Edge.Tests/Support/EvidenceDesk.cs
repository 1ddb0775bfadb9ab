using System.Collections.Concurrent;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Evidence;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Support;

/// <summary>The city's side of evidence on a real broker: answers every picture as the contract says.</summary>
internal sealed class EvidenceDesk : IAsyncDisposable
{
    private static int _desks;
    private readonly MqttClient _client;

    private EvidenceDesk(int port) => _client = new MqttClient(
        new MqttClientOptions { Port = port, ClientId = $"evidence-desk-{Interlocked.Increment(ref _desks)}" }, TimeProvider.System, NullLogger<MqttClient>.Instance);

    /// <summary>What arrived, in order.</summary>
    public ConcurrentQueue<EvidenceHeader> Arrived { get; } = new();

    /// <summary>Which pictures it refuses.</summary>
    public Func<string, bool> Refuses { get; set; } = _ => false;

    public static async Task<EvidenceDesk> StartAsync(int port)
    {
        var desk = new EvidenceDesk(port);
        await desk._client.SubscribeAsync(Topics.Default.AllEvidence, QualityOfService.AtLeastOnce, desk.TakeAsync, TestContext.Current.CancellationToken);
        await desk._client.StartAsync(TestContext.Current.CancellationToken);
        await desk._client.WaitConnectedAsync(TestContext.Current.CancellationToken);
        return desk;
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private ValueTask TakeAsync(MqttMessage message, CancellationToken cancellationToken)
    {
        EvidenceMessage.Read(message.Payload, out var header, out _).ShouldBe(EvidenceFault.None);
        Arrived.Enqueue(header!);
        var answer = Refuses(header!.EvidenceId)
            ? new EvidenceAnswer(Refused: [new RefusedEvidence(header.EvidenceId, "No.")])
            : new EvidenceAnswer(Stored: [header.EvidenceId]);
        _ = _client.PublishAsync(
            new MqttMessage
            {
                Topic = Topics.Default.EvidenceAcks(header.TruckId),
                Payload = JsonSerializer.SerializeToUtf8Bytes(answer, ContractJson.Default.EvidenceAnswer),
                QualityOfService = QualityOfService.AtLeastOnce,
            },
            cancellationToken).AsTask();
        return ValueTask.CompletedTask;
    }
}
