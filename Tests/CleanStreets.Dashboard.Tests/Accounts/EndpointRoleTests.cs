using System.Net;
using System.Net.Http.Json;
using CleanStreets.Dashboard.Tests.Support;
using CleanStreets.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CleanStreets.Dashboard.Tests.Accounts;

/// <summary>Every endpoint with every role. An endpoint that is not in the table fails the test: nothing is forgotten.</summary>
public sealed class EndpointRoleTests
{
    // Columns: nobody, viewer, crew, dispatcher, admin. Y is let in (whatever the answer to nonsense is), - is kept out.
    private static readonly (string Endpoint, string Sample, object? Body, string Allowed)[] Table =
    [
        ("POST /api/session", "/api/session", new { user = "x", password = "y" }, "YYYYY"),
        ("GET /api/session", "/api/session", null, "-YYYY"),
        ("GET /api/session/demo", "/api/session/demo", null, "YYYYY"),
        ("DELETE /api/session", "/api/session", null, "YYYYY"),
        ("GET /api/map/tilejson", "/api/map/tilejson", null, "-YYYY"),
        ("GET /api/map/state", "/api/map/state", null, "-YYYY"),
        ("GET /tiles/{networkVersion}/{z:int}/{x:int}/{y:int}.mvt", "/tiles/v/9/1/1.mvt", null, "-YYYY"),
        ("GET /api/live", "/api/live", null, "-YYYY"),
        ("GET /api/segments", "/api/segments", null, "-YYYY"),
        ("GET /api/segments/{segmentId}", "/api/segments/s-1", null, "-YYYY"),
        ("GET /api/segments/{segmentId}/explanation", "/api/segments/s-1/explanation", null, "-YYYY"),
        ("GET /api/work-orders", "/api/work-orders", null, "-YYYY"),
        ("GET /api/work-orders/{orderId}", "/api/work-orders/W-9999", null, "-YYYY"),
        ("POST /api/work-orders", "/api/work-orders", new { segmentId = "nowhere" }, "---YY"),
        ("PUT /api/work-orders/{orderId}/events/{eventId:guid}", "/api/work-orders/W-9999/events/0190a000-0000-7000-8000-000000000000", new { kind = "accept" }, "--YYY"),
        ("PUT /api/work-orders/{orderId}/trucks/{eventId:guid}", "/api/work-orders/W-9999/trucks/0190a000-0000-7000-8000-000000000000", new { truckId = "truck-1" }, "---YY"),
        ("GET /api/candidates", "/api/candidates", null, "-Y-YY"),
        ("GET /api/confirmations", "/api/confirmations", null, "---YY"),
        ("POST /api/confirmations/{detectionId}", "/api/confirmations/d-1", new { verdict = "maybe" }, "---YY"),
        ("GET /api/evidence/{truckId}/{evidenceId}", "/api/evidence/truck-1/e-1", null, "---YY"),
        ("GET /api/crews", "/api/crews", null, "-Y-YY"),
        ("GET /api/plan", "/api/plan", null, "-Y-YY"),
        ("PUT /api/plan", "/api/plan", new { capacity = -1 }, "---YY"),
        ("GET /api/quarantine", "/api/quarantine", null, "---YY"),
        ("GET /api/quarantine/{id}", "/api/quarantine/1-0", null, "---YY"),
        ("GET /api/quarantine/{id}/payload", "/api/quarantine/1-0/payload", null, "---YY"),
        ("GET /api/quarantine/mappings", "/api/quarantine/mappings", null, "---YY"),
        ("POST /api/quarantine/mappings", "/api/quarantine/mappings", new { }, "---YY"),
        ("POST /api/quarantine/mappings/try", "/api/quarantine/mappings/try", new { }, "---YY"),
        ("DELETE /api/quarantine/mappings/{id}", "/api/quarantine/mappings/m-1", null, "---YY"),
        ("POST /api/quarantine/release", "/api/quarantine/release", new { items = Array.Empty<string>() }, "---YY"),
        ("GET /api/areas", "/api/areas?period=week", null, "-Y-YY"),
        ("GET /api/areas/closed", "/api/areas/closed", null, "-Y-YY"),
        ("GET /api/areas/outlines", "/api/areas/outlines", null, "-Y-YY"),
        ("GET /api/areas/trucks", "/api/areas/trucks?area=Northwest&period=week", null, "-Y-YY"),
        ("POST /api/areas/zone", "/api/areas/zone", new { zone = new[] { new[] { 1.0, 2.0 } }, period = "week" }, "-Y-YY"),
        ("GET /api/trucks", "/api/trucks", null, "-Y-YY"),
        ("GET /api/boxes", "/api/boxes", null, "---YY"),
        ("GET /api/boxes/{deviceId}/events", "/api/boxes/box-1/events", null, "---YY"),
        ("POST /api/boxes/codes", "/api/boxes/codes", new { days = 0 }, "----Y"),
        ("PUT /api/boxes/{deviceId}/truck", "/api/boxes/box-1/truck", new { truckId = "a b" }, "----Y"),
        ("POST /api/boxes/{deviceId}/revocation", "/api/boxes/box-1/revocation", null, "----Y"),
        ("POST /api/boxes/{deviceId}/wipe", "/api/boxes/box-1/wipe", null, "----Y"),
        ("POST /api/boxes/{deviceId}/requests", "/api/boxes/box-1/requests", new { method = "dance" }, "----Y"),
        ("GET /enrol/v1/authority", "/enrol/v1/authority", null, "YYYYY"), // On the door for boxes only; here there is nothing.
        ("POST /enrol/v1/certificate", "/enrol/v1/certificate", new { request = "", code = "" }, "YYYYY"),
        ("POST /enrol/v1/renewal", "/enrol/v1/renewal", new { request = "" }, "YYYYY"),
        ("GET /healthz", "/healthz", null, "YYYYY"),
        ("HEAD /healthz", "/healthz", null, "YYYYY"),
        ("GET /readyz", "/readyz", null, "YYYYY"),
        ("HEAD /readyz", "/readyz", null, "YYYYY"),
        ("GET /api/health", "/api/health", null, "-Y-YY"),
    ];

    [Fact]
    public async Task Every_endpoint_lets_in_exactly_the_roles_of_the_table()
    {
        using var folder = new TemporaryFolder();
        await using var city = await CityStandIn.StartAsync();
        await using var dashboard = await RunningDashboard.StartAsync(city, folder.Path);
        EndpointsOf(dashboard).ShouldBe(Table.Select(row => row.Endpoint).Order(StringComparer.Ordinal), "the table names every endpoint");

        string?[] users = [null, "viewer", "crew-1", "dispatcher", "boss"];
        var surprises = new List<string>();
        for (var i = 0; i < users.Length; i++)
        {
            using var browser = users[i] is { } user ? await dashboard.LogInAsync(user) : dashboard.Stranger();
            foreach (var (endpoint, sample, body, allowed) in Table.OrderBy(row => row.Endpoint == "DELETE /api/session"))
            {
                var status = await AskAsync(browser, endpoint.Split(' ')[0], sample, body);
                var expected = allowed[i] == 'Y' ? "let in" : users[i] is null ? "401" : "403";
                var isWrongLogin = endpoint == "POST /api/session" && status == HttpStatusCode.Unauthorized;
                var got = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden && !isWrongLogin ? $"{(int)status}" : "let in";
                if (got != expected)
                {
                    surprises.Add($"{users[i] ?? "nobody"} {endpoint}: {got}, not {expected}");
                }
            }
        }

        surprises.ShouldBeEmpty();
    }

    private static IEnumerable<string> EndpointsOf(RunningDashboard dashboard) => dashboard.Services.GetRequiredService<EndpointDataSource>().Endpoints
        .OfType<RouteEndpoint>()
        .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText!.TrimEnd('/')}"))
        .Order(StringComparer.Ordinal);

    private static async Task<HttpStatusCode> AskAsync(HttpClient browser, string method, string path, object? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await browser.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.StatusCode;
    }
}
