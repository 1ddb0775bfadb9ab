using System.Text;
using Polly;
using Polly.Timeout;

namespace CleanStreets.Ingest.Store.Line;

/// <summary>Asks one server over HTTP: log-in, time-out, circuit breaker, and one sentence when it cannot be asked.</summary>
internal sealed class StoreHttp : IDisposable
{
    /// <summary>A hundred thousand points of history are ten megabytes; more is no answer to what we ask.</summary>
    private const int MostAnswerBytes = 64 << 20;

    private readonly StoreAddress _address;
    private readonly StoreAccess _access;
    private readonly ResiliencePipeline _guard;
    private readonly TimeProvider _time;

    // No redirects: a POST would arrive as a GET, and a log-in could leave for somewhere else.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = System.Net.DecompressionMethods.All })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MostAnswerBytes,
    };

    public StoreHttp(StoreAddress address, StoreAccess access, StoreOptions options, TimeProvider time) =>
        (_address, _access, _guard, _time) = (address, access, StoreRetry.Guard(options, time), time);

    /// <summary>Sends a request and reads the whole answer.</summary>
    /// <exception cref="StoreUnavailableException">No answer.</exception>
    public async Task<T> AskAsync<T>(Func<HttpRequestMessage> request, Func<HttpResponseMessage, string, T> read, CancellationToken cancellationToken)
    {
        try
        {
            return await _guard.ExecuteAsync(
                async token =>
                {
                    using var message = request();
                    message.Headers.Authorization = _access.Authorization();
                    using var answer = await _http.SendAsync(message, token);
                    return read(answer, await answer.Content.ReadAsStringAsync(token));
                },
                cancellationToken);
        }
        catch (TimeoutRejectedException late)
        {
            throw new StoreUnavailableException($"no answer from {_address.Base} within {late.Timeout.TotalSeconds:0.#} s", late);
        }
        catch (HttpRequestException fault)
        {
            throw new StoreUnavailableException($"{_address.Base} cannot be reached: {fault.InnerException?.Message ?? fault.Message}", fault);
        }
    }

    /// <summary>An address on the server.</summary>
    public Uri At(string path, params ReadOnlySpan<(string Key, string Value)> query)
    {
        var text = new StringBuilder(_address.Base.ToString().TrimEnd('/')).Append(path);
        var separator = '?';
        foreach (var (key, value) in query)
        {
            text.Append(separator).Append(key).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return new Uri(text.ToString());
    }

    /// <summary>How long the server asks to be left alone; null when it does not say.</summary>
    public TimeSpan? RetryAfter(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } pause } => pause,
        { Date: { } until } when until > _time.GetUtcNow() => until - _time.GetUtcNow(),
        _ => null,
    };

    public void Dispose() => _http.Dispose();
}
