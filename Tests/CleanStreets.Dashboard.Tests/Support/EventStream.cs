using System.Net.ServerSentEvents;
using System.Text.Json;
using CleanStreets.Testing;

namespace CleanStreets.Dashboard.Tests.Support;

/// <summary>A browser's EventSource: reads the stream as it comes.</summary>
internal sealed class EventStream : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _events;
    private readonly CancellationTokenSource _end = new();

    private EventStream(HttpResponseMessage response, Stream stream) =>
        (_response, _events) = (response, SseParser.Create(stream).EnumerateAsync(_end.Token).GetAsyncEnumerator());

    public string? ContentType => _response.Content.Headers.ContentType?.MediaType;

    public static async Task<EventStream> OpenAsync(HttpClient browser, string? lastEventId = null, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/live" + query);
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var response = await browser.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return new EventStream(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event whatever it is; null when the stream ends.</summary>
    public async Task<(string Type, string? Id, JsonElement Data)?> NextAsync() =>
        await _events.MoveNextAsync().AsTask().WaitAsync(Eventually.Patience) ? (_events.Current.EventType, _events.Current.EventId, JsonDocument.Parse(_events.Current.Data).RootElement) : null;

    /// <summary>The next event of a type that fulfils a condition; others are passed over.</summary>
    public async Task<(string Type, string? Id, JsonElement Data)> NextAsync(string type, Func<JsonElement, bool>? wanted = null)
    {
        while (await NextAsync() is { } next)
        {
            if (next.Type == type && (wanted is null || wanted(next.Data)))
            {
                return next;
            }
        }

        throw new EndOfStreamException($"The stream ended before a '{type}'.");
    }

    public void Dispose()
    {
        _end.Cancel();
        _response.Dispose();
        _end.Dispose();
    }
}
