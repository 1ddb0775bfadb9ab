using CleanStreets.Benchmarks.Run;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Settings;

namespace CleanStreets.Benchmarks.Vision;

/// <summary>A frame looked at by the real model, from its pixels to the boxes, beside the runtime's bare run, by turns on one thread.</summary>
internal sealed class DetectionRow : Row
{
    private const int Frames = 20;
    private const double MostOverRuntime = 1 / 0.9; // Nine tenths of the runtime's own speed are kept.

    public override string Name => "vision";

    public override string About => "a camera frame through the detection model, beside the runtime's bare run";

    public override async Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        Tools.Need("/usr/bin/ffmpeg", "ffmpeg");
        var picture = await PictureFile.ReadAsync(Tools.Find("data/vision/amsterdam/ams_13.jpg"), CancellationToken.None);
        using var model = Open();
        var line = new Line($"one frame, {picture.Width} × {picture.Height} to boxes, YOLOX nano, one thread", "CPU-ms a frame");
        var bare = line.Next("the runtime alone", MostOverRuntime);
        var found = new List<Finding>();
        Cpu(() => model.Find(picture, found));
        Cpu(model.RunOnly);
        for (var round = 0; round < settings.Runs; round++)
        {
            line.Ours.Add(Cpu(() => model.Find(picture, found)));
            bare.Add(Cpu(model.RunOnly));
        }

        return [line];
    }

    private static DetectionModel Open()
    {
        try
        {
            return DetectionModel.Open(
                Tools.Find("data/vision/yolox_nano.onnx"), LabelFile.Read(Tools.Find("data/vision/classes.txt")), VisionSettingsFile.Read(null), threads: 1);
        }
        catch (VisionException missing)
        {
            throw new MissingException(missing.Message);
        }
    }

    private static double Cpu(Action frame)
    {
        var before = ThreadCpu.Seconds;
        for (var i = 0; i < Frames; i++)
        {
            frame();
        }

        return (ThreadCpu.Seconds - before) / Frames * 1000;
    }
}
