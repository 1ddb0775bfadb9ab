using System.Collections.Concurrent;
using CleanStreets.Contracts;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Scoring.Streets;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Soak;

/// <summary>Trucks that drive and send, one reading a message, and keep what is not acknowledged until it is.</summary>
internal sealed class SoakFleet(StreetNetwork network, TimeProvider time, int port, int trucks, int seed, Fault fault) : IAsyncDisposable
{
    /// <summary>Messages a truck has on their way at a time.</summary>
    public const int Window = 16;

    private readonly ConcurrentDictionary<(string Truck, string Session, long Sequence), bool> _readings = [];
    private readonly ConcurrentBag<(Drive Drive, string Session, int Truck)> _laps = [];
    private readonly List<MqttClient> _clients = [];
    private readonly List<Task> _driving = [];
    private long _acknowledged;
    private volatile bool _stopping;

    public int Count => trucks;

    public long Sent => _readings.Count;

    public long Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Every reading that a PUBACK told to be kept.</summary>
    public IEnumerable<(string Truck, string Session, long Sequence)> AcknowledgedReadings => _readings.Where(reading => reading.Value).Select(reading => reading.Key);

    public async Task StartAsync()
    {
        for (var truck = 0; truck < trucks; truck++)
        {
            _driving.Add(DriveAsync(truck, await ConnectAsync($"truck-{truck}")));
        }
    }

    /// <summary>Lets every truck send what it has begun, until all of it is acknowledged.</summary>
    public async Task FinishAsync()
    {
        _stopping = true;
        await Task.WhenAll(_driving).WaitAsync(SoakRun.Patience * 3, time);
    }

    /// <summary>Another client sends a whole lap of a truck again, as it was.</summary>
    public async Task PlayBackAsync(int which)
    {
        var client = await ConnectAsync($"replayer-{which}-{_clients.Count}");
        var (drive, session, truck) = _laps.ElementAt(which % _laps.Count);
        for (var sequence = 1; sequence <= drive.Count; sequence++)
        {
            _readings.TryAdd((drive.Truck, session, sequence), false);
        }

        await Task.WhenAll(drive.Batches(5).Select(payload => PublishAsync(client, truck, payload)));
        await client.DisposeAsync();
    }

    /// <summary>Messages that no decoder takes.</summary>
    public async Task PoisonAsync(int messages)
    {
        var random = new Random(seed);
        var client = await ConnectAsync($"poison-{_clients.Count}");
        await Task.WhenAll(Enumerable.Range(0, messages).Select(_ =>
        {
            var payload = new byte[random.Next(1, 2000)];
            random.NextBytes(payload);
            return PublishAsync(client, truck: 0, payload);
        }));
        await client.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }
    }

    private async Task DriveAsync(int truck, MqttClient client)
    {
        for (var lap = 0; !_stopping; lap++)
        {
            var start = time.GetUtcNow().AddHours(-2).ToUnixTimeMilliseconds();
            var drive = new Drive(network, $"truck-{truck}", $"s-{lap}", seed + (truck * 1000) + lap, start).Over(fault.SegmentsInALap);
            _laps.Add((drive, $"s-{lap}", truck));
            var next = 0;
            await Task.WhenAll(Enumerable.Range(0, Window).Select(_ => SendAsync()));

            async Task SendAsync()
            {
                while (!_stopping && Interlocked.Increment(ref next) is var sequence && sequence <= drive.Count)
                {
                    await SendOneAsync(client, drive, truck, $"s-{lap}", sequence);
                    if (fault.Pace > TimeSpan.Zero)
                    {
                        await Task.Delay(fault.Pace, time);
                    }
                }
            }
        }
    }

    private async Task SendOneAsync(MqttClient client, Drive drive, int truck, string session, int sequence)
    {
        var key = (drive.Truck, session, (long)sequence);
        _readings.TryAdd(key, false);
        var payload = drive.Batch(sequence - 1, 1, sentAtMs: time.GetUtcNow().ToUnixTimeMilliseconds());
        await PublishAsync(client, truck, payload);
        _readings[key] = true;
        Interlocked.Increment(ref _acknowledged);
    }

    /// <summary>Until it is acknowledged, however often the link breaks.</summary>
    private static async Task PublishAsync(MqttClient client, int truck, byte[] payload)
    {
        var message = new MqttMessage
        {
            Topic = Topics.Default.Readings(TruckId.Parse($"truck-{truck}")),
            Payload = payload,
            QualityOfService = QualityOfService.AtLeastOnce,
        };
        while (true)
        {
            try
            {
                if (await client.PublishAsync(message, CancellationToken.None) == MqttReasonCode.Success)
                {
                    return;
                }
            }
            catch (MqttLinkLostException)
            {
                // Not acknowledged: it is sent again, and not before there is a link. Without one each try costs an exception at once, and hundreds
                // of them would take the machine from the service that is starting.
                await client.WaitConnectedAsync(CancellationToken.None);
            }
        }
    }

    private async Task<MqttClient> ConnectAsync(string clientId)
    {
        var options = new MqttClientOptions
        {
            Port = port,
            ClientId = clientId,
            MaxInFlight = 2 * Window,
            KeepAlive = TimeSpan.FromSeconds(5),
            ReconnectMinDelay = TimeSpan.FromMilliseconds(100),
            ReconnectMaxDelay = TimeSpan.FromSeconds(1),
        };
        var client = new MqttClient(options, time, NullLogger<MqttClient>.Instance);
        lock (_clients)
        {
            _clients.Add(client);
        }

        await client.StartAsync(CancellationToken.None);
        await client.WaitConnectedAsync(CancellationToken.None);
        return client;
    }
}
