using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;

namespace CleanStreets.Dashboard.Ingest;

/// <content>Questions about areas, which take ingest longer than others.</content>
internal sealed partial class ReadApiClient
{
    private static readonly TimeSpan AreasPatience = TimeSpan.FromSeconds(60);

    /// <summary>Every area of the layer, over a period or now; without a report, ingest's status (0: no answer) and its sentence.</summary>
    public Task<(AreaReport? Report, int Status, string? Problem)> AreasAsync((DateTimeOffset? From, DateTimeOffset? To) period, CancellationToken cancellation) =>
        AskAsync(
            new HttpRequestMessage(HttpMethod.Get, period is { From: { } from, To: { } to } ? $"{ReadApiPaths.Areas}?from={Text(from)}&to={Text(to)}" : ReadApiPaths.Areas),
            cancellation);

    /// <summary>One area or zone.</summary>
    public Task<(AreaReport? Report, int Status, string? Problem)> AreaAsync(AreaQuestion question, CancellationToken cancellation) => AskAsync(
        new HttpRequestMessage(HttpMethod.Post, ReadApiPaths.AreaIndex) { Content = JsonContent.Create(question, ContractJson.Default.AreaQuestion) }, cancellation);

    /// <summary>The layer's outlines; null when ingest does not answer.</summary>
    public async Task<byte[]?> AreaOutlinesAsync(CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(options.ReadApiPatience);
        try
        {
            using var response = await _http.GetAsync(ReadApiPaths.AreaOutlines, patience.Token);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsByteArrayAsync(patience.Token) : null;
        }
        catch (Exception ex) when (IsTheirs(ex, cancellation))
        {
            return null;
        }
    }

    private async Task<(AreaReport? Report, int Status, string? Problem)> AskAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(AreasPatience);
        try
        {
            using (request)
            {
                using var response = await _http.SendAsync(request, patience.Token);
                await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
                return response.IsSuccessStatusCode
                    ? (await JsonSerializer.DeserializeAsync(body, ContractJson.Default.AreaReport, patience.Token), 200, "Ingest answered nothing.")
                    : (null, (int)response.StatusCode, await DetailAsync(body, patience.Token));
            }
        }
        catch (Exception ex) when (IsTheirs(ex, cancellation))
        {
            return (null, 0, Sentence(ex));
        }
    }

    private static async Task<string?> DetailAsync(Stream body, CancellationToken cancellation)
    {
        try
        {
            using var problem = await JsonDocument.ParseAsync(body, cancellationToken: cancellation);
            return problem.RootElement.TryGetProperty("detail", out var detail) ? detail.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
