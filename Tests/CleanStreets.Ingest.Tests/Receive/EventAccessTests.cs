using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Receive.Events;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Receive;

public sealed class EventAccessTests
{
    private const string Key = "0123456789abcdef-first";
    private const string OtherKey = "0123456789abcdef-other";

    private static readonly string Body = new JsonArray(EventBodies.Telemetry("truck-1", EventBodies.Readings("truck-1", 1))).ToJsonString();

    [Fact]
    public async Task Without_the_key_nothing_is_taken_and_a_query_string_is_no_place_for_it()
    {
        await using var bench = new IngestBench(EventsTests.Setting("Key", Key));
        await bench.StartAsync();
        foreach (var (key, path) in new[] { (null, EventsApi.Path), (OtherKey, EventsApi.Path), (null, $"{EventsApi.Path}?key={Key}&code={Key}") })
        {
            using var answer = await EventBodies.PostAsync(bench.Http, EventBodies.Batch, Body, key, path);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        (await bench.StatusAsync()).Received.ShouldBe(0);
        using var taken = await EventBodies.PostAsync(bench.Http, EventBodies.Batch, Body, Key);
        taken.StatusCode.ShouldBe(HttpStatusCode.OK);
        bench.Http.DefaultRequestHeaders.Add(EventKeys.KeyHeader, Key);
        using var byHeader = await EventBodies.PostAsync(bench.Http, EventBodies.Batch, Body);
        byHeader.StatusCode.ShouldBe(HttpStatusCode.OK);
        bench.Census().Accepted.ShouldBe(1);
    }

    [Fact]
    public async Task Keys_rotate_without_a_restart()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Combine("keys");
        await File.WriteAllTextAsync(file, Key + "\n");
        await using var bench = new IngestBench(EventsTests.Setting("KeyFile", file));
        await bench.StartAsync();
        await ShouldAnswerAsync(bench, OtherKey, HttpStatusCode.Unauthorized);
        await File.WriteAllTextAsync(file, $"{Key}\n{OtherKey}\n");
        File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddSeconds(1));
        await ShouldAnswerAsync(bench, Key, HttpStatusCode.OK);
        await ShouldAnswerAsync(bench, OtherKey, HttpStatusCode.OK);
        await File.WriteAllTextAsync(file, OtherKey + "\n");
        File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddSeconds(2));
        await ShouldAnswerAsync(bench, Key, HttpStatusCode.Unauthorized);
        File.Delete(file);
        await ShouldAnswerAsync(bench, OtherKey, HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_a_key_only_this_machine_sends_and_a_proxy_is_not_it()
    {
        await using var bench = new IngestBench();
        await bench.StartAsync();
        bench.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        await ShouldAnswerAsync(bench, key: null, HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Event_grid_hears_its_validation_code_without_a_key_and_nothing_else_passes_that_way()
    {
        await using var bench = new IngestBench(EventsTests.Setting("Key", Key));
        await bench.StartAsync();
        var validation = new JsonArray(new JsonObject
        {
            ["id"] = "2d1781af-3a4c-4d7c-bd0c-e34b19da4e66",
            ["topic"] = "/subscriptions/s",
            ["subject"] = "",
            ["data"] = new JsonObject { ["validationCode"] = "512d38b6-c7b8-40c8-89fe-f46f9e9622b6", ["validationUrl"] = "https://example.org/validate" },
            ["eventType"] = "Microsoft.EventGrid.SubscriptionValidationEvent",
            ["eventTime"] = "2026-01-25T22:12:19.4556811Z",
            ["metadataVersion"] = "1",
            ["dataVersion"] = "1",
        }).ToJsonString();
        bench.Http.DefaultRequestHeaders.Add("aeg-event-type", "SubscriptionValidation");
        using var answer = await EventBodies.PostAsync(bench.Http, EventBodies.Grid, validation);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadFromJsonAsync<JsonObject>())!["validationResponse"]!.GetValue<string>().ShouldBe("512d38b6-c7b8-40c8-89fe-f46f9e9622b6");

        await ShouldAnswerAsync(bench, key: null, HttpStatusCode.Unauthorized);
        (await bench.StatusAsync()).Received.ShouldBe(0);
    }

    [Theory]
    [InlineData("eventgrid.azure.net", true)]
    [InlineData("elsewhere.example.org", false)]
    [InlineData(null, false)]
    public async Task Origin_that_is_allowed_hears_consent_to_its_options_request(string? origin, bool allowed)
    {
        await using var bench = new IngestBench(EventsTests.Setting("Key", Key));
        await bench.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, new Uri(EventsApi.Path, UriKind.Relative));
        if (origin is not null)
        {
            request.Headers.Add("WebHook-Request-Origin", origin);
        }

        using var answer = await bench.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.Contains("WebHook-Allowed-Origin").ShouldBe(allowed);
        if (allowed)
        {
            answer.Headers.GetValues("WebHook-Allowed-Origin").ShouldBe([origin!]);
            answer.Headers.GetValues("WebHook-Allowed-Rate").ShouldBe(["*"]);
        }
    }

    [Fact]
    public async Task Address_for_events_serves_nothing_else()
    {
        await using var bench = new IngestBench { Events = new IPEndPoint(IPAddress.Loopback, 0) };
        await bench.StartAsync();
        using var http = new HttpClient { BaseAddress = bench.Addresses[1] };
        using var answer = await EventBodies.PostAsync(http, EventBodies.Batch, Body);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var path in new[] { "/v1/status", "/metrics", "/healthz", "/v1/quarantine" })
        {
            (await http.GetAsync(new Uri(path, UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
            (await bench.Http.GetAsync(new Uri(path, UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
    }

    [Fact]
    public async Task Certificate_of_the_address_is_renewed_without_a_restart()
    {
        using var folder = new TemporaryFolder();
        using var authority = new TestCertificates();
        using var successor = new TestCertificates("The next authority");
        var (certificate, key) = TestCertificates.WritePem(authority.Server(), folder.Path, "server");
        await using var bench = new IngestBench(
            EventsTests.Setting("Key", Key), EventsTests.Setting("CertificateFile", certificate), EventsTests.Setting("CertificateKeyFile", key))
        {
            Events = new IPEndPoint(IPAddress.Any, 0),
        };
        await bench.StartAsync();
        (await SendOverTlsAsync(bench, authority)).ShouldBe(HttpStatusCode.OK);

        TestCertificates.WritePem(successor.Server(), folder.Path, "server");
        File.SetLastWriteTimeUtc(certificate, File.GetLastWriteTimeUtc(certificate).AddSeconds(1));
        (await SendOverTlsAsync(bench, successor)).ShouldBe(HttpStatusCode.OK);
        await Should.ThrowAsync<HttpRequestException>(SendOverTlsAsync(bench, authority));
    }

    [Theory]
    [InlineData(null, "without a key")]
    [InlineData(Key, "in clear text")]
    public async Task Address_that_others_reach_is_refused_without_a_key_or_a_certificate(string? key, string says)
    {
        await using var bench = new IngestBench(EventsTests.Setting("Key", key ?? string.Empty)) { Events = new IPEndPoint(IPAddress.Any, 0) };
        (await Should.ThrowAsync<UsageException>(bench.StartAsync)).Message.ShouldContain(says);
    }

    /// <summary>Sends an event over TLS as somebody who trusts one authority only.</summary>
    private static async Task<HttpStatusCode> SendOverTlsAsync(IngestBench bench, TestCertificates trusted)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { trusted.Authority },
        };
        using var http = new HttpClient(handler) { BaseAddress = new Uri($"https://localhost:{bench.Addresses[1].Port}") };
        using var answer = await EventBodies.PostAsync(http, EventBodies.Batch, Body, Key);
        return answer.StatusCode;
    }

    private static async Task ShouldAnswerAsync(IngestBench bench, string? key, HttpStatusCode status)
    {
        using var answer = await EventBodies.PostAsync(bench.Http, EventBodies.Batch, Body, key);
        answer.StatusCode.ShouldBe(status);
    }
}
