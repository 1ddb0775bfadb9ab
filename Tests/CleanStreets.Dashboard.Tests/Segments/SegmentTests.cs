using System.IO.Compression;
using System.Net;
using CleanStreets.Contracts.Scores;
using CleanStreets.Dashboard.Map;
using CleanStreets.Dashboard.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Dashboard.Tests.Segments;

public sealed class SegmentTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private CityStandIn _city = null!;
    private RunningDashboard _dashboard = null!;

    public async ValueTask InitializeAsync()
    {
        _city = await CityStandIn.StartAsync();
        _dashboard = await RunningDashboard.StartAsync(_city, _folder.Path, options => options with { Capacity = 0 });
    }

    public async ValueTask DisposeAsync()
    {
        await _dashboard.DisposeAsync();
        await _city.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Table_lists_the_worst_first_and_says_not_seen()
    {
        using var browser = await _dashboard.LogInWithStreetsAsync("viewer");
        _city.Publish(Streets.Score(4, Grade.A, DateTimeOffset.UtcNow.AddMinutes(-90)));
        _city.Publish(Streets.Score(8, Grade.D, DateTimeOffset.UtcNow));
        await SeenAsync(browser, 2);

        var all = await browser.GetJsonAsync("/api/segments");
        all.GetProperty("total").GetInt32().ShouldBe(12);
        var rows = all.GetProperty("segments");
        (rows[0].GetProperty("segmentId").GetString(), rows[0].GetProperty("letter").GetString(), rows[0].GetProperty("grade").GetString()).ShouldBe(("s-8", "E", "D"));
        (rows[1].GetProperty("letter").GetString(), rows[1].GetProperty("ageMinutes").GetInt32()).ShouldBe(("B", 90));
        rows[2].GetProperty("state").GetString().ShouldBe("not_seen");
        rows[2].TryGetProperty("letter", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Table_is_asked_by_place_name_and_page()
    {
        using var browser = await _dashboard.LogInWithStreetsAsync("viewer");
        (await browser.GetJsonAsync("/api/segments?bbox=-122.3005,37.80,-122.2995,37.82")).GetProperty("total").GetInt32().ShouldBe(1);
        (await browser.GetJsonAsync("/api/segments?q=11%20street")).GetProperty("segments")[0].GetProperty("segmentIndex").GetInt32().ShouldBe(11);
        (await browser.GetJsonAsync("/api/segments?limit=2&offset=3")).GetProperty("segments").EnumerateArray().Select(row => row.GetProperty("segmentIndex").GetInt32()).ShouldBe([3, 4]);
        using var bad = await browser.GetAsync("/api/segments?bbox=1,2,3");
        bad.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Page_of_a_street_joins_score_history_passes_and_reasons()
    {
        using var browser = await _dashboard.LogInWithStreetsAsync("viewer");
        _city.Publish(Streets.Score(2, Grade.C, DateTimeOffset.UtcNow));
        _city.Passes["s-2"] = [Streets.Pass("truck-5", DateTimeOffset.UtcNow, Grade.C)];
        await SeenAsync(browser, 1);

        var page = await browser.GetJsonAsync("/api/segments/s-2");
        page.GetProperty("score").GetProperty("probabilities").GetProperty("C").GetDouble().ShouldBe(0.96);
        page.GetProperty("history")[0].GetProperty("letter").GetString().ShouldBe("C", "grade B is shown as letter C");
        page.GetProperty("passes")[0].GetProperty("truckId").GetString().ShouldBe("truck-5");
        page.GetProperty("explanation").GetProperty("sentences")[0].GetString().ShouldBe("Because.");
        page.GetProperty("geometry").GetArrayLength().ShouldBe(3);
        page.GetProperty("problems").GetArrayLength().ShouldBe(0);

        using var crew = await _dashboard.LogInAsync("crew-1");
        var forCrew = await crew.GetJsonAsync("/api/segments/s-2");
        forCrew.GetRawText().ShouldNotContain("truck-5");
        forCrew.GetRawText().ShouldNotContain("truck-9");
        using var unknown = await browser.GetAsync("/api/segments/s-999");
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Explanation_of_a_moment_is_passed_on_with_letters_and_without_trucks_for_crews()
    {
        using var browser = await _dashboard.LogInWithStreetsAsync("viewer");

        var then = await browser.GetJsonAsync("/api/segments/s-2/explanation?asOf=2026-11-20T08:00:00Z");

        then.GetProperty("score").GetProperty("asOf").GetDateTimeOffset().ShouldBe(new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero));
        (then.GetProperty("letter").GetString(), then.GetProperty("arrivedLater").GetProperty("letter").GetString()).ShouldBe(("C", "B"));
        then.GetProperty("arithmetic").GetProperty("passes")[0].GetProperty("truckId").GetString().ShouldBe("truck-9");
        using var crew = await _dashboard.LogInAsync("crew-1");
        (await crew.GetJsonAsync("/api/segments/s-2/explanation")).GetRawText().ShouldNotContain("truck-9");
        using var bad = await browser.GetAsync("/api/segments/s-2/explanation?asOf=yesterday");
        bad.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var unknown = await browser.GetAsync("/api/segments/s-999/explanation");
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        _city.Answers = false;
        using var away = await browser.GetAsync("/api/segments/s-2/explanation");
        away.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Page_of_a_street_says_what_is_missing_when_ingest_is_away()
    {
        using var browser = await _dashboard.LogInWithStreetsAsync("viewer");
        _city.Publish(Streets.Score(2, Grade.C, DateTimeOffset.UtcNow));
        await SeenAsync(browser, 1);
        _city.Answers = false;

        var page = await browser.GetJsonAsync("/api/segments/s-2");
        page.GetProperty("segment").GetProperty("letter").GetString().ShouldBe("D");
        page.TryGetProperty("history", out _).ShouldBeFalse();
        page.GetProperty("problems").EnumerateArray().Select(problem => problem.GetString()).ShouldContain("The history is missing: Ingest answered 503.");
    }

    [Fact]
    public async Task Tiles_are_compressed_immutable_and_empty_where_nothing_is()
    {
        using var browser = await _dashboard.LogInWithStreetsAsync("viewer");
        var tileJson = await browser.GetJsonAsync("/api/map/tilejson");
        var template = tileJson.GetProperty("tiles")[0].GetString()!;
        tileJson.GetProperty("vector_layers")[0].GetProperty("id").GetString().ShouldBe("segments");
        var (x, y) = TileAt(-122.295, 37.811, 12);
        using var tile = await browser.GetAsync(template.Replace("{z}", "12").Replace("{x}", $"{x}").Replace("{y}", $"{y}"));
        tile.Content.Headers.ContentType!.MediaType.ShouldBe("application/vnd.mapbox-vector-tile");
        tile.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        tile.Headers.CacheControl!.ToString().ShouldContain("immutable");
        await using var unzipped = new GZipStream(await tile.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        await unzipped.CopyToAsync(bytes);
        TileDecoder.Decode(bytes.ToArray())[0].Features.Count.ShouldBe(12);

        using var empty = await browser.GetAsync(template.Replace("{z}", "14").Replace("{x}", "3").Replace("{y}", "3"));
        empty.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var tooDeep = await browser.GetAsync(template.Replace("{z}", "15").Replace("{x}", "3").Replace("{y}", "3"));
        tooDeep.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Health_shows_the_fates_and_what_ingest_refused()
    {
        using var dispatcher = await _dashboard.LogInWithStreetsAsync("dispatcher");
        var health = await dispatcher.GetJsonAsync("/api/health");
        health.GetProperty("ingestStatus").GetProperty("accepted").GetInt64().ShouldBe(95);
        health.GetProperty("ingestStatus").GetProperty("connectionsCut").GetProperty("packet_too_large").GetInt64().ShouldBe(2);
        health.GetProperty("quarantine").GetProperty("counts").GetProperty("malformed_json").GetInt64().ShouldBe(3);
        await Eventually.GetAsync("ingest is live", async () =>
            (await dispatcher.GetJsonAsync("/api/health")).GetProperty("ingest").GetProperty("state").GetString() == "live" ? "yes" : null);

        using var viewer = await _dashboard.LogInAsync("viewer");
        (await viewer.GetJsonAsync("/api/health")).TryGetProperty("quarantine", out _).ShouldBeFalse("previews hold what devices sent");
        using var stranger = _dashboard.Stranger();
        (await stranger.GetJsonAsync("/readyz")).GetProperty("ready").GetBoolean().ShouldBeTrue();

        _city.Answers = false;
        (await dispatcher.GetJsonAsync("/api/health")).GetProperty("problems").GetArrayLength().ShouldBe(2);
    }

    private static Task<string> SeenAsync(HttpClient browser, int count) => Eventually.GetAsync($"{count} streets are seen", async () =>
        (await browser.GetJsonAsync("/api/segments?state=seen")).GetProperty("total").GetInt32() == count ? "yes" : null);

    private static (int X, int Y) TileAt(double longitude, double latitude, int zoom)
    {
        var point = MercatorPoint.Of(longitude, latitude);
        return ((int)(point.X * (1 << zoom)), (int)(point.Y * (1 << zoom)));
    }
}
