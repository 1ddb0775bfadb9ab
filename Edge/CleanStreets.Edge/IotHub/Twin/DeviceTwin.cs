using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Mqtt.Client;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.IotHub.Twin;

/// <summary>The device's twin: desired properties are settings of the city, reported ones say them back and how the truck is.</summary>
/// <remarks>
/// One loop. The hub says changes only while we are connected, so each connection begins with reading the whole twin; changes that arrive meanwhile wait in the queue and are then judged by their
/// version: older ones are dropped, the next one is applied, after a hole the whole twin is read again. What is reported is a difference to what the hub has, the newest status only, and a
/// throttled hub (429) is asked again later and later.
/// </remarks>
internal sealed class DeviceTwin
{
    private const string Get = "$iothub/twin/GET/", Patch = "$iothub/twin/PATCH/properties/reported/", StatusName = "status", VersionName = "$version";
    private const int MaxQueued = 64;

    // The hub keeps at most 32 KB of reported properties.
    private const int MaxReportedBytes = 32 * 1024;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1), LastRetry = TimeSpan.FromMinutes(1);

    private readonly HubOptions _options;
    private readonly TwinRequests _requests;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Func<double> _jitter = new Random().NextDouble;
    private readonly Channel<(long Version, JsonObject Patch)> _patches = Channel.CreateBounded<(long, JsonObject)>(MaxQueued);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private JsonObject _desired = [];
    private long _version = -1;
    private JsonObject _reported = [];
    private JsonObject _answers = [];
    private Saying? _newest;
    private Saying? _said;
    private int _connections;
    private int _read;
    private int _failures;

    public DeviceTwin(HubOptions options, Func<string, ReadOnlyMemory<byte>, CancellationToken, ValueTask> publish, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _requests = new TwinRequests(publish, options.AnswerPatience, time);
    }

    /// <summary>Takes settings of the city; see <see cref="Publish.LinkHandlers.Settings"/>. Called on the twin's loop.</summary>
    public Action<ReadOnlyMemory<byte>>? Configure { get; init; }

    /// <summary>A connection was made: what was known of the twin may be of yesterday. Any thread.</summary>
    public void Connected()
    {
        Interlocked.Increment(ref _connections);
        Wake();
    }

    /// <summary>Takes an answer of the hub.</summary>
    public void TakeAnswer(string rest, ReadOnlyMemory<byte> body) => _requests.Take(rest, body);

    /// <summary>Takes a change of the desired properties. More than a few dozen that wait are as good as a hole.</summary>
    public void TakePatch(ReadOnlyMemory<byte> body)
    {
        var patch = TwinRequests.ReadObject(body);
        if (patch is null || VersionOf(patch) is not { } version || !_patches.Writer.TryWrite((version, patch)))
        {
            Interlocked.Increment(ref _connections); // Reading the whole twin mends all three.
        }

        Wake();
    }

    /// <summary>The link is gone: nobody answers any more. Any thread.</summary>
    public void Disconnected() => _requests.Abandon();

    /// <summary>Reports how the truck is, soon; a newer status replaces one that waits. Any thread.</summary>
    public void Report(TruckStatus status)
    {
        Volatile.Write(ref _newest, new Saying(status));
        Wake();
    }

    /// <summary>Waits until the newest status is at the hub.</summary>
    public Task SaidAsync(CancellationToken cancellationToken) => Volatile.Read(ref _newest)?.Arrived.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Runs until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var isDone = await TurnAsync(stop);
                _failures = isDone ? 0 : _failures + 1;
                await WaitAsync(isDone ? Timeout.InfiniteTimeSpan : Backoff(), stop);
            }
            catch (MqttLinkLostException)
            {
                await WaitAsync(Timeout.InfiniteTimeSpan, stop); // The next connection wakes us.
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Does everything there is to do; false: something must be tried again later.</summary>
    private async Task<bool> TurnAsync(CancellationToken stop)
    {
        while (true)
        {
            if (Volatile.Read(ref _connections) is var connections && connections != _read)
            {
                if (!await ReadAsync(stop))
                {
                    return false;
                }

                _read = connections;
            }
            else if (_read == 0)
            {
                return true; // Never connected yet.
            }
            else if (_patches.Reader.TryRead(out var change))
            {
                TakeInOrder(change.Version, change.Patch);
            }
            else if (!await ReportDueAsync(stop))
            {
                return false;
            }
            else if (Volatile.Read(ref _connections) == _read && !_patches.Reader.TryPeek(out _) && ReferenceEquals(Volatile.Read(ref _newest), _said))
            {
                return true;
            }
        }
    }

    private async Task<bool> ReadAsync(CancellationToken stop)
    {
        while (_patches.Reader.TryRead(out _))
        {
            // Whatever came before the question is in its answer.
        }

        var answer = await _requests.AskAsync(Get, default, stop);
        if (!answer.IsSuccess || answer.Body?["desired"] is not JsonObject desired || VersionOf(desired) is not { } version)
        {
            SayFailed("read", answer);
            return false;
        }

        var mine = answer.Body["reported"] as JsonObject ?? [];
        _reported = new JsonObject(mine.Where(property => property.Key == StatusName || TwinSettings.IsAnswer(property.Value))
            .Select(property => KeyValuePair.Create(property.Key, property.Value?.DeepClone())));
        var wanted = desired.DeepClone().AsObject();
        Apply(wanted, version, isNews: version != _version || !JsonNode.DeepEquals(wanted, _desired));
        return true;
    }

    private void TakeInOrder(long version, JsonObject patch)
    {
        if (version <= _version)
        {
            return; // In what was read already.
        }

        if (version > _version + 1)
        {
            Interlocked.Increment(ref _connections);
            return;
        }

        var wanted = _desired.DeepClone().AsObject();
        MergePatch.Apply(wanted, patch);
        Apply(wanted, version, isNews: true);
    }

    private void Apply(JsonObject desired, long version, bool isNews)
    {
        (_desired, _version) = (desired, version);
        if (isNews && Configure is { } configure)
        {
            configure(TwinSettings.Message(desired, version));
        }

        _answers = TwinSettings.Acknowledge(desired, version, _options.InForce());
    }

    private async Task<bool> ReportDueAsync(CancellationToken stop)
    {
        var newest = Volatile.Read(ref _newest);
        var whole = _answers.DeepClone().AsObject();
        if (newest?.Status is { } status)
        {
            // The card of the model is the largest part, and nobody who has the model needs it here.
            var shown = status with { Model = status.Model is { Version: var model } ? new ModelStatus(model) : null };
            whole[StatusName] = JsonSerializer.SerializeToNode(shown, ContractJson.Default.TruckStatus);
        }

        var patch = MergePatch.Between(_reported, whole);
        if (patch.Count > 0)
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(patch, NodeJson.Default.JsonObject);
            var answer = body.Length <= MaxReportedBytes ? await _requests.AskAsync(Patch, body, stop) : new TwinAnswer(413, null);
            if (!answer.IsSuccess)
            {
                SayFailed("report", answer);
                if (answer.IsTransient)
                {
                    return false;
                }
            }

            _reported = whole; // Refused for good: the same again would be refused again.
        }

        _said = newest;
        newest?.Arrived.TrySetResult();
        return true;
    }

    private void SayFailed(string what, TwinAnswer answer)
    {
        if (_failures == 0)
        {
            IotHubLog.TwinFailed(_logger, what, answer.Status, answer.Status == 0 ? "no answer in time" : answer.Body?.ToJsonString() ?? "no reason given");
        }
    }

    private TimeSpan Backoff() => (FirstRetry * Math.Pow(2, Math.Min(_failures, 10)) is var wait && wait < LastRetry ? wait : LastRetry) * (0.75 + (_jitter() / 2));

    private static long? VersionOf(JsonObject properties) =>
        properties[VersionName] is JsonValue value && value.TryGetValue<long>(out var version) ? version : null;

    private void Wake() => _wake.Writer.TryWrite(true);

    private async Task WaitAsync(TimeSpan longest, CancellationToken stop)
    {
        if (longest != Timeout.InfiniteTimeSpan)
        {
            await Task.Delay(longest, _time, stop); // Throttled: news wait as well.
            return;
        }

        await _wake.Reader.WaitToReadAsync(stop);
        _wake.Reader.TryRead(out _);
    }

    /// <summary>A status on its way.</summary>
    private sealed record Saying(TruckStatus Status)
    {
        public TaskCompletionSource Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
