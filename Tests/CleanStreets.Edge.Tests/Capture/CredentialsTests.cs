using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Doctor;
using CleanStreets.Edge.Sensors;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Tests.Capture;

/// <summary>Users and passwords of cameras and sensors stand in the box's settings and nowhere else.</summary>
public sealed class CredentialsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("rtsp://admin:s3cret@10.0.0.9:554/live", "rtsp://…@10.0.0.9:554/live")]
    [InlineData("rtsp://admin:s3c@ret@10.0.0.9/live", "rtsp://…@10.0.0.9/live")]
    [InlineData("HTTP://admin@10.0.0.9/a@b", "HTTP://…@10.0.0.9/a@b")]
    [InlineData("rtsp://10.0.0.9/user=admin&password=s3cret&channel=1", "rtsp://10.0.0.9/user=…&password=…&channel=1")]
    [InlineData("http://10.0.0.9/video.cgi?usr=admin&pwd=s3cret", "http://10.0.0.9/video.cgi?usr=…&pwd=…")]
    [InlineData("Error opening 'rtsp://admin:s3cret@10.0.0.9/live': refused; write to a@b", "Error opening 'rtsp://…@10.0.0.9/live': refused; write to a@b")]
    [InlineData("/dev/video0", "/dev/video0")]
    [InlineData("clips/monkey=1.mp4", "clips/monkey=1.mp4")]
    public void Only_credentials_are_hidden(string text, string left) => Credentials.Without(text).ShouldBe(left);

    [Fact]
    public async Task Unplugged_camera_is_logged_without_its_password_whatever_ffmpeg_says()
    {
        var lines = new List<string>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var source = $"rtsp://admin:s3c ret@127.0.0.1:{FreePort.Next()}/live";
        var camera = new Camera(new CameraOptions { CameraId = "kerb", Source = source, Patience = Patience }, TimeProvider.System, new LineLogger(lines));
        var running = camera.RunAsync(stop.Token);
        await Eventually.TrueAsync("it is said", () => camera.IsUnplugged, Patience);
        await stop.CancelAsync();
        await running;
        var line = lines.ShouldHaveSingleItem();
        line.ShouldContain("rtsp://…@127.0.0.1");
        line.ShouldContain("refused", Case.Insensitive, "ffmpeg's own words are there");
        line.ShouldNotContain("admin");
        line.ShouldNotContain("ret@");
    }

    [Fact]
    public async Task Doctor_names_a_camera_without_its_password()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            folder.Combine("camera.json"),
            $$"""
            {
              "cameraId": "kerb", "source": "tcp://admin:s3cret@127.0.0.1:{{FreePort.Next()}}", "model": "none.onnx", "labels": "none.txt",
              "mounting": { "calibrationId": "c-1", "heightMetres": 2, "pitchDegrees": 20, "horizontalFieldOfViewDegrees": 70 }
            }
            """,
            TestContext.Current.CancellationToken);
        var found = await BoxChecks.CameraAsync(folder.Combine("camera.json"), isAgentRunning: false, TimeProvider.System, TestContext.Current.CancellationToken);
        found.Verdict.ShouldBe(Verdict.Fail);
        found.Line.ShouldContain("tcp://…@127.0.0.1");
        found.Line.ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task Sensor_that_is_gone_is_logged_without_its_password()
    {
        var lines = new List<string>();
        using var loggers = new LineLoggers(lines);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var options = new SensorOptions { Kind = "http", Source = $"http://admin:s3cret@127.0.0.1:{FreePort.Next()}/dust?token=abc123" };
        var running = SensorRunner.RunAsync(options, new SensorBoard(TimeProvider.System), TimeProvider.System, loggers, stop.Token);
        await Eventually.TrueAsync(
            "it is said",
            () =>
            {
                lock (lines)
                {
                    return lines.Count > 0;
                }
            },
            Patience);
        await stop.CancelAsync();
        await running;
        lines[0].ShouldContain("http://…@127.0.0.1");
        lines[0].ShouldNotContain("s3cret");
        lines[0].ShouldNotContain("abc123");
    }

    private sealed class LineLoggers(List<string> lines) : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider)
        {
            // One place for all.
        }

        public ILogger CreateLogger(string categoryName) => new LineLogger(lines);

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
