using System.Globalization;
using System.Text.Json;
using CleanStreets.Testing;
using Microsoft.Playwright;

namespace CleanStreets.EndToEnd.Tests;

/// <summary>The agent with a real model and real photos, ingest, the dashboard, and a dispatcher who judges what the truck saw by its picture.</summary>
public sealed class FindPictureTests : IDisposable
{
    // Photos that are no two alike in a row: a camera that shows the same thing is frozen.
    private static readonly string[] Photos = ["ams_38.jpg", "ams_06.jpg", "ams_18.jpg"];

    private const double MetresASecond = 15;
    private const int Streets = 5;
    private const int MostSeconds = 60;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Dispatcher_sees_the_masked_picture_of_a_find_and_says_what_it_is()
    {
        var (model, labels, photos) = (SharedData.Require("data/vision/yolox_nano.onnx"), SharedData.Require("data/vision/classes.txt"), SharedData.Require("data/vision/amsterdam"));
        await using var browser = await Browser.StartAsync();
        await using var ingest = ProductProgram.Start(
            "Ingest/CleanStreets.Ingest", "run", "--data", _folder.Combine("ingest"), "--mqtt", "127.0.0.1:0", "--read-api", "127.0.0.1:0", "--streets", "generated:7");
        var ready = await ingest.ReadyAsync(Eventually.Patience);
        var (mqtt, readApi) = (ProductProgram.ValueOf(ready, "mqtt"), ProductProgram.ValueOf(ready, "read-api"));
        await using var dashboard = ProductProgram.Start(
            "Dashboard/CleanStreets.Dashboard", "run", "--data", _folder.Combine("dashboard"), "--http", "127.0.0.1:0", "--mqtt", mqtt, "--read-api", readApi, "--demo-users");
        var http = ProductProgram.ValueOf(await dashboard.ReadyAsync(Eventually.Patience), "http");
        await using var agent = ProductProgram.Start("Edge/CleanStreets.Edge", "run", "--settings", await SettingsAsync(mqtt, readApi, model, labels, photos));
        await agent.ReadyAsync(Eventually.Patience);

        var page = await browser.PageAsync(1300, 900);
        await page.LogInAsync(http, "dispatcher", "/");
        await page.SkipTourAsync();
        await page.GetByTestId("confirmations").GetByRole(AriaRole.Button, new() { Name = "Show more" }).ClickAsync(); // Three finds wait.
        var judged = await Eventually.GetAsync(
            $"a find with its picture waits. {agent.Output}",
            async () => await page.GetByTestId("confirmation").Filter(new() { Has = page.GetByTestId("find-picture") }).EvaluateAllAsync<string?>("finds => finds[0]?.dataset.detectionId ?? null"),
            TimeSpan.FromMinutes(10));
        var find = page.GetByTestId("confirmations").Locator($"[data-detection-id='{judged}']");
        await IsDrawnAsync(find);
        await LookAsync(page, "list", 1300, 900);

        await find.Locator(".find-words button").ClickAsync();
        var here = page.GetByTestId("finds-here").Locator($"[data-detection-id='{judged}']");
        await IsDrawnAsync(here);
        await LookAsync(page, "street", 1300, 900);
        await LookAsync(page, "street", 390, 844);
        await here.ScrollIntoViewIfNeededAsync();
        await LookAsync(page, "find", 390, 844);
        await IsDrawnAsync(here);
        await page.SetViewportSizeAsync(1300, 900);

        await here.GetByTestId("confirm-yes").ClickAsync();
        await Assertions.Expect(page.Locator($"[data-testid=confirmation][data-detection-id='{judged}']")).ToHaveCountAsync(0);
        using var client = new HttpClient();
        await Eventually.TrueAsync("the street knows", async () => !(await client.GetStringAsync(new Uri($"{readApi}/v1/confirmations"))).Contains($"\"{judged}\"", StringComparison.Ordinal));
        (await agent.StopAsync(Eventually.Patience)).ShouldBe(0, agent.Output);
        browser.Errors.ShouldBeEmpty();
        browser.Hosts.Keys.ShouldBe(["127.0.0.1"]);
    }

    private async Task<string> SettingsAsync(string mqtt, string readApi, string model, string labels, string photos)
    {
        using var client = new HttpClient();
        var route = Street.Drive(Street.Read(await client.GetStringAsync(new Uri($"{readApi}/v1/streets"))), Streets, MetresASecond);
        await File.WriteAllLinesAsync(_folder.Combine("drive.nmea"), Drive.Nmea(route, MetresASecond));
        Directory.CreateDirectory(_folder.Combine("frames"));
        for (var i = 0; i < MostSeconds; i++)
        {
            File.Copy(Path.Combine(photos, Photos[i % Photos.Length]), _folder.Combine("frames", string.Create(CultureInfo.InvariantCulture, $"{i:D4}.jpg")));
        }

        // Bulky things of these photos stand for a pile: a general model knows none.
        await File.WriteAllTextAsync(
            _folder.Combine("vision.json"),
            """
            { "kinds": { "chair": "pile", "suitcase": "pile", "backpack": "pile" }, "people": ["person"], "vehicles": ["car", "truck", "bus", "motorcycle"], "shelters": [],
              "confidence": 0.35, "overlap": 0.45, "inputSize": 640, "mask": { "confidence": 0.08, "unsureConfidence": 0.06, "widenShare": 0.12, "widenPixels": 6, "darkBelow": 40 } }
            """);
        await File.WriteAllTextAsync(_folder.Combine("camera.json"), JsonSerializer.Serialize(new
        {
            cameraId = "kerb-right",
            source = _folder.Combine("frames"),
            framesASecond = 1,
            model,
            labels,
            settings = "vision.json",
            evidence = true,
            evidenceWithoutShelterLabels = true,
            mounting = new { calibrationId = "c-1", heightMetres = 2.4, pitchDegrees = 25, horizontalFieldOfViewDegrees = 78 },
        }));
        var path = _folder.Combine("edge.json");
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(new
        {
            truckId = "truck-1",
            data = _folder.Combine("truck"),
            mqtt = new { host = "127.0.0.1", port = int.Parse(mqtt.Split(':')[^1], CultureInfo.InvariantCulture) },
            position = new { source = "replay", path = _folder.Combine("drive.nmea") },
            camera = _folder.Combine("camera.json"),
        }));
        return path;
    }

    private static Task IsDrawnAsync(ILocator find) => Eventually.TrueAsync(
        "the picture is drawn",
        () => find.GetByTestId("find-picture").EvaluateAsync<bool>("image => image.complete && image.naturalWidth > 0"));

    /// <summary>Nothing is cut off at this size; a picture of it is kept where <c>CLEANSTREETS_PICTURES</c> says.</summary>
    private static async Task LookAsync(IPage page, string name, int width, int height)
    {
        await page.SetViewportSizeAsync(width, height);
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue($"{name} at {width}");
        if (Environment.GetEnvironmentVariable("CLEANSTREETS_PICTURES") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"find-{name}-{width}.png") });
        }
    }
}
