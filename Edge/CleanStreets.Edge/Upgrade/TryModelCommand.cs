using System.CommandLine;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Settings;

namespace CleanStreets.Edge.Upgrade;

/// <summary><c>edge try-model</c>: loads a model with its labels and card, and looks at a frame. What an upgrade runs before it switches.</summary>
internal static class TryModelCommand
{
    private const int FrameWidth = 1280, FrameHeight = 720;

    private static readonly Option<string> Folder = new("--folder")
    {
        Description = "Folder with model.onnx, labels.txt and model.card.json; with sample.jpg, something must be found in it.",
        Required = true,
    };

    public static Command Create()
    {
        var command = new Command("try-model", "Load a detection model and look at a frame.") { Folder };
        command.SetAction((parsed, stop) => RunAsync(parsed.GetRequiredValue(Folder), Console.Out, stop));
        return command;
    }

    /// <exception cref="VisionException">The model cannot be used.</exception>
    private static async Task<int> RunAsync(string folder, TextWriter output, CancellationToken stop)
    {
        OfferMemory();
        var settings = Path.Combine(folder, ModelRelease.SettingsFile);
        using var model = DetectionModel.Open(
            Path.Combine(folder, ModelRelease.ModelFile), LabelFile.Read(Path.Combine(folder, ModelRelease.LabelsFile)), VisionSettingsFile.Read(File.Exists(settings) ? settings : null), threads: 1);
        if (model.Card is null)
        {
            throw new VisionException($"The model {model.Version} has no card: recall and false positives are not known.");
        }

        var sample = Path.Combine(folder, ModelRelease.SampleFile);
        var hasSample = File.Exists(sample);
        var findings = new List<Finding>();
        try
        {
            model.Find(hasSample ? await PictureFile.ReadAsync(sample, stop) : Gradient(), findings);
        }
        catch (CaptureException ex)
        {
            throw new VisionException($"{sample} {ex.Message}", ex);
        }

        if (hasSample && findings.Count == 0)
        {
            throw new VisionException($"The model {model.Version} finds nothing in its own {ModelRelease.SampleFile}.");
        }

        await output.WriteLineAsync($"model {model.Version}: {model.Width} × {model.Height}, {findings.Count} found");
        return 0;
    }

    /// <summary>When the unit's memory runs out, the kernel ends this process and not the agent.</summary>
    private static void OfferMemory()
    {
        const string Score = "/proc/self/oom_score_adj";
        try
        {
            if (File.Exists(Score))
            {
                File.WriteAllText(Score, "1000");
            }
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            // Then the kernel chooses by size.
        }
    }

    /// <summary>A frame of a camera's size that is no photo of anybody.</summary>
    private static Picture Gradient()
    {
        var picture = new Picture(FrameWidth, FrameHeight);
        for (var i = 0; i < picture.Rgb.Length; i++)
        {
            picture.Rgb[i] = (byte)((i / Picture.Channels % FrameWidth) ^ (i / Picture.Channels / FrameWidth));
        }

        return picture;
    }
}
