using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.IotHub.Access;
using CleanStreets.Edge.IotHub.Twin;
using CleanStreets.Edge.Publish;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.IotHub;

/// <summary>The connection of one device to one hub: telemetry, twin, direct methods, messages of the city, and tokens that end.</summary>
/// <remarks>
/// The client below reconnects by itself and asks for a new token each time. A token is renewed while 15 % of its life are left, by a reconnect between two batches; if that comes too late the hub
/// drops the link, and nothing is lost either.
/// </remarks>
internal sealed class HubConnection : IAsyncDisposable
{
    public const int TriesBeforeReassignment = 3;
    private const string JsonEncoding = "utf-8";

    private static readonly TimeSpan RenewalRetry = TimeSpan.FromSeconds(5);

    private readonly HubIdentity _identity;
    private readonly bool _mayBelongElsewhere;
    private readonly HubOptions _options;
    private readonly LinkHandlers _handlers;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ServerClock _clock;
    private readonly HubTokens _tokens;
    private readonly MqttClient _client;
    private readonly DeviceTwin _twin;
    private readonly DirectMethods _methods;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly SemaphoreSlim _refusals = new(0);
    private readonly TaskCompletionSource _unwanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _refused;
    private volatile bool _isRenewing;
    private volatile bool _isUp;
    private int _triesRefused;

    /// <param name="identity">The device and the hub.</param>
    /// <param name="mayBelongElsewhere">Whether another hub may be ours when this one goes on refusing us.</param>
    /// <param name="will">What the hub is to say when the device is gone without a word.</param>
    /// <param name="options">How the hub is spoken to.</param>
    /// <param name="handlers">Who hears what comes from the city.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">For the log.</param>
    public HubConnection(HubIdentity identity, bool mayBelongElsewhere, TruckStatus will, HubOptions options, LinkHandlers handlers, TimeProvider time, ILoggerFactory loggers)
    {
        (_identity, _mayBelongElsewhere, _options, _handlers, _time, _logger) = (identity, mayBelongElsewhere, options, handlers, time, loggers.CreateLogger<HubConnection>());
        _clock = new ServerClock(options.Endpoint with { Host = identity.Host }, time);
        _tokens = new HubTokens(identity.UserName, identity.Resource, policy: null, options.Secret, options.TokenLife, _clock, time);
        _client = new MqttClient(
            options.Connection(identity) with { Credentials = CredentialsAsync, Will = StatusMessage(will) }, time, loggers.CreateLogger<MqttClient>());
        _client.ConnectionChanged += OnConnectionChanged;
        _twin = new DeviceTwin(options, PublishRequestAsync, time, _logger) { Configure = handlers.Settings };
        _methods = new DirectMethods(options.Commands, async (message, token) => await _client.PublishAsync(message, token), _logger);
    }

    /// <summary>Whether there is a link; a renewal of the token does not count as an interruption. Any thread.</summary>
    public bool IsUp => _isUp;

    /// <summary>Connects and stays so until stopped, or until the hub has refused us so often that we may belong elsewhere.</summary>
    /// <returns>False: the hub does not want us.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        // The hub takes five filters of a device, and these only.
        await _client.SubscribeAsync(HubIdentity.TwinAnswers + "#", QualityOfService.AtMostOnce, (message, _) => TakeTwin(message), stop);
        await _client.SubscribeAsync(HubIdentity.DesiredPatches + "#", QualityOfService.AtMostOnce, (message, _) => TakeTwin(message), stop);
        await _client.SubscribeAsync(HubIdentity.Methods + "#", QualityOfService.AtMostOnce, (message, _) => TakeMethod(message), stop);
        await _client.SubscribeAsync(_identity.DeviceBound + "#", QualityOfService.AtLeastOnce, (message, _) => TakeMessageAsync(message), stop);
        await _client.StartAsync(stop);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] loops = [_twin.RunAsync(ending.Token), _methods.RunAsync(ending.Token), RenewAsync(ending.Token), LookAtRefusalsAsync(ending.Token), _unwanted.Task];
        var first = await Task.WhenAny(loops);
        await ending.CancelAsync();
        if (first.IsFaulted)
        {
            await first; // A bug in one of them must not leave the others alone.
        }

        return first != _unwanted.Task || stop.IsCancellationRequested;
    }

    /// <summary>Sends a batch; with a PUBACK the hub has it for good.</summary>
    public async ValueTask<SendResult> SendAsync(EncodedBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Payload.Length > HubOptions.MaxMessageBytes)
        {
            IotHubLog.TooLarge(_logger, batch.Payload.Length, HubOptions.MaxMessageBytes);
            return SendResult.Refused($"a batch of {batch.Payload.Length} bytes is more than the hub takes");
        }

        (string, string)[] properties = batch.Format == ReadingFormat.Json
            ? [("$.mid", batch.Id), ("$.ct", ReadingLimits.JsonContentType), ("$.ce", JsonEncoding)] // Without both, routes cannot look inside.
            : [("$.mid", batch.Id), ("$.ct", ReadingLimits.ProtobufContentType)];
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _client.PublishAsync(
                new MqttMessage { Topic = _identity.Events(PropertyBag.Write(properties)), Payload = batch.Payload, QualityOfService = QualityOfService.AtLeastOnce },
                cancellationToken);
        }
        finally
        {
            _sending.Release();
        }

        return _options.AcceptedIsStored ? SendResult.Stored : SendResult.Taken;
    }

    /// <summary>Reports how the truck is, soon.</summary>
    public void Say(TruckStatus status) => _twin.Report(status);

    /// <summary>Waits for the last report and closes the link with a DISCONNECT.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_client.IsConnected)
        {
            await _twin.SaidAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _client.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        _sending.Dispose();
        _refusals.Dispose();
    }

    private ValueTask<MqttCredentials> CredentialsAsync(CancellationToken cancellationToken)
    {
        if (_mayBelongElsewhere && _refused is not null && ++_triesRefused == TriesBeforeReassignment)
        {
            _unwanted.TrySetResult();
        }

        return ValueTask.FromResult(_tokens.Next());
    }

    private void OnConnectionChanged(MqttConnectionChange change)
    {
        if (change.Connected)
        {
            (_refused, _triesRefused, _isRenewing, _isUp) = (null, 0, false, true);
            _twin.Connected();
            _handlers.Changed(new LinkChange(IsUp: true, change.Detail));
            return;
        }

        _twin.Disconnected();
        if (_isRenewing)
        {
            _isRenewing = false;
            return; // Back in a moment; if not, the next change says so.
        }

        _isUp = false;
        if (change.Reason is MqttReasonCode.NotAuthorized or MqttReasonCode.BadUserNameOrPassword)
        {
            _refused = change.Detail;
            _refusals.Release();
        }

        _handlers.Changed(new LinkChange(IsUp: false, change.Detail));
    }

    /// <summary>A refusal may be the clock's fault: then the hub's own time helps at once. Otherwise the client waits its long pause.</summary>
    private async Task LookAtRefusalsAsync(CancellationToken stop)
    {
        while (true)
        {
            await _refusals.WaitAsync(stop);
            var detail = _refused ?? "refused";
            var before = _clock.Ahead;
            var ahead = _options.Secret.Key is null ? null : await _clock.AskAsync(stop);
            if (ahead is { } difference && (_clock.Ahead - before).Duration() >= ServerClock.Tolerance)
            {
                IotHubLog.RefusedByClock(_logger, _identity.Host, _identity.DeviceId, detail, difference.TotalSeconds);
                await ReconnectAsync(stop);
                if (_client.IsConnected)
                {
                    continue;
                }
            }

            IotHubLog.Refused(_logger, _identity.Host, _identity.DeviceId, detail, ahead is null ? "its clock was not compared" : "the clock is not the reason");
        }
    }

    private async Task RenewAsync(CancellationToken stop)
    {
        while (_tokens.UntilRenewal is { } wait)
        {
            if (wait > TimeSpan.Zero || !_client.IsConnected)
            {
                await Task.Delay(wait > TimeSpan.Zero ? wait : RenewalRetry, _time, stop);
                continue;
            }

            await _sending.WaitAsync(stop);
            try
            {
                _isRenewing = true;
                await ReconnectAsync(stop);
            }
            finally
            {
                _isRenewing = false;
                _sending.Release();
            }
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, _time, stop);
    }

    /// <summary>Connects anew; waits no longer than a slow connection takes, because the client goes on trying alone.</summary>
    private async Task ReconnectAsync(CancellationToken stop)
    {
        try
        {
            await _client.ReconnectAsync(stop).WaitAsync(_options.AnswerPatience, _time, stop);
        }
        catch (TimeoutException)
        {
            // It goes on trying.
        }
    }

    private async ValueTask PublishRequestAsync(string topic, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        await _client.PublishAsync(new MqttMessage { Topic = topic, Payload = body }, cancellationToken);

    private ValueTask TakeTwin(MqttMessage message)
    {
        if (message.Topic.StartsWith(HubIdentity.TwinAnswers, StringComparison.Ordinal))
        {
            _twin.TakeAnswer(message.Topic[HubIdentity.TwinAnswers.Length..], message.Payload);
        }
        else
        {
            _twin.TakePatch(message.Payload);
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask TakeMethod(MqttMessage message)
    {
        _methods.Take(message.Topic[HubIdentity.Methods.Length..], message.Payload);
        return ValueTask.CompletedTask;
    }

    /// <summary>The city's messages to the device are marks; the hub keeps one until it is acknowledged, so what is not understood is let go.</summary>
    private async ValueTask TakeMessageAsync(MqttMessage message)
    {
        try
        {
            if (JsonSerializer.Deserialize(message.Payload.Span, ContractJson.Default.StoredMarks) is { Sessions: not null } marks)
            {
                await _handlers.Marks(marks);
                return;
            }

            IotHubLog.UnknownMessage(_logger, _identity.DeviceId, "it holds no marks");
        }
        catch (JsonException ex)
        {
            IotHubLog.UnknownMessage(_logger, _identity.DeviceId, ex.Message);
        }
    }

    /// <summary>Only for the will: it arrives as telemetry that says <c>iothub-MessageType=Will</c>.</summary>
    private MqttMessage StatusMessage(TruckStatus status) => new()
    {
        Topic = _identity.Events(PropertyBag.Write(("$.ct", ReadingLimits.JsonContentType), ("$.ce", JsonEncoding))),
        Payload = JsonSerializer.SerializeToUtf8Bytes(status, ContractJson.Default.TruckStatus),
        QualityOfService = QualityOfService.AtLeastOnce,
    };
}
