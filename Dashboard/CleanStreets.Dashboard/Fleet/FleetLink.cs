using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Boxes;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Dashboard.Fleet;

/// <summary>Talks with the boxes over MQTT: says what each should know of itself, asks, and hears answers. Renews the files that grow old.</summary>
/// <remarks>The registry is looked at anew every second, because the verbs of <c>fleet</c> change it from other programs.</remarks>
internal sealed class FleetLink : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FilesLook = TimeSpan.FromHours(1);

    private readonly FleetOptions _options;
    private readonly BoxRegistry _registry;
    private readonly FleetFiles _files;
    private readonly TimeProvider _time;
    private readonly ILogger<FleetLink> _logger;
    private readonly MqttClient _client;
    private readonly Topics _topics = Topics.Default;
    private readonly ConcurrentDictionary<(string Device, string Id), TaskCompletionSource<BoxAnswer>> _asked = [];
    private readonly Dictionary<DeviceId, BoxAssignment> _said = [];
    private readonly Dictionary<DeviceId, (BoxAssignment Wish, long Since)> _changed = [];
    private volatile bool _isNewLink;

    public FleetLink(DashboardOptions dashboard, FleetOptions options, BoxRegistry registry, FleetFiles files, TimeProvider time, Func<Guid> newId, ILoggerFactory loggers)
    {
        (_options, _registry, _files, _time, _logger) = (options, registry, files, time, loggers.CreateLogger<FleetLink>());
        _client = new MqttClient(
            new MqttClientOptions { Host = dashboard.Mqtt.Host, Port = dashboard.Mqtt.Port, ClientId = $"fleet-{newId().ToString("N")[20..]}", ReconnectMaxDelay = TimeSpan.FromSeconds(5) },
            time,
            loggers.CreateLogger<MqttClient>());
        _client.ConnectionChanged += change => _isNewLink |= change.Connected;
    }

    /// <summary>Asks a box and waits for its answer.</summary>
    /// <returns>Null: it did not answer in time, or there is no link.</returns>
    public async Task<BoxAnswer?> AskAsync(DeviceId device, string method, JsonElement? parameters, CancellationToken cancellation)
    {
        var id = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var answer = new TaskCompletionSource<BoxAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[(device.Value, id)] = answer;
        try
        {
            var request = JsonSerializer.SerializeToUtf8Bytes(new BoxRequest(id, method, parameters), ContractJson.Default.BoxRequest);
            await _client.PublishAsync(new MqttMessage { Topic = _topics.Requests(device), Payload = request, QualityOfService = QualityOfService.AtLeastOnce }, cancellation);
            return await answer.Task.WaitAsync(Patience, _time, cancellation);
        }
        catch (Exception ex) when (ex is TimeoutException or MqttLinkLostException)
        {
            return null;
        }
        finally
        {
            _asked.TryRemove((device.Value, id), out _);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _client.SubscribeAsync(_topics.AllAnswers, QualityOfService.AtLeastOnce, TakeAnswer, stoppingToken);
        await _client.StartAsync(stoppingToken);
        long? lookedAtFiles = null;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    if (lookedAtFiles is not { } at || _time.GetElapsedTime(at) > FilesLook)
                    {
                        lookedAtFiles = _time.GetTimestamp();
                        LookAfterFiles();
                    }

                    await _client.WaitConnectedAsync(stoppingToken);
                    await SayWhatChangedAsync(stoppingToken);
                }
                catch (MqttLinkLostException)
                {
                    // Said again with the next link.
                }
                catch (Exception ex) when (ex is SqliteException or IOException or UnauthorizedAccessException)
                {
                    FleetLog.Failed(_logger, ex);
                }

                await Task.Delay(_options.Look, _time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Our own stop.
        }

        await _client.DisposeAsync();
    }

    private void LookAfterFiles()
    {
        _files.Write();
        if (_files.EnsureDoor(_options.Names))
        {
            FleetLog.DoorRenewed(_logger, string.Join(", ", _options.Names));
        }
    }

    private async Task SayWhatChangedAsync(CancellationToken cancellation)
    {
        if (_isNewLink)
        {
            _isNewLink = false;
            _said.Clear(); // The server may have forgotten what it retained.
        }

        var wishes = _registry.Wishes().ToDictionary(wish => wish.DeviceId);
        var trucks = wishes.Values.Select(wish => wish.TruckId).OfType<TruckId>().ToHashSet();
        foreach (var (device, before) in _said.Where(said => !wishes.TryGetValue(said.Key, out var now) || (now != said.Value && HasSettled(now))).ToList())
        {
            if (before.TruckId is { } truck && !trucks.Contains(truck))
            {
                await RetainAsync(_topics.Status(truck), [], cancellation); // Nobody speaks for it any more.
            }

            if (!wishes.ContainsKey(device))
            {
                await RetainAsync(_topics.Assignments(device), [], cancellation);
                _said.Remove(device);
            }
        }

        foreach (var (device, wish) in wishes)
        {
            if ((!_said.TryGetValue(device, out var before) || before != wish) && HasSettled(wish))
            {
                await RetainAsync(_topics.Assignments(device), JsonSerializer.SerializeToUtf8Bytes(wish, ContractJson.Default.BoxAssignment), cancellation);
                _said[device] = wish;
            }
        }
    }

    /// <summary>Whether a wish has been the same for a while: a box that comes before its rights have been read is refused.</summary>
    private bool HasSettled(BoxAssignment wish)
    {
        if (!_changed.TryGetValue(wish.DeviceId, out var changed) || changed.Wish != wish)
        {
            _changed[wish.DeviceId] = changed = (wish, _time.GetTimestamp());
        }

        return _time.GetElapsedTime(changed.Since) >= _options.Settle;
    }

    private async Task RetainAsync(string topic, byte[] payload, CancellationToken cancellation) => await _client.PublishAsync(
        new MqttMessage { Topic = topic, Payload = payload, QualityOfService = QualityOfService.AtLeastOnce, Retain = true }, cancellation);

    private ValueTask TakeAnswer(MqttMessage message, CancellationToken cancellation)
    {
        if (DeviceId.TryCreate(Topics.LastLevel(message.Topic).ToString(), out var device) && Read(message) is { } answer)
        {
            if (_asked.TryGetValue((device.Value, answer.Id), out var waits))
            {
                waits.TrySetResult(answer);
            }
            else if (answer.Status != StatusCodes.Status200OK)
            {
                FleetLog.NotWiped(_logger, device.Value, answer.Body?.ToString() ?? "no reason given");
            }
            else if (_registry.Wiped(device, answer.Id))
            {
                FleetLog.Wiped(_logger, device.Value);
            }

            if (message.Retain)
            {
                // Said for whoever was away; now it is heard. Not awaited: a handler must not wait for its own client.
                _ = ForgetAsync(message.Topic, cancellation);
            }
        }

        return ValueTask.CompletedTask;
    }

    private async Task ForgetAsync(string topic, CancellationToken cancellation)
    {
        try
        {
            await RetainAsync(topic, [], cancellation);
        }
        catch (Exception ex) when (ex is MqttLinkLostException or OperationCanceledException)
        {
            // It is heard again with the next link, and changes nothing then.
        }
    }

    private static BoxAnswer? Read(MqttMessage message)
    {
        try
        {
            return JsonSerializer.Deserialize(message.Payload.Span, ContractJson.Default.BoxAnswer) is { Id: not null } answer ? answer : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
