using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Boxes;
using CleanStreets.Dashboard.Fleet;
using CleanStreets.Dashboard.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CleanStreets.Dashboard.Tests.Fleet;

/// <summary>The door for boxes over real TLS.</summary>
public sealed class EnrolmentDoorTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private CityStandIn _city = null!;
    private RunningDashboard _dashboard = null!;

    private BoxRegistry Registry => _dashboard.Services.GetRequiredService<BoxRegistry>();

    private Uri Door => new(_dashboard.Door!);

    public async ValueTask InitializeAsync()
    {
        _city = await CityStandIn.StartAsync();
        _dashboard = await RunningDashboard.StartAsync(_city, _folder.Path, options => options with
        {
            Fleet = new FleetOptions { Door = new HostPort("127.0.0.1", 0), Names = ["localhost", "127.0.0.1"], MqttPort = 4711 },
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _city.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Box_gets_its_certificate_for_a_code_and_renews_it_with_it()
    {
        var code = Registry.MakeCode(DeviceId.Parse("box-1"), TruckId.Parse("truck-1"), TimeSpan.FromDays(1), "test").Code;
        using var box = Client();
        X509Certificate2.CreateFromPem(await box.GetStringAsync(EnrolmentPaths.Authority)).RawData.ShouldBe(Authority.RawData);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var grant = await GrantAsync(box, EnrolmentPaths.Certificate, new CertificateWish(FleetBench.NewRequest(key), code.ToString()));
        (grant.DeviceId.Value, grant.TruckId!.Value.Value, grant.MqttHost, grant.MqttPort).ShouldBe(("box-1", "truck-1", "localhost", 4711));

        using var certificate = X509Certificate2.CreateFromPem(grant.Certificate, key.ExportPkcs8PrivateKeyPem());
        using var known = Client(certificate);
        var renewed = await GrantAsync(known, EnrolmentPaths.Renewal, new CertificateWish(FleetBench.NewRequest()));
        renewed.Certificate.ShouldNotBe(grant.Certificate);

        (await ProblemAsync(box, EnrolmentPaths.Renewal, new CertificateWish(FleetBench.NewRequest()))).ShouldBe((HttpStatusCode.Unauthorized, "not_known"), "without its certificate it is a stranger");
        using var elsewhere = new TestCertificates();
        using var stranger = Client(elsewhere.Client("box-1"));
        (await ProblemAsync(stranger, EnrolmentPaths.Renewal, new CertificateWish(FleetBench.NewRequest()))).ShouldBe((HttpStatusCode.Forbidden, "not_known"));
        Registry.Revoke(DeviceId.Parse("box-1"), "test");
        (await ProblemAsync(known, EnrolmentPaths.Renewal, new CertificateWish(FleetBench.NewRequest()))).ShouldBe((HttpStatusCode.Forbidden, "not_known"));
    }

    [Fact]
    public async Task Guessing_is_slowed_down_also_when_it_comes_all_at_once()
    {
        using var guesser = Client();
        var guesses = await Task.WhenAll(Enumerable.Range(0, 25).Select(i => ProblemAsync(guesser, EnrolmentPaths.Certificate, new CertificateWish(FleetBench.NewRequest(), $"0000000{i % 10}"))));
        guesses.Count(guess => guess.Code == "code_unknown").ShouldBeLessThanOrEqualTo(2 * CodeThrottle.MaxWrongPerAddress, "a minute may have turned meanwhile");
        guesses.ShouldContain((HttpStatusCode.TooManyRequests, "too_many_codes"));
    }

    [Fact]
    public async Task Door_serves_boxes_only_and_nobody_else_serves_them()
    {
        using var box = Client();
        foreach (var path in new[] { "/", "/api/boxes", "/api/session", "/healthz", "/enrolment" })
        {
            using var answer = await box.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }

        using var browser = _dashboard.Stranger();
        using var elsewhere = await browser.GetAsync(EnrolmentPaths.Authority);
        elsewhere.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var code = Registry.MakeCode(DeviceId.Parse("box-1"), null, TimeSpan.FromDays(1), "test").Code;
        using var clearText = await browser.PostAsJsonAsync(EnrolmentPaths.Certificate, new CertificateWish(FleetBench.NewRequest(), code.ToString()));
        clearText.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Admin_makes_codes_moves_and_revokes_and_the_page_shows_it()
    {
        using var admin = await _dashboard.LogInAsync("boss");
        var (status, made) = await admin.SendJsonAsync(HttpMethod.Post, "/api/boxes/codes", new { boxes = new[] { new { deviceId = "box-1", truckId = "truck-1" }, new { deviceId = "box-2", truckId = "truck-2" } }, days = 2 });
        status.ShouldBe(HttpStatusCode.OK);
        using var box = Client();
        await GrantAsync(box, EnrolmentPaths.Certificate, new CertificateWish(FleetBench.NewRequest(), made.GetProperty("codes")[0].GetProperty("code").GetString()));
        (await admin.SendJsonAsync(HttpMethod.Put, "/api/boxes/box-1/truck", new { truckId = "truck-2" })).Status.ShouldBe(HttpStatusCode.NoContent);
        var boxes = (await admin.GetJsonAsync("/api/boxes")).GetProperty("boxes");
        boxes[0].GetProperty("state").GetString().ShouldBe("enrolled");
        boxes[0].GetProperty("truckId").GetString().ShouldBe("truck-2");
        boxes[0].GetProperty("history").GetArrayLength().ShouldBe(2);
        boxes[1].GetProperty("state").GetString().ShouldBe("expected");
        (await admin.SendJsonAsync(HttpMethod.Post, "/api/boxes/box-1/revocation", new { })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await admin.GetJsonAsync("/api/boxes")).GetProperty("boxes")[0].GetProperty("state").GetString().ShouldBe("revoked");
        (await admin.SendJsonAsync(HttpMethod.Post, "/api/boxes/nobody/revocation", new { })).Status.ShouldBe(HttpStatusCode.NotFound);
        var (late, problem) = await admin.SendJsonAsync(HttpMethod.Put, "/api/boxes/box-1/truck", new { truckId = "truck-3", from = "2020-01-01T00:00:00Z" });
        (late, problem.GetProperty("code").GetString()).ShouldBe((HttpStatusCode.Conflict, "time_before_last"));
        (await admin.GetJsonAsync("/api/boxes/box-1/events")).GetProperty("events")[0].GetProperty("who").GetString().ShouldBe("boss");
    }

    private X509Certificate2 Authority => _dashboard.Services.GetRequiredService<CityAuthority>().Certificate;

    private HttpClient Client(X509Certificate2? certificate = null)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(Authority);
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        return new HttpClient(handler) { BaseAddress = Door, Timeout = Eventually.Patience };
    }

    private static async Task<CertificateGrant> GrantAsync(HttpClient client, string path, CertificateWish wish)
    {
        using var response = await client.PostAsJsonAsync(path, wish, ContractJson.Default.CertificateWish);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonSerializer.Deserialize(text, ContractJson.Default.CertificateGrant)!;
    }

    private static async Task<(HttpStatusCode Status, string? Code)> ProblemAsync(HttpClient client, string path, CertificateWish wish)
    {
        using var response = await client.PostAsJsonAsync(path, wish, ContractJson.Default.CertificateWish);
        return (response.StatusCode, JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(), ContractJson.Default.EnrolmentProblem)?.Code);
    }
}
