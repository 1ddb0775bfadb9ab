using System.Globalization;

namespace CleanStreets.Edge.Capture;

/// <summary>What a camera's source is, and how ffmpeg is told to read it.</summary>
internal static class CameraSource
{
    private static readonly string[] StreamSchemes = ["rtsp://", "rtsps://", "rtmp://", "http://", "https://", "udp://", "tcp://"];

    /// <summary>Whether the source goes on by itself: a camera, not a recording.</summary>
    public static bool IsLive(string source) => IsDevice(source) || IsStream(source);

    /// <summary>Whether the source is a device of this box, which one program at a time has.</summary>
    public static bool IsDevice(string source) => source.StartsWith("/dev/video", StringComparison.Ordinal);

    /// <summary>The arguments of ffmpeg that give frames in PPM on its output.</summary>
    public static IReadOnlyList<string> Arguments(CameraOptions options)
    {
        var rate = options.FramesASecond.ToString(CultureInfo.InvariantCulture);
        IEnumerable<string> input = IsDevice(options.Source) ? ["-f", "v4l2", "-i", options.Source]
            : options.Source.StartsWith("rtsp", StringComparison.Ordinal) ? ["-rtsp_transport", "tcp", "-timeout", Microseconds(options.Patience), "-i", options.Source]
            : IsStream(options.Source) ? ["-rw_timeout", Microseconds(options.Patience), "-i", options.Source]
            : Directory.Exists(options.Source) ? [.. Pace(options), "-f", "image2", "-framerate", rate, "-pattern_type", "glob", "-i", Path.Combine(options.Source, "*" + PictureExtension(options.Source))]
            : [.. Pace(options), "-i", $"file:{options.Source}"];
        return
        [
            .. input, "-an", "-vf", $"fps={rate},scale='min({options.MaxWidth.ToString(CultureInfo.InvariantCulture)},iw)':-2",
            "-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "pipe:1",
        ];
    }

    /// <summary>ffmpeg takes pictures of one form at a time: that of the first in the folder.</summary>
    private static string PictureExtension(string folder) =>
        Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(Path.GetExtension).FirstOrDefault(extension => extension is ".jpg" or ".jpeg" or ".png" or ".bmp") ?? ".jpg";

    private static bool IsStream(string source) => Array.Exists(StreamSchemes, scheme => source.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    private static string[] Pace(CameraOptions options) => options.AsFastAsUsed ? [] : ["-re"];

    private static string Microseconds(TimeSpan time) => ((long)time.TotalMicroseconds).ToString(CultureInfo.InvariantCulture);
}
