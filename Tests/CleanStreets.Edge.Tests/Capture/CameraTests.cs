using System.Net;
using System.Net.Sockets;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Capture;

/// <summary>Cameras through the real ffmpeg, on clips that it makes itself.</summary>
public sealed class CameraTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // Long enough for ffmpeg to start on a busy machine.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_recording_gives_its_frames_at_the_set_rate_and_ends()
    {
        using var folder = new TemporaryFolder();
        var clip = await ClipAsync(folder, "testsrc=size=1600x900:rate=25:duration=3", "clip.avi");
        var frames = await AllFramesAsync(new CameraOptions { CameraId = "c", Source = clip, FramesASecond = 4, AsFastAsUsed = true });
        frames.Count.ShouldBeInRange(11, 13);
        frames.ShouldAllBe(frame => frame.Picture.Width == 1280 && frame.Picture.Height == 720);
        frames.Select(frame => frame.Number).ShouldBe(Enumerable.Range(1, frames.Count).Select(number => (long)number));
        Distinct(frames).ShouldBe(frames.Count, "a running clock is in the picture");
    }

    [Fact]
    public async Task A_folder_of_photos_is_a_recording_too()
    {
        var frames = await AllFramesAsync(new CameraOptions { CameraId = "c", Source = SharedVision.Photos, FramesASecond = 1, AsFastAsUsed = true });
        frames.Count.ShouldBe(7);
        frames.ShouldAllBe(frame => frame.Picture.Width == 800);
        Distinct(frames).ShouldBe(7);
    }

    [Theory]
    [InlineData("missing.avi")]
    [InlineData("text.avi")]
    public async Task A_recording_that_cannot_be_read_counts_as_unplugged_and_ends(string file)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Combine("text.avi"), "no film");
        var camera = new Camera(new CameraOptions { CameraId = "c", Source = folder.Combine(file), AsFastAsUsed = true }, TimeProvider.System, NullLogger.Instance);
        await camera.RunAsync(Stop).WaitAsync(Patience, Stop);
        camera.IsUnplugged.ShouldBeTrue();
        camera.Taken.ShouldBe(0);
    }

    [Fact]
    public async Task A_stream_that_stops_is_unplugged_and_comes_back()
    {
        using var folder = new TemporaryFolder();
        var clip = await File.ReadAllBytesAsync(await ClipAsync(folder, "testsrc=size=320x240:rate=10:duration=20", "clip.ts"), Stop);
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var options = new CameraOptions
        {
            CameraId = "c",
            Source = $"tcp://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}",
            FramesASecond = 10,
            Patience = Silence,
        };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var serving = ServeAsync(server, clip, stop.Token);
        var lines = new List<string>();
        var camera = new Camera(options, TimeProvider.System, new LineLogger(lines));
        var running = camera.RunAsync(stop.Token);
        await Eventually.TrueAsync("frames come", () => camera.Taken > 10, Patience);
        await Eventually.TrueAsync("it falls silent while the line stays, and frames come again", () => Says("gives frames again"), Patience);
        Says("gives no frames").ShouldBeTrue();
        await stop.CancelAsync();
        await running;
        await serving;
        (camera.Unused > 0).ShouldBeTrue("nobody looked, so only the newest frame was kept");
        camera.Frames.TryRead(out var newest).ShouldBeTrue();
        newest!.Number.ShouldBe(camera.Taken);

        bool Says(string words)
        {
            lock (lines)
            {
                return lines.Exists(line => line.Contains(words, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task A_network_camera_speaks_RTSP_and_is_asked_again_when_it_hangs()
    {
        using var folder = new TemporaryFolder();
        var clip = await File.ReadAllBytesAsync(await ClipAsync(folder, "testsrc=size=320x240:rate=10:duration=10", "clip.ts"), Stop);
        await using var server = new RtspServer(clip);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var camera = new Camera(
            new CameraOptions { CameraId = "c", Source = server.Url, FramesASecond = 10, Patience = Silence }, TimeProvider.System, NullLogger.Instance);
        var running = camera.RunAsync(stop.Token);
        await Eventually.TrueAsync("frames come", () => camera.Taken > 5, Patience);
        camera.Frames.TryRead(out var frame).ShouldBeTrue();
        (frame!.Picture.Width, frame.Picture.Height).ShouldBe((320, 240));
        var before = camera.Taken;
        await Eventually.TrueAsync("it hangs, is asked again and gives frames", () => server.Played > 1 && camera.Taken > before && !camera.IsUnplugged, Patience);
        await stop.CancelAsync();
        await running;
    }

    [Theory]
    [InlineData("/dev/video0", "-f v4l2 -i /dev/video0", true)]
    [InlineData("rtsp://10.0.0.9/live", "-rtsp_transport tcp -timeout 5000000 -i rtsp://10.0.0.9/live", true)]
    [InlineData("clip.mp4", "-re -i file:clip.mp4", false)]
    public void Every_kind_of_source_is_told_to_ffmpeg_in_its_own_way(string source, string arguments, bool isLive)
    {
        string.Join(' ', CameraSource.Arguments(new CameraOptions { CameraId = "c", Source = source })).ShouldStartWith(arguments);
        CameraSource.IsLive(source).ShouldBe(isLive);
    }

    /// <summary>Gives whoever connects the clip, then keeps the line open and silent.</summary>
    private static async Task ServeAsync(TcpListener server, byte[] clip, CancellationToken stop)
    {
        var lines = new List<TcpClient>();
        try
        {
            while (true)
            {
                lines.Add(await server.AcceptTcpClientAsync(stop));
                try
                {
                    await lines[^1].GetStream().WriteAsync(clip, stop);
                }
                catch (IOException)
                {
                    // It went away before it had all; the next one may stay.
                }
            }
        }
        catch (OperationCanceledException)
        {
            lines.ForEach(line => line.Dispose());
        }
    }

    private static async Task<List<CameraFrame>> AllFramesAsync(CameraOptions options)
    {
        var camera = new Camera(options, TimeProvider.System, NullLogger.Instance);
        var running = camera.RunAsync(Stop);
        var frames = new List<CameraFrame>();
        while (await camera.Frames.WaitToReadAsync(CancellationToken.None))
        {
            while (camera.Frames.TryRead(out var frame))
            {
                frames.Add(frame);
            }
        }

        await running.WaitAsync(Patience, Stop);
        return frames;
    }

    private static int Distinct(List<CameraFrame> frames) => frames.Select(frame => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(frame.Picture.Rgb))).Distinct().Count();

    private static async Task<string> ClipAsync(TemporaryFolder folder, string source, string name)
    {
        var clip = folder.Combine(name);
        await using var ffmpeg = Ffmpeg.Start(["-f", "lavfi", "-i", source, "-c:v", "mpeg2video", "-q:v", "3", clip], withInput: false);
        var (code, errors) = await ffmpeg.EndAsync(Stop);
        code.ShouldBe(0, errors);
        return clip;
    }
}
