using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using CleanStreets.Testing;
using Microsoft.Playwright;

namespace CleanStreets.EndToEnd.Tests;

/// <summary>Ingest and dashboard as programs, a truck that has driven, two months that were closed, and an analyst at the page of districts.</summary>
public sealed partial class ScorecardPageTests
{
    [Fact]
    public async Task Analyst_reads_districts_and_draws_a_zone_and_sees_how_sure_and_of_how_much()
    {
        await using var browser = await Browser.StartAsync();
        using var data = new TemporaryFolder();
        Close(data.Combine("ingest", "periods"), "2026-08-01", "2026-09-01", "crow-1", "litter-7", 2.1);
        Close(data.Combine("ingest", "periods"), "2026-09-01", "2026-10-01", "crow-2", "litter-8", 2.6);
        await using var ingest = ProductProgram.Start(
            "Ingest/CleanStreets.Ingest", "run", "--data", data.Combine("ingest"), "--mqtt", "127.0.0.1:0", "--read-api", "127.0.0.1:0", "--streets", "generated:7");
        var ready = await ingest.ReadyAsync(Eventually.Patience);
        var readApi = ProductProgram.ValueOf(ready, "read-api");
        await using var dashboard = ProductProgram.Start(
            "Dashboard/CleanStreets.Dashboard",
            "run", "--data", data.Combine("dashboard"), "--http", "127.0.0.1:0", "--mqtt", ProductProgram.ValueOf(ready, "mqtt"), "--read-api", readApi, "--demo-users");
        var http = ProductProgram.ValueOf(await dashboard.ReadyAsync(Eventually.Patience), "http");
        await DriveAsync(readApi, "truck-1");

        var page = await browser.PageAsync(1400, 1000);
        await page.LogInAsync(http, "dispatcher", "/scorecards");
        await Assertions.Expect(page.GetByTestId("area-card")).ToHaveCountAsync(6);
        await page.GetByTestId("period-week").ClickAsync();
        await Assertions.Expect(page.GetByTestId("area-index").First).ToBeVisibleAsync();

        // What was closed is drawn, with a mark where method and detector became others.
        var north = page.Locator("[data-testid=area-card][data-area='North side']");
        await Assertions.Expect(north.GetByTestId("area-break")).ToContainTextAsync("crow-2, litter-8");
        await page.GetByTestId("period-quarter").ClickAsync();
        await Assertions.Expect(page.GetByTestId("trend-note")).ToContainTextAsync("No trend: evidence is kept for 126 days");

        // The whole city as a zone: what the truck drove lies in it.
        await page.GetByTestId("draw-zone").ClickAsync();
        var map = (await page.GetByTestId("zone-map").BoundingBoxAsync()).ShouldNotBeNull();
        foreach (var (x, y) in new[] { (0.02, 0.03), (0.98, 0.03), (0.98, 0.8), (0.02, 0.8) })
        {
            await page.Mouse.ClickAsync((float)(map.X + (x * map.Width)), (float)(map.Y + (y * map.Height)));
            await page.WaitForTimeoutAsync(400); // Two clicks in a third of a second are a double click: it zooms.
        }

        await page.GetByTestId("finish-zone").ClickAsync();
        var zone = page.Locator("[data-testid=area-card][data-area='Your zone']");
        await Assertions.Expect(zone.GetByTestId("area-index")).ToHaveTextAsync(OneDecimal(), new() { UseInnerText = true });
        await Assertions.Expect(zone.Locator(".scale > .range")).ToHaveTextAsync(Interval(), new() { UseInnerText = true }); // An index without its interval is none.
        await Assertions.Expect(zone.GetByTestId("area-coverage")).ToHaveTextAsync(Coverage(), new() { UseInnerText = true });
        await Assertions.Expect(zone.GetByTestId("area-trend")).ToHaveCountAsync(0);

        await page.SetViewportSizeAsync(390, 844);
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue("nothing is cut off on a phone");
        browser.Errors.ShouldBeEmpty();
        browser.Hosts.Keys.ShouldBe(["127.0.0.1"]);
    }

    [GeneratedRegex(@"^\d\.\d$", RegexOptions.None, 60_000)]
    private static partial Regex OneDecimal();

    [GeneratedRegex(@"^\d\.\d to \d\.\d$", RegexOptions.None, 60_000)]
    private static partial Regex Interval();

    [GeneratedRegex(@"^<?\d+ %\s+of ", RegexOptions.None, 60_000)]
    private static partial Regex Coverage();

    private static async Task DriveAsync(string readApi, string truck)
    {
        using var client = new HttpClient();
        var route = Street.Drive(Street.Read(await client.GetStringAsync(new Uri($"{readApi}/v1/streets"))), 12, 6);
        var start = DateTimeOffset.UtcNow.AddHours(-2);
        var readings = route.Select((place, second) => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"capturedAt":"{{start.AddSeconds(second):yyyy-MM-ddTHH:mm:ss.fffZ}}","latitude":{{place.Latitude}},"longitude":{{place.Longitude}},"speedMetresPerSecond":6,"detections":[{"kind":"loose_litter","count":{{second % 3}},"confidence":0.8,"side":"right"}]}""").Replace("\"detections\":[{\"kind\":\"loose_litter\",\"count\":0,\"confidence\":0.8,\"side\":\"right\"}]", "\"detections\":[]", StringComparison.Ordinal));
        var batch = $$"""{"truckId":"{{truck}}","sessionId":"s-1","firstSequence":1,"modelVersion":"litter-8","readings":[{{string.Join(',', readings)}}]}""";
        using var content = new StringContent(
            $$"""{"specversion":"1.0","id":"1","source":"box","type":"city.readings","subject":"{{truck}}","data_base64":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(batch))}}"}""",
            MediaTypeHeaderValue.Parse("application/cloudevents+json"));
        using var answer = await client.PostAsync(new Uri($"{readApi}/ingest/events"), content);
        answer.EnsureSuccessStatusCode();
        await Eventually.TrueAsync("streets have a score", async () => (await client.GetStringAsync(new Uri($"{readApi}/v1/scores"))).Contains("\"seen\"", StringComparison.Ordinal));
    }

    /// <summary>A month as ingest has closed it: what it wrote then stays as it is.</summary>
    private static void Close(string folder, string from, string to, string method, string detector, double index)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, $"{from}_{to}.{method}.json"), string.Create(CultureInfo.InvariantCulture, $$"""
            {"report":{"method":"{{method}}","scale":"0 very clean to 5 very dirty","question":"period","from":"{{from}}T00:00:00+00:00","to":"{{to}}T00:00:00+00:00","computedAt":"{{to}}T01:00:00+00:00","closedAt":"{{to}}T01:00:00+00:00",
              "areas":[{"area":"North side","index":{"value":{{index}},"low":{{index - 0.4}},"high":{{index + 0.4}}},"coverage":0.9,"timeCoverage":0.6,"lengthMetres":9000,"streets":80,"seenStreets":72,"passes":300,"trucks":4,"singleSource":[],"singleSourceShare":0,"detectors":["{{detector}}"]}]},
             "networkVersion":"n","spreads":[{"value":{{index}},"ownVariance":0.01,"truckSlopes":{"truck-1":0.1} }]}
            """));
    }
}
