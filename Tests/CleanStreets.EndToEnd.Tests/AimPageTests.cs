using CleanStreets.Testing;
using Microsoft.Playwright;

namespace CleanStreets.EndToEnd.Tests;

/// <summary>A technician with a phone at the page of <c>edge aim</c>: slide, tap, accept, sheet.</summary>
public sealed class AimPageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Technician_slides_taps_accepts_and_opens_the_sheet()
    {
        await using var browser = await Browser.StartAsync();
        using var folder = new TemporaryFolder();
        var (model, labels, photo) = (SharedData.Require("data/vision/yolox_nano.onnx"), SharedData.Require("data/vision/classes.txt"), SharedData.Require("data/vision/amsterdam/ams_26.jpg"));
        await using (var ffmpeg = ProductProgram.StartProcess("ffmpeg", ["-nostdin", "-loglevel", "error", "-loop", "1", "-i", photo, "-vf", "noise=alls=3:allf=t", "-frames:v", "6", "-q:v", "2", folder.Combine("%02d.jpg")]))
        {
            (await ffmpeg.ExitAsync(Eventually.Patience)).ShouldBe(0, ffmpeg.Output); // A standing camera: its own noise, and no two frames the same.
        }

        await File.WriteAllTextAsync(
            folder.Combine("camera.json"),
            $$"""{"cameraId":"front","source":"{{folder.Path}}","model":"{{model}}","labels":"{{labels}}","mounting":{"calibrationId":"c-1","heightMetres":2.0,"pitchDegrees":-8,"horizontalFieldOfViewDegrees":90} }""",
            Stop);
        await using var aim = ProductProgram.Start(
            "Edge/CleanStreets.Edge", "aim", "--camera", folder.Combine("camera.json"), "--data", folder.Combine("data"), "--truck", "truck-017", "--listen", "127.0.0.1:0");
        var ready = await aim.ReadyAsync(Eventually.Patience);
        var http = $"http://{ProductProgram.ValueOf(ready, "http")}";

        var page = await browser.PageAsync(390, 844);
        await page.GotoAsync(http);
        await PictureAsync(page, "door", 390, 844);
        await page.GetByTestId("code").FillAsync(ProductProgram.ValueOf(ready, "code"));
        await page.GetByTestId("enter").ClickAsync();

        // The live picture, with lines drawn over it, and what is wrong in words.
        await Assertions.Expect(page.GetByTestId("live")).ToHaveTextAsync("live, masked");
        await Eventually.TrueAsync("a picture is shown", async () => await page.GetByTestId("picture").EvaluateAsync<int>("it => it.naturalWidth") == 800);
        await Assertions.Expect(page.GetByTestId("verdict")).ToContainTextAsync("to mend");
        await Assertions.Expect(page.Locator("#checks [data-part=horizon]")).ToContainTextAsync("tilt it");
        await EverywhereAsync(page, "check");

        // Slide: the number is live and the lines follow.
        await page.Locator("[data-tab=adjust]").ClickAsync();
        var before = await page.GetByTestId("overlay").InnerHTMLAsync();
        await page.GetByTestId("pitchDegrees").FillAsync("20");
        await Assertions.Expect(page.GetByTestId("pitchDegrees-value")).ToHaveTextAsync("20.0°");
        await page.GetByTestId("pitchDegrees-more").EvaluateAsync("it => ['pointerdown', 'pointerup'].forEach(what => it.dispatchEvent(new PointerEvent(what, { bubbles: true })))"); // At once: what is held counts on.
        await Assertions.Expect(page.GetByTestId("pitchDegrees-value")).ToHaveTextAsync("20.5°");
        await Eventually.TrueAsync("the lines follow", async () => await page.GetByTestId("overlay").InnerHTMLAsync() != before);
        await EverywhereAsync(page, "adjust");

        // Tap two cones that a camera at 2.4 m, 16° down, would see there (f = 400 pixels; depression atan(2.4 / d)).
        await page.Locator("[data-tab=measure]").ClickAsync();
        await TapAsync(page, 5, "5");
        await EverywhereAsync(page, "marking");
        await page.GetByTestId("mark-set").ClickAsync();
        await Assertions.Expect(page.GetByTestId("marks").Locator("li")).ToHaveCountAsync(1);
        await TapAsync(page, 10, "10");
        await page.GetByTestId("mark-set").ClickAsync();
        await Assertions.Expect(page.GetByTestId("marks").Locator("li")).ToHaveCountAsync(2);
        await Assertions.Expect(page.GetByTestId("measured-said")).ToContainTextAsync("height 2."); // A tap is as exact as a pixel of the phone.
        await EverywhereAsync(page, "measured");
        await page.GetByTestId("use-measured").ClickAsync();
        await Assertions.Expect(page.GetByTestId("verdict")).ToHaveTextAsync("✓ All right: accept it");

        // Accept, and read the sheet.
        await page.Locator("[data-tab=accept]").ClickAsync();
        await Assertions.Expect(page.GetByTestId("remark")).ToBeHiddenAsync();
        await page.GetByTestId("technician").FillAsync("A. Jansen");
        await EverywhereAsync(page, "accept");
        await page.GetByTestId("accept-go").ClickAsync();
        await Assertions.Expect(page.GetByTestId("accepted-said")).ToContainTextAsync("Accepted as a-");
        await EverywhereAsync(page, "accepted");
        await page.GotoAsync($"{http}/sheet");
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Camera acceptance: truck-017");
        await Assertions.Expect(page.Locator("body")).ToContainTextAsync("A. Jansen");
        (await page.Locator("svg image").EvaluateAsync<double>("it => it.getBoundingClientRect().width")).ShouldBeGreaterThan(100, "the picture stands on the sheet");
        (await page.Locator(".banner").EvaluateAsync<string>("it => getComputedStyle(it).backgroundColor")).ShouldBe("rgb(11, 122, 59)", "the content policy lets its style through");
        await EverywhereAsync(page, "sheet");
        (await File.ReadAllTextAsync(folder.Combine("camera.json"), Stop)).ShouldContain("\"calibrationId\":\"a-");

        browser.Errors.ShouldBeEmpty();
        browser.Hosts.Keys.ShouldBe(["127.0.0.1"]);
        (await aim.StopAsync(Eventually.Patience)).ShouldBe(0, aim.Output);
    }

    private static async Task TapAsync(IPage page, double metres, string button)
    {
        await page.EvaluateAsync("scrollTo(0, 0)");
        var stage = (await page.GetByTestId("stage").BoundingBoxAsync()).ShouldNotBeNull();
        var row = 299 + (400 * Math.Tan(Math.Atan(2.4 / metres) - (16 * Math.PI / 180)));
        await page.Mouse.ClickAsync(stage.X + (stage.Width / 2), (float)(stage.Y + (stage.Height * row / 598)));
        await page.GetByTestId("distances").Locator($"[data-metres='{button}']").ClickAsync();
        await Assertions.Expect(page.GetByTestId("live")).ToHaveTextAsync("frozen to mark");
    }

    /// <summary>Nothing is cut off on a phone upright and lying, and on a large screen; then upright again.</summary>
    private static async Task EverywhereAsync(IPage page, string name)
    {
        await PictureAsync(page, name, 844, 390);
        await PictureAsync(page, name, 1300, 900);
        await PictureAsync(page, name, 390, 844);
    }

    private static async Task PictureAsync(IPage page, string name, int width, int height)
    {
        await page.SetViewportSizeAsync(width, height);
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue($"{name} at {width}");
        (await page.EvaluateAsync<string>("[...document.querySelectorAll('button, a.big')].filter(it => it.offsetParent && (it.offsetHeight < 48 || it.offsetWidth < 48)).map(it => it.id || it.textContent).join()"))
            .ShouldBe("", $"large enough for gloves: {name} at {width}");
        if (Environment.GetEnvironmentVariable("CLEANSTREETS_PICTURES") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"aim-{name}-{width}.png"), FullPage = name == "sheet" });
        }
    }
}
