using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using CleanStreets.Edge.IotHub.Access;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.IotHub.Provisioning;

/// <summary>Asks the Device Provisioning Service which hub a device belongs to, over MQTT.</summary>
/// <remarks>
/// Register, then ask for the operation's state as often as <c>retry-after</c> says, until it is assigned. 429 and 5xx are waited out the same way. A link of its own, closed afterwards.
/// </remarks>
internal sealed class ProvisioningClient(ProvisioningOptions options, TimeProvider time, ILoggerFactory loggers)
{
    private const string ApiVersion = "2019-03-31", Policy = "registration", Answers = "$dps/registrations/res/";
    private const int MaxQuestions = 60, MaxAnswers = 16;

    private static readonly TimeSpan TokenLife = TimeSpan.FromDays(1), ShortestWait = TimeSpan.FromSeconds(2);

    private readonly ServerClock _clock = new(options.Endpoint, time);
    private int _asked;

    /// <summary>Asks.</summary>
    /// <exception cref="ProvisioningException">It refused, failed, or does not answer.</exception>
    public async Task<HubIdentity> RegisterAsync(CancellationToken stop)
    {
        try
        {
            return await TryRegisterAsync(stop);
        }
        catch (RefusedException refused)
        {
            // A token is as good as the clock that dates it.
            if (options.Secret.Key is not null && await _clock.AskAsync(stop) is { } ahead && ahead.Duration() >= ServerClock.Tolerance)
            {
                try
                {
                    return await TryRegisterAsync(stop);
                }
                catch (RefusedException)
                {
                    // It was not the clock, or not alone.
                }
            }

            throw new ProvisioningException($"{refused.Message} Check idScope, registrationId and the key or certificate.", refused);
        }
    }

    private async Task<HubIdentity> TryRegisterAsync(CancellationToken stop)
    {
        var tokens = new HubTokens(
            $"{options.IdScope}/registrations/{options.RegistrationId}/api-version={ApiVersion}", $"{options.IdScope}/registrations/{options.RegistrationId}", Policy, options.Secret, TokenLife, _clock, time);
        var connection = options.Endpoint.Connection(options.Secret) with
        {
            ClientId = options.RegistrationId,
            CleanStart = true,
            Credentials = _ => ValueTask.FromResult(tokens.Next()),
        };
        var answers = Channel.CreateBounded<MqttMessage>(new BoundedChannelOptions(MaxAnswers) { FullMode = BoundedChannelFullMode.DropOldest });
        var refused = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var lastSaid = "no answer";
        await using var client = new MqttClient(connection, time, loggers.CreateLogger<MqttClient>());
        client.ConnectionChanged += change =>
        {
            if (!change.Connected)
            {
                Volatile.Write(ref lastSaid, change.Detail);
                if (change.Reason is MqttReasonCode.NotAuthorized or MqttReasonCode.BadUserNameOrPassword)
                {
                    refused.TrySetResult(change.Detail);
                }
            }
        };
        await client.SubscribeAsync(Answers + "#", QualityOfService.AtLeastOnce, (message, _) =>
        {
            answers.Writer.TryWrite(message);
            return ValueTask.CompletedTask;
        }, stop);
        await client.StartAsync(stop);
        try
        {
            if (await Task.WhenAny(client.WaitConnectedAsync(stop), refused.Task).WaitAsync(options.Patience, time, stop) == refused.Task)
            {
                throw new RefusedException(await refused.Task);
            }

            return await AskUntilAssignedAsync(client, answers.Reader, stop);
        }
        catch (Exception ex) when (ex is TimeoutException or MqttLinkLostException)
        {
            throw new ProvisioningException($"{options.Endpoint.Host} does not answer ({Volatile.Read(ref lastSaid)}).", ex);
        }
    }

    private async Task<HubIdentity> AskUntilAssignedAsync(MqttClient client, ChannelReader<MqttMessage> answers, CancellationToken stop)
    {
        string? operation = null;
        for (var i = 0; i < MaxQuestions; i++)
        {
            var (status, wait, state) = operation is null
                ? await AskAsync(client, answers, "PUT/iotdps-register/?$rid={0}", RegistrationBody(), stop)
                : await AskAsync(client, answers, "GET/iotdps-get-operationstatus/?$rid={0}&operationId=" + operation, default, stop);
            operation = state?.OperationId ?? operation;
            switch (status)
            {
                case 200 when state?.Status == "assigned":
                    return Assigned(state);
                case 200 when state?.Status is not ("assigning" or "unassigned"):
                    throw new ProvisioningException($"it says '{state?.Status}'{Why(state)}.");
                case 429 or >= 500 or (>= 200 and < 300):
                    await Task.Delay(wait > ShortestWait ? wait : ShortestWait, time, stop);
                    break;
                default:
                    throw new ProvisioningException($"it says {status}{Why(state)}.");
            }
        }

        throw new ProvisioningException("it goes on assigning without an end.");
    }

    private async Task<(int Status, TimeSpan Wait, OperationState? State)> AskAsync(
        MqttClient client, ChannelReader<MqttMessage> answers, string question, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        var request = (++_asked).ToString("x", CultureInfo.InvariantCulture);
        await client.PublishAsync(
            new MqttMessage
            {
                Topic = "$dps/registrations/" + question.Replace("{0}", request, StringComparison.Ordinal),
                Payload = body,
                QualityOfService = QualityOfService.AtLeastOnce,
            },
            stop);
        while (await answers.WaitToReadAsync(stop).AsTask().WaitAsync(options.Patience, time, stop))
        {
            // $dps/registrations/res/202/?$rid=1&retry-after=3
            if (answers.TryRead(out var answer) && answer.Topic[Answers.Length..].Split('/', 2) is [var code, var bag]
                && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && PropertyBag.Read(bag) is var properties
                && properties.GetValueOrDefault("$rid") == request)
            {
                var wait = int.TryParse(properties.GetValueOrDefault("retry-after"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : default;
                return (status, wait, ReadState(answer.Payload));
            }
        }

        throw new TimeoutException();
    }

    private byte[] RegistrationBody() => JsonSerializer.SerializeToUtf8Bytes(new Registration(options.RegistrationId), ProvisioningJson.Default.Registration);

    private HubIdentity Assigned(OperationState state) =>
        state.RegistrationState is not { AssignedHub: { Length: > 0 } hub, DeviceId: { Length: > 0 } device }
            ? throw new ProvisioningException("it says 'assigned' without a hub.")
            : device != options.DeviceId
                ? throw new ProvisioningException($"it makes this box device '{device}', and the truck is '{options.DeviceId}': the hub would vouch for another than the readings name, and they would be quarantined. Set the device id of the enrollment to the truck's.")
                : new HubIdentity(hub.ToLowerInvariant(), device);

    private static string Why(OperationState? state) =>
        (state?.RegistrationState?.ErrorMessage ?? state?.Message) is { Length: > 0 } said ? $" ({said.TrimEnd('.')})" : "";

    private static OperationState? ReadState(ReadOnlyMemory<byte> body)
    {
        try
        {
            return body.IsEmpty ? null : JsonSerializer.Deserialize(body.Span, ProvisioningJson.Default.OperationState);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The service knows nobody of this name with this proof.</summary>
    private sealed class RefusedException(string message) : Exception(message);
}

/// <summary>What a device says of itself.</summary>
internal sealed record Registration(string RegistrationId);

/// <summary>What the service answers; an error has only <c>message</c>.</summary>
internal sealed record OperationState
{
    public string? OperationId { get; init; }

    public string? Status { get; init; }

    public string? Message { get; init; }

    public RegistrationState? RegistrationState { get; init; }
}

/// <summary>What became of a registration.</summary>
internal sealed record RegistrationState
{
    public string? AssignedHub { get; init; }

    public string? DeviceId { get; init; }

    public string? ErrorMessage { get; init; }
}

/// <summary>The JSON of the service, and of the file that keeps what it said.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Registration))]
[JsonSerializable(typeof(OperationState))]
[JsonSerializable(typeof(KeptAssignment))]
internal sealed partial class ProvisioningJson : JsonSerializerContext;
