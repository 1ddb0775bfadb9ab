using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Serialization;

namespace CleanStreets.Launcher.Demo;

/// <summary>An order as far as a crew's phone needs it.</summary>
internal sealed record CrewOrder(string OrderId, string? SegmentName, string SegmentId, string State, string? CrewId, string? LetterThen, DateTimeOffset? VerifiedAt);

internal sealed record CrewOrders(IReadOnlyList<CrewOrder> Orders);

internal sealed record CrewEvent(string Kind, string? Outcome = null, string? Note = null);

internal sealed record Login(string User, string Password);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CrewOrders))]
[JsonSerializable(typeof(CrewOrder))]
[JsonSerializable(typeof(CrewEvent))]
[JsonSerializable(typeof(Login))]
internal sealed partial class DashboardJson : JsonSerializerContext;

/// <summary>The dashboard's HTTP surface as a crew's phone uses it; nothing here that a person could not do.</summary>
internal sealed class DashboardClient : IDisposable
{
    private readonly HttpClient _http;

    public DashboardClient(Uri address)
    {
        _http = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }, disposeHandler: true) { BaseAddress = address };
        _http.DefaultRequestHeaders.Add("Origin", address.GetLeftPart(UriPartial.Authority));
    }

    public async Task LogInAsync(string user, string password, CancellationToken cancellationToken)
    {
        using var answer = await _http.PostAsJsonAsync("/api/session", new Login(user, password), DashboardJson.Default.Login, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public async Task<IReadOnlyList<CrewOrder>> OrdersAsync(CancellationToken cancellationToken) =>
        (await _http.GetFromJsonAsync("/api/work-orders", DashboardJson.Default.CrewOrders, cancellationToken))!.Orders;

    public async Task<CrewOrder> OrderAsync(string orderId, CancellationToken cancellationToken) =>
        (await _http.GetFromJsonAsync($"/api/work-orders/{orderId}", DashboardJson.Default.CrewOrder, cancellationToken))!;

    /// <summary>Records one event of an order; the id makes a repeated call harmless.</summary>
    public async Task RecordAsync(string orderId, CrewEvent happened, CancellationToken cancellationToken)
    {
        using var answer = await _http.PutAsJsonAsync($"/api/work-orders/{orderId}/events/{Guid.NewGuid()}", happened, DashboardJson.Default.CrewEvent, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public void Dispose() => _http.Dispose();
}
