using System.Collections.Concurrent;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Run;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Support;

/// <summary>One batch as it arrived.</summary>
internal sealed record ArrivedBatch(string Truck, string Session, long First, long Oldest, IReadOnlyList<Reading> Readings)
{
    /// <summary>What it said once for all its readings.</summary>
    public BatchEnvelope Envelope { get; init; }

    /// <summary>How many readings say that no satellite confirmed their time.</summary>
    public int Unconfirmed { get; init; }

    public int Count => Readings.Count;

    public IEnumerable<long> Sequences => Enumerable.Range(0, Count).Select(i => First + i);
}

/// <summary>The city on a real broker: hears batches and status, and marks what it chose to store, as the contract says.</summary>
internal sealed class MarkingCity : IAsyncDisposable
{
    private static int _cities;
    private readonly MqttClient _client;
    private readonly ReadingDecoder _decoder = new();
    private readonly ConcurrentDictionary<(string Truck, string Session), SortedSet<long>> _stored = [];
    private readonly ConcurrentDictionary<(string Truck, string Session), long> _marks = [];

    private MarkingCity(int port) => _client = new MqttClient(
        new MqttClientOptions
        {
            Port = port,
            ClientId = $"city-{Interlocked.Increment(ref _cities)}",
            ReconnectMinDelay = TimeSpan.FromMilliseconds(20),
            ReconnectMaxDelay = TimeSpan.FromMilliseconds(200),
        },
        TimeProvider.System,
        NullLogger<MqttClient>.Instance);

    public ConcurrentQueue<ArrivedBatch> Batches { get; } = [];

    public ConcurrentQueue<TruckStatus> Statuses { get; } = [];

    /// <summary>Which batches it stores; default: all.</summary>
    public Func<ArrivedBatch, bool> Stores { get; set; } = _ => true;

    /// <summary>Whether it says what it stored.</summary>
    public bool IsMarking { get; set; } = true;

    /// <summary>Readings stored, each counted once.</summary>
    public int StoredCount => _stored.Keys.Sum(key => Stored(key.Truck, key.Session).Count);

    /// <summary>Sessions of which something is stored.</summary>
    public int SessionCount => _stored.Keys.Count(key => Stored(key.Truck, key.Session).Count > 0);

    public static async Task<MarkingCity> StartAsync(int port)
    {
        var city = new MarkingCity(port);
        var token = TestContext.Current.CancellationToken;
        await city._client.SubscribeAsync(Topics.Default.AllReadings, QualityOfService.AtLeastOnce, city.TakeBatchAsync, token);
        await city._client.SubscribeAsync(Topics.Default.AllStatus, QualityOfService.AtLeastOnce, city.TakeStatus, token);
        await city._client.StartAsync(token);
        await city._client.WaitConnectedAsync(token).WaitAsync(Testing.Eventually.Patience, token);
        return city;
    }

    /// <summary>Waits until it hears again, after its broker went away and has come back.</summary>
    public async Task IsBackAsync()
    {
        await Testing.Eventually.TrueAsync("the city hears again", async () =>
        {
            try
            {
                await _client.PublishAsync(new MqttMessage { Topic = "city/hears", QualityOfService = QualityOfService.AtLeastOnce }, TestContext.Current.CancellationToken);
                return true;
            }
            catch (MqttLinkLostException)
            {
                return false;
            }
        });
    }

    public IReadOnlyList<long> Stored(string truck, string session)
    {
        var stored = _stored.GetOrAdd((truck, session), _ => []);
        lock (stored)
        {
            return [.. stored];
        }
    }

    /// <summary>Says a mark, true or not.</summary>
    public async Task MarkAsync(string truck, string session, long through)
    {
        var marks = new StoredMarks([new SessionMark(SessionId.Parse(session), through)]);
        await _client.PublishAsync(
            new MqttMessage
            {
                Topic = Topics.Default.Acks(TruckId.Parse(truck)),
                Payload = JsonSerializer.SerializeToUtf8Bytes(marks, ContractJson.Default.StoredMarks),
                QualityOfService = QualityOfService.AtLeastOnce,
                Retain = true,
            },
            TestContext.Current.CancellationToken);
    }

    /// <summary>Forgets the truck: the empty message that clears its topic.</summary>
    public async Task ClearAsync(string truck) => await _client.PublishAsync(
        new MqttMessage { Topic = Topics.Default.Acks(TruckId.Parse(truck)), QualityOfService = QualityOfService.AtLeastOnce, Retain = true },
        TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private async ValueTask TakeBatchAsync(MqttMessage message, CancellationToken cancellationToken)
    {
        var readings = new ReadingBuffer();
        if (_decoder.Decode(message.Payload.Span, default, readings, out var envelope) != QuarantineReason.None)
        {
            throw new InvalidOperationException("A truck sent a batch that cannot be decoded.");
        }

        var batch = new ArrivedBatch(
            envelope.TruckId.Value, envelope.SessionId.Value, envelope.FirstSequence, envelope.OldestSequence, readings.Readings.ToArray())
        {
            Envelope = envelope,
            Unconfirmed = Unconfirmed(readings),
        };
        Batches.Enqueue(batch);
        if (Stores(batch) && Store(batch) is var through && IsMarking)
        {
            try
            {
                await MarkAsync(batch.Truck, batch.Session, through);
            }
            catch (MqttLinkLostException)
            {
                // The next batch says it again.
            }
        }
    }

    private static int Unconfirmed(ReadingBuffer buffer)
    {
        var count = 0;
        foreach (ref readonly var reading in buffer.Readings)
        {
            foreach (var sensor in buffer.SensorsOf(in reading))
            {
                count += sensor.Name == ReadingMaker.ClockUnconfirmed ? 1 : 0;
            }
        }

        return count;
    }

    private long Store(ArrivedBatch batch)
    {
        var key = (batch.Truck, batch.Session);
        var stored = _stored.GetOrAdd(key, _ => []);
        lock (stored)
        {
            stored.UnionWith(batch.Sequences);
            var mark = Math.Max(_marks.GetValueOrDefault(key), batch.Oldest - 1);
            while (stored.Contains(mark + 1))
            {
                mark++;
            }

            return _marks[key] = mark;
        }
    }

    private ValueTask TakeStatus(MqttMessage message, CancellationToken cancellationToken)
    {
        Statuses.Enqueue(JsonSerializer.Deserialize(message.Payload.Span, ContractJson.Default.TruckStatus)!);
        return ValueTask.CompletedTask;
    }
}
