using System.Net;
using System.Net.Sockets;
using System.Text;
using CleanStreets.Edge.Aim;
using CleanStreets.Edge.Doctor;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Aim;

/// <summary>The page's door and walls, on the real program with a camera and no model.</summary>
public sealed class AimServerTests
{
    private const int Interrupt = 2;

    private static readonly (string Method, string Path)[] Inside =
    [
        ("GET", "/api/state"), ("GET", "/picture.jpg"), ("GET", "/sheet"), ("GET", "/nothing"), ("POST", "/api/mounting"), ("POST", "/api/marks"), ("POST", "/api/marks/undo"),
        ("POST", "/api/marks/clear"), ("POST", "/api/measured"), ("POST", "/api/accept"),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Door_walls_and_end()
    {
        using var pictures = new TemporaryFolder();
        await using var bench = await AimBench.StartAsync(await PicturesAsync(pictures));
        bench.Program.Output.ShouldStartWith("On the phone, in the box's own network, open http://127.0.0.1:");

        // The page is there for everybody, and asks nobody else for anything.
        using (var page = await bench.Phone.GetAsync("/", Stop))
        {
            page.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'");
            (await page.Content.ReadAsStringAsync(Stop)).ShouldNotContain("//", Case.Sensitive, "no address of any other host");
        }

        // Nothing of the camera is said without the code.
        foreach (var (method, path) in Inside)
        {
            (await RawAsync(bench, $"{method} {path} HTTP/1.1\r\nHost: box\r\nX-Aim: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")).ShouldStartWith("HTTP/1.1 401", Case.Sensitive, path);
        }

        // Whatever changes something must come from the page.
        using (var foreign = await bench.SendAsync("/api/enter", new CodeWish(bench.Code), isPage: false))
        {
            foreign.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        await bench.EnterAsync();
        using (var again = await bench.SendAsync("/api/enter", new CodeWish(bench.Code)))
        {
            again.StatusCode.ShouldBe(HttpStatusCode.Forbidden, "a code opens once");
        }

        // Paths lead nowhere, whatever they say.
        foreach (var path in new[] { "/../../../../etc/passwd", "/..%2f..%2fetc/passwd", "/aim.css/../camera.json", "//etc/passwd", "/camera.json", "/%00", "/picture.jpg/.." })
        {
            var raw = await RawAsync(bench, $"GET {path} HTTP/1.1\r\nHost: box\r\nConnection: close\r\n\r\n");
            raw.ShouldNotContain("root:");
            raw.Split(' ')[1].ShouldBeOneOf("400", "401", "404", "200");
            raw.ShouldNotContain("calibrationId");
        }

        // Bodies are small, and what they are meant to be.
        using (var large = await bench.SendAsync("/api/accept", new AcceptWish(new string('a', 5000))))
        {
            large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        }

        foreach (var (path, body) in new[] { ("/api/mounting", "{\"heightMetres\":99}"), ("/api/mounting", "{\"hight\":2}"), ("/api/mounting", "null"), ("/api/marks", "{\"x\":0.5}"), ("/api/marks", "{\"x\":2,\"y\":0.5}"), ("/api/marks", "{\"x\":0.5,\"y\":0.5,\"distanceMetres\":0.2}"), ("/api/measured", ""), ("/api/accept", "{\"technician\":\" \"}") })
        {
            var said = await RawAsync(bench, $"POST {path} HTTP/1.1\r\nHost: box\r\nX-Aim: 1\r\nCookie: aim={bench.Token}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
            said.ShouldStartWith("HTTP/1.1 400", Case.Sensitive, $"{path} {body}");
            said.ShouldContain("\"error\":");
        }

        // Without a model there is no picture, and the page says what is missing.
        await Eventually.TrueAsync("the camera gives frames", async () => (await bench.StateAsync()).Picture.Number > 0);
        var state = await bench.StateAsync();
        state.Picture.Withheld.ShouldNotBeNull().ShouldContain("without the model nobody in it can be masked");
        state.Checks.Single(check => check.Part == "masks").ShouldSatisfyAllConditions(check => check.Verdict.ShouldBe(Verdict.Fail), check => check.Said.ShouldContain("missing.txt"));
        state.Overlay.ShouldContain("horizon");
        (state.Picture.Width, state.Picture.Height).ShouldBe((640, 360));
        using (var picture = await bench.Phone.GetAsync("/picture.jpg", Stop))
        {
            picture.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        // Guessing ends soon, and does not disturb who is in.
        for (var guess = 0; guess < 10; guess++)
        {
            using var wrong = await bench.SendAsync("/api/enter", new CodeWish("0000 000" + guess));
            if (guess >= 5)
            {
                wrong.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
                wrong.Headers.RetryAfter.ShouldNotBeNull();
            }
        }

        (await bench.StateAsync()).Truck.ShouldBe("truck-017");
        Directory.Exists(bench.Data).ShouldBeFalse("nothing is written before something is accepted");
        bench.Program.Signal(Interrupt);
        (await bench.Program.ExitAsync(Eventually.Patience)).ShouldBe(0, bench.Program.Output);
    }

    [Theory]
    [InlineData("--listen", "nowhere")]
    [InlineData("--listen", "127.0.0.1")]
    [InlineData("--listen", "203.0.113.7:80")]
    [InlineData("--camera", "missing.json")]
    [InlineData("--settings", "missing.json")]
    [InlineData("--print", "/proc/none/sheet.html")]
    public async Task Wrong_use_is_one_sentence_and_exit_2(string option, string value)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            folder.Combine("camera.json"),
            """{"cameraId":"c","source":"none","model":"m","labels":"l","mounting":{"calibrationId":"c","heightMetres":2,"pitchDegrees":20,"horizontalFieldOfViewDegrees":70}}""",
            Stop);
        string[] camera = option is "--listen" or "--print" ? ["--camera", folder.Combine("camera.json"), "--data", folder.Combine("data")] : [];
        await using var aim = ProductProgram.Start("Edge/CleanStreets.Edge", ["aim", .. camera, option, value]);
        (await aim.ExitAsync(Eventually.Patience)).ShouldBe(2, aim.Output);
        aim.Output.Split('\n').ShouldHaveSingleItem().ShouldStartWith("edge: ");
    }

    private static async Task<string> PicturesAsync(TemporaryFolder folder)
    {
        await using var ffmpeg = ProductProgram.StartProcess("ffmpeg", ["-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=2:duration=4", folder.Combine("%02d.png")]);
        (await ffmpeg.ExitAsync(Eventually.Patience)).ShouldBe(0, ffmpeg.Output);
        return folder.Path;
    }

    private static async Task<string> RawAsync(AimBench bench, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, bench.Phone.BaseAddress!.Port, Stop);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Stop);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Stop);
    }
}
