using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CleanStreets.Mqtt.Client;

namespace CleanStreets.Edge.IotHub.Twin;

/// <summary>What the hub answered to a request about the twin.</summary>
/// <param name="Status">As in HTTP; 0: no answer in time.</param>
/// <param name="Body">JSON; null when there is none.</param>
internal readonly record struct TwinAnswer(int Status, JsonObject? Body)
{
    /// <summary>Done.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Worth asking again later: throttled, or the hub's own trouble, or silence.</summary>
    public bool IsTransient => Status is 0 or 429 or >= 500;
}

/// <summary>Requests that wait for their answer, told apart by <c>$rid</c>.</summary>
internal sealed class TwinRequests(Func<string, ReadOnlyMemory<byte>, CancellationToken, ValueTask> publish, TimeSpan patience, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<TwinAnswer>> _waiting = new(StringComparer.Ordinal);
    private long _last;

    /// <summary>Asks and waits; silence is status 0.</summary>
    public async Task<TwinAnswer> AskAsync(string topic, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var request = Interlocked.Increment(ref _last).ToString("x", CultureInfo.InvariantCulture);
        var answer = new TaskCompletionSource<TwinAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[request] = answer;
        try
        {
            await publish($"{topic}?$rid={request}", body, cancellationToken);
            return await answer.Task.WaitAsync(patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return default;
        }
        finally
        {
            _waiting.TryRemove(request, out _);
        }
    }

    /// <summary>Takes an answer: <c>{status}/?$rid={rid}</c>. One that nobody waits for is let go.</summary>
    public void Take(string rest, ReadOnlyMemory<byte> body)
    {
        if (rest.Split('/', 2) is [var code, var bag] && int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            && PropertyBag.Read(bag).GetValueOrDefault("$rid") is { } request && _waiting.TryGetValue(request, out var waiting))
        {
            waiting.TrySetResult(new TwinAnswer(status, ReadObject(body)));
        }
    }

    /// <summary>The link is gone: no answer will come to what was asked over it.</summary>
    public void Abandon()
    {
        foreach (var waiting in _waiting.Values)
        {
            waiting.TrySetException(new MqttLinkLostException("The link ended before the hub answered."));
        }
    }

    /// <summary>A JSON object; null when it is none.</summary>
    public static JsonObject? ReadObject(ReadOnlyMemory<byte> body)
    {
        try
        {
            return body.IsEmpty ? null : JsonNode.Parse(body.Span) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
