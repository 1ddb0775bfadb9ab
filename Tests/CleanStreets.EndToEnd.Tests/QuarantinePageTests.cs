using System.Net.Http.Headers;
using System.Text;
using CleanStreets.Testing;
using Microsoft.Playwright;

namespace CleanStreets.EndToEnd.Tests;

/// <summary>Ingest and dashboard as programs, bad messages from a box, and a dispatcher at the page.</summary>
public sealed class QuarantinePageTests
{
    [Fact]
    public async Task Dispatcher_finds_what_is_wrong_maps_the_names_and_replays_it_once()
    {
        await using var browser = await Browser.StartAsync();
        using var data = new TemporaryFolder();
        await using var ingest = ProductProgram.Start(
            "Ingest/CleanStreets.Ingest", "run", "--data", data.Combine("ingest"), "--mqtt", "127.0.0.1:0", "--read-api", "127.0.0.1:0", "--streets", "generated:7");
        var ready = await ingest.ReadyAsync(Eventually.Patience);
        var readApi = ProductProgram.ValueOf(ready, "read-api");
        await using var dashboard = ProductProgram.Start(
            "Dashboard/CleanStreets.Dashboard",
            "run", "--data", data.Combine("dashboard"), "--http", "127.0.0.1:0", "--mqtt", ProductProgram.ValueOf(ready, "mqtt"), "--read-api", readApi, "--demo-users");
        var http = ProductProgram.ValueOf(await dashboard.ReadyAsync(Eventually.Patience), "http");
        await SendAsync(readApi, "truck-020", """{"truckId":"truck-020","sessionId":"s-1","firstSequence":1,"fixes":[{"capturedAt":"2026-01-01T00:00:00Z","lat":1,"lng":2},{"capturedAt":"2026-01-01T00:00:01Z","lat":1,"lng":2}]}""");
        await SendAsync(readApi, "truck-020", """{"truckId":"truck-020","sessionId":"s-1","firstSequence":3,"fixes":[{"capturedAt":"2026-01-01T00:00:02Z","lat":1,"lng":2}]}""");
        await SendAsync(readApi, "truck-021", "<img src=x onerror=alert(1)>");

        var page = await browser.PageAsync(1300, 900);
        await page.LogInAsync(http, "dispatcher", "/health");
        await page.GetByTestId("open-quarantine").ClickAsync();
        await page.Locator("[data-testid=item][data-reason=malformed_protobuf] .item-words").ClickAsync();
        await Assertions.Expect(page.GetByTestId("payload")).ToHaveTextAsync("<img src=x onerror=alert(1)>"); // What a device sent is text.

        await page.Locator("[data-testid=filter][data-reason=readings_missing]").ClickAsync();
        await Assertions.Expect(page.GetByTestId("item")).ToHaveCountAsync(2);
        await page.Locator("[data-testid=item] .item-words").First.ClickAsync();
        await page.GetByTestId("choose-all").CheckAsync();
        foreach (var (name, known) in new[] { ("fixes", "readings"), ("lat", "latitude"), ("lng", "longitude") })
        {
            await page.Locator($"[data-testid=fix-field][data-field={name}]").SelectOptionAsync(known);
        }

        await page.SetViewportSizeAsync(390, 844);
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue("nothing is cut off on a phone");
        await page.SetViewportSizeAsync(1300, 900);
        await page.GetByTestId("release").ClickAsync();
        await Assertions.Expect(page.GetByTestId("results")).ToContainTextAsync("3 readings accepted.");
        await Assertions.Expect(page.GetByTestId("released")).ToHaveCountAsync(2);

        using var client = new HttpClient();
        (await client.GetStringAsync(new Uri($"{readApi}/metrics"))).ShouldContain("cleanstreets_ingest_readings_accepted_total 3\n");
        browser.Errors.ShouldBeEmpty();
        browser.Hosts.Keys.ShouldBe(["127.0.0.1"]);
    }

    [Fact]
    public async Task Dispatcher_keeps_a_mapping_for_what_comes_sees_what_it_mended_and_removes_it()
    {
        await using var browser = await Browser.StartAsync();
        using var data = new TemporaryFolder();
        await using var ingest = ProductProgram.Start(
            "Ingest/CleanStreets.Ingest", "run", "--data", data.Combine("ingest"), "--mqtt", "127.0.0.1:0", "--read-api", "127.0.0.1:0", "--streets", "generated:7");
        var ready = await ingest.ReadyAsync(Eventually.Patience);
        var readApi = ProductProgram.ValueOf(ready, "read-api");
        await using var dashboard = ProductProgram.Start(
            "Dashboard/CleanStreets.Dashboard",
            "run", "--data", data.Combine("dashboard"), "--http", "127.0.0.1:0", "--mqtt", ProductProgram.ValueOf(ready, "mqtt"), "--read-api", readApi, "--demo-users");
        var http = ProductProgram.ValueOf(await dashboard.ReadyAsync(Eventually.Patience), "http");
        string Fixes(int first) => $$"""{"truckId":"truck-020","sessionId":"s-1","firstSequence":{{first}},"fixes":[{"capturedAt":"2026-01-01T00:00:00Z","lat":378123456,"lng":2}]}""";
        await SendAsync(readApi, "truck-020", Fixes(1));
        await SendAsync(readApi, "truck-020", Fixes(2));

        var page = await browser.PageAsync(1300, 900);
        await page.LogInAsync(http, "dispatcher", "/quarantine");
        await page.Locator("[data-testid=filter][data-reason=readings_missing]").ClickAsync();
        await Assertions.Expect(page.GetByTestId("item")).ToHaveCountAsync(2);
        await page.Locator("[data-testid=item] .item-words").First.ClickAsync();
        foreach (var (name, known) in new[] { ("fixes", "readings"), ("lat", "latitude"), ("lng", "longitude") })
        {
            await page.Locator($"[data-testid=fix-field][data-field={name}]").SelectOptionAsync(known);
        }

        await page.GetByTestId("keep-try").ClickAsync();
        await Assertions.Expect(page.GetByTestId("keep-trial")).ToContainTextAsync("It mends all of the 2 that wait.");
        await page.GetByText("Numbers in another unit").ClickAsync();
        await page.Locator("[data-testid=fix-factor][data-field=latitude]").FillAsync("0.0000001");
        await Assertions.Expect(page.GetByTestId("keep-trial")).ToHaveCountAsync(0, new() { Timeout = (float)Eventually.Patience.TotalMilliseconds });
        await page.GetByTestId("keep-try").ClickAsync();
        await Assertions.Expect(page.GetByTestId("keep-trial")).ToContainTextAsync("It mends all of the 2 that wait.");
        await PictureAsync(page, "trial", 1300, 900);
        await PictureAsync(page, "trial", 390, 844);
        await page.SetViewportSizeAsync(1300, 900);
        await page.GetByTestId("keep-add").ClickAsync();
        await Assertions.Expect(page.GetByTestId("said")).ToContainTextAsync("2 items released: 2 readings accepted.");
        await Assertions.Expect(page.GetByTestId("released")).ToHaveCountAsync(2);
        await Assertions.Expect(page.GetByTestId("mapping-done")).ToHaveTextAsync("nothing mended yet");

        await SendAsync(readApi, "truck-020", Fixes(3));
        await SendAsync(readApi, "truck-020", Fixes(3));
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByTestId("mapping-done")).ToContainTextAsync("1 message mended, 1 reading");
        await PictureAsync(page, "standing", 390, 844);
        await PictureAsync(page, "standing", 1300, 900);
        using var client = new HttpClient();
        (await client.GetStringAsync(new Uri($"{readApi}/metrics"))).ShouldContain("cleanstreets_ingest_readings_accepted_total 3\n");

        await page.GetByTestId("mapping-remove").ClickAsync();
        await Assertions.Expect(page.GetByTestId("mapping")).ToHaveCountAsync(0);
        await SendAsync(readApi, "truck-020", Fixes(4));
        (await client.GetStringAsync(new Uri($"{readApi}/metrics"))).ShouldContain("cleanstreets_ingest_readings_accepted_total 3\n");
        browser.Errors.ShouldBeEmpty();
    }

    /// <summary>Nothing is cut off at this size; a picture of it is kept where <c>CLEANSTREETS_PICTURES</c> says.</summary>
    private static async Task PictureAsync(IPage page, string name, int width, int height)
    {
        await page.SetViewportSizeAsync(width, height);
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue($"{name} at {width}");
        if (Environment.GetEnvironmentVariable("CLEANSTREETS_PICTURES") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"quarantine-{name}-{width}.png"), FullPage = true });
        }
    }

    private static async Task SendAsync(string readApi, string truck, string payload)
    {
        using var client = new HttpClient();
        using var content = new StringContent(
            $$"""{"specversion":"1.0","id":"1","source":"box","type":"city.readings","subject":"{{truck}}","data_base64":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(payload))}}"}""",
            MediaTypeHeaderValue.Parse("application/cloudevents+json"));
        using var answer = await client.PostAsync(new Uri($"{readApi}/ingest/events"), content);
        answer.EnsureSuccessStatusCode();
    }
}
