using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Dashboard.Map;

namespace CleanStreets.Dashboard.Ingest;

/// <summary>An answer of ingest, or the sentence that says why there is none.</summary>
/// <param name="Value">The answer; null when there is none.</param>
/// <param name="Problem">Why there is none.</param>
/// <param name="IsRefusal">Ingest has answered, and refuses.</param>
internal readonly record struct Answer<T>(T? Value, string? Problem, bool IsRefusal = false)
    where T : class;

/// <summary>Asks ingest's read API. Never throws for what the other side does: an answer says what was wrong.</summary>
internal sealed partial class ReadApiClient(DashboardOptions options) : IDisposable
{
    private static readonly TimeSpan DecisionPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StreetsPatience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        BaseAddress = options.ReadApi,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public Task<Answer<IngestStatus>> StatusAsync(CancellationToken cancellation) =>
        GetAsync(ReadApiPaths.Status, ContractJson.Default.IngestStatus, cancellation);

    public Task<Answer<QuarantineReport>> QuarantineAsync(int limit, CancellationToken cancellation) =>
        GetAsync($"{ReadApiPaths.Quarantine}?limit={limit}", ContractJson.Default.QuarantineReport, cancellation);

    public Task<Answer<QuarantinePage>> QuarantinePageAsync(string? reason, string? truckId, string? before, int limit, CancellationToken cancellation) =>
        GetAsync(
            $"{ReadApiPaths.QuarantineItems}?limit={limit}&reason={Escape(reason)}&truckId={Escape(truckId)}&before={Escape(before)}",
            ContractJson.Default.QuarantinePage,
            cancellation);

    public Task<Answer<QuarantineDetail>> QuarantineDetailAsync(string id, CancellationToken cancellation) =>
        GetAsync(PathOf(ReadApiPaths.QuarantineItem, id), ContractJson.Default.QuarantineDetail, cancellation);

    /// <summary>The payload as it came; null when ingest does not have it, or does not answer.</summary>
    public async Task<byte[]?> QuarantinePayloadAsync(string id, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(options.ReadApiPatience);
        try
        {
            using var response = await _http.GetAsync(PathOf(ReadApiPaths.QuarantinePayload, id), patience.Token);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsByteArrayAsync(patience.Token) : null;
        }
        catch (Exception ex) when (IsTheirs(ex, cancellation))
        {
            return null;
        }
    }

    /// <summary>Sends a decision and waits until it is on ingest's disk.</summary>
    public async Task<Answer<IReadOnlyList<QuarantineReleaseResult>>> ReleaseAsync(QuarantineRelease decision, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(DecisionPatience);
        try
        {
            using var response = await _http.PostAsJsonAsync(ReadApiPaths.QuarantineRelease, decision, ContractJson.Default.QuarantineRelease, patience.Token);
            if (!response.IsSuccessStatusCode)
            {
                return new Answer<IReadOnlyList<QuarantineReleaseResult>>(null, $"Ingest answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(patience.Token)}");
            }

            return new Answer<IReadOnlyList<QuarantineReleaseResult>>(
                await response.Content.ReadFromJsonAsync(ContractJson.Default.IReadOnlyListQuarantineReleaseResult, patience.Token), "Ingest answered nothing.");
        }
        catch (Exception ex) when (IsTheirs(ex, cancellation))
        {
            return new Answer<IReadOnlyList<QuarantineReleaseResult>>(null, Sentence(ex));
        }
    }

    public Task<Answer<QuarantineMappingList>> MappingsAsync(CancellationToken cancellation) =>
        GetAsync(ReadApiPaths.QuarantineMappings, ContractJson.Default.QuarantineMappingList, cancellation);

    /// <summary>What a mapping would do; changes nothing.</summary>
    public Task<Answer<QuarantineMappingTrial>> TryAsync(QuarantineMapping mapping, CancellationToken cancellation) =>
        DecideAsync(() => new HttpRequestMessage(HttpMethod.Post, ReadApiPaths.QuarantineMappingTrial) { Content = JsonContent.Create(mapping, ContractJson.Default.QuarantineMapping) }, ContractJson.Default.QuarantineMappingTrial, cancellation);

    /// <summary>Keeps a mapping and releases what waits for it; waits until both are on ingest's disk.</summary>
    public Task<Answer<QuarantineMappingAdded>> KeepAsync(QuarantineMapping mapping, CancellationToken cancellation) =>
        DecideAsync(() => new HttpRequestMessage(HttpMethod.Post, ReadApiPaths.QuarantineMappings) { Content = JsonContent.Create(mapping, ContractJson.Default.QuarantineMapping) }, ContractJson.Default.QuarantineMappingAdded, cancellation);

    /// <summary>Removes a mapping; the answer has no value, and a problem when it could not be.</summary>
    public Task<Answer<object>> RemoveMappingAsync(string id, string by, CancellationToken cancellation) =>
        DecideAsync<object>(() => new HttpRequestMessage(HttpMethod.Delete, $"{PathOf(ReadApiPaths.QuarantineMapping, id)}?by={Escape(by)}"), null, cancellation);

    /// <summary>Sends something that ingest decides on, and gives its sentence when it refuses.</summary>
    private async Task<Answer<T>> DecideAsync<T>(Func<HttpRequestMessage> make, JsonTypeInfo<T>? type, CancellationToken cancellation)
        where T : class
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(DecisionPatience);
        try
        {
            using var request = make();
            using var response = await _http.SendAsync(request, patience.Token);
            if (response.IsSuccessStatusCode)
            {
                return type is null ? new Answer<T>(null, null) : new Answer<T>(await response.Content.ReadFromJsonAsync(type, patience.Token), "Ingest answered nothing.");
            }

            using var problem = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(patience.Token));
            return new Answer<T>(null, problem.RootElement.ValueKind == JsonValueKind.Object && problem.RootElement.TryGetProperty("detail", out var detail) && detail.GetString() is { } sentence
                ? sentence
                : $"Ingest answered {(int)response.StatusCode}.", IsRefusal: true);
        }
        catch (Exception ex) when (IsTheirs(ex, cancellation))
        {
            return new Answer<T>(null, Sentence(ex));
        }
    }

    public Task<Answer<IReadOnlyList<PendingConfirmation>>> ConfirmationsAsync(CancellationToken cancellation) =>
        GetAsync(ReadApiPaths.Confirmations, ContractJson.Default.IReadOnlyListPendingConfirmation, cancellation);

    public Task<Answer<IReadOnlyList<ScorePoint>>> HistoryAsync(SegmentId segment, DateTimeOffset from, CancellationToken cancellation) =>
        GetAsync($"{PathOf(ReadApiPaths.History, segment)}?from={Text(from)}&limit=500", ContractJson.Default.IReadOnlyListScorePoint, cancellation);

    public Task<Answer<IReadOnlyList<PassSummary>>> PassesAsync(SegmentId segment, DateTimeOffset? since, int limit, CancellationToken cancellation) =>
        GetAsync(
            $"{PathOf(ReadApiPaths.Passes, segment)}?limit={limit}{(since is { } at ? $"&since={Text(at)}" : string.Empty)}",
            ContractJson.Default.IReadOnlyListPassSummary,
            cancellation);

    /// <summary>What numbers were made with; an ingest of before knows no answer.</summary>
    public Task<Answer<MeasureHistory>> MeasureAsync(CancellationToken cancellation) =>
        GetAsync(ReadApiPaths.Measure, ContractJson.Default.MeasureHistory, cancellation);

    /// <summary>Closed periods of the districts, the oldest first.</summary>
    public Task<Answer<IReadOnlyList<AreaReport>>> ClosedAreasAsync(CancellationToken cancellation) =>
        GetAsync(ReadApiPaths.ClosedPeriods, ContractJson.Default.IReadOnlyListAreaReport, cancellation);

    /// <summary>Why a street has its grade.</summary>
    /// <param name="segment">The street.</param>
    /// <param name="asOf">The moment; null: that of its score.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<Answer<ScoreExplanation>> ExplainAsync(SegmentId segment, DateTimeOffset? asOf, CancellationToken cancellation) =>
        GetAsync($"{PathOf(ReadApiPaths.Explain, segment)}{(asOf is { } at ? $"?asOf={Text(at)}" : string.Empty)}", ContractJson.Default.ScoreExplanation, cancellation);

    /// <summary>The whole street network.</summary>
    public async Task<Answer<StreetMap>> StreetsAsync(CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(StreetsPatience);
        try
        {
            using var response = await _http.GetAsync(ReadApiPaths.Streets, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (!response.IsSuccessStatusCode || response.Headers.ETag is not { } tag)
            {
                return new Answer<StreetMap>(null, $"Ingest answered {(int)response.StatusCode} to a question about the streets.");
            }

            await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
            return new Answer<StreetMap>(await StreetGeoJson.ReadAsync(body, tag.Tag.Trim('"'), patience.Token), null);
        }
        catch (Exception ex) when (IsTheirs(ex, cancellation))
        {
            return new Answer<StreetMap>(null, Sentence(ex));
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<Answer<T>> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(options.ReadApiPatience);
        try
        {
            using var response = await _http.GetAsync(path, patience.Token);
            if (!response.IsSuccessStatusCode)
            {
                return new Answer<T>(null, $"Ingest answered {(int)response.StatusCode}.");
            }

            await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
            var value = await JsonSerializer.DeserializeAsync(body, type, patience.Token);
            return new Answer<T>(value, value is null ? "Ingest answered nothing." : null);
        }
        catch (Exception ex) when (IsTheirs(ex, cancellation))
        {
            return new Answer<T>(null, Sentence(ex));
        }
    }

    private static bool IsTheirs(Exception ex, CancellationToken ours) =>
        ex is HttpRequestException or IOException or JsonException or FormatException || (ex is OperationCanceledException && !ours.IsCancellationRequested);

    private string Sentence(Exception ex) => ex switch
    {
        OperationCanceledException => "Ingest did not answer in time.",
        JsonException => "Ingest's answer could not be read.",
        HttpRequestException => $"Ingest cannot be reached at {options.ReadApi.Authority}.",
        _ => ex.Message,
    };

    private static string PathOf(string template, SegmentId segment) => template.Replace("{segmentId}", segment.Value, StringComparison.Ordinal);

    private static string PathOf(string template, string id) => template.Replace("{id}", Escape(id), StringComparison.Ordinal);

    private static string Escape(string? text) => Uri.EscapeDataString(text ?? string.Empty);

    private static string Text(DateTimeOffset at) => Uri.EscapeDataString(at.UtcDateTime.ToString("O"));
}
