using System.Globalization;
using System.Threading.Channels;
using CleanStreets.Edge.Publish;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.IotHub;

/// <summary>Direct methods: the hub's way to ask a device something and wait for the answer. Answered by the commands, one after another.</summary>
internal sealed class DirectMethods(TruckCommands commands, Func<MqttMessage, CancellationToken, ValueTask> publish, ILogger logger)
{
    // Somebody waits for each: answers to more would come too late anyway.
    private const int MaxWaiting = 16;

    private readonly Channel<(string Method, string Request, ReadOnlyMemory<byte> Payload)> _waiting =
        Channel.CreateBounded<(string, string, ReadOnlyMemory<byte>)>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    /// <summary>Takes a request: <c>{method}/?$rid={rid}</c>.</summary>
    public void Take(string rest, ReadOnlyMemory<byte> payload)
    {
        if (rest.Split('/', 2) is not [{ Length: > 0 } method, var bag] || Request(bag) is not { } request)
        {
            return; // The hub sends no others.
        }

        if (!_waiting.Writer.TryWrite((Uri.UnescapeDataString(method), request, payload)))
        {
            IotHubLog.TooManyMethods(logger, method);
        }
    }

    /// <summary>Runs until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (await _waiting.Reader.WaitToReadAsync(stop))
        {
            while (_waiting.Reader.TryRead(out var asked))
            {
                var answer = await commands.AskAsync(asked.Method, asked.Payload, stop);
                try
                {
                    await publish(
                        new MqttMessage
                        {
                            Topic = string.Create(CultureInfo.InvariantCulture, $"$iothub/methods/res/{answer.Status}/?$rid={asked.Request}"),
                            Payload = answer.Json,
                            QualityOfService = QualityOfService.AtLeastOnce,
                        },
                        stop);
                }
                catch (MqttLinkLostException)
                {
                    // Whoever asked hears from the hub that we are gone.
                }
            }
        }
    }

    /// <summary>The request's name, exactly as it came: it is the hub's, not a number.</summary>
    private static string? Request(string bag) =>
        bag.TrimStart('?').Split('&').FirstOrDefault(part => part.StartsWith("$rid=", StringComparison.Ordinal))?["$rid=".Length..];
}
