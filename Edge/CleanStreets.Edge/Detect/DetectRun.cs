using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Boxes;
using CleanStreets.Edge.Vision.Model;
using CleanStreets.Edge.Vision.Privacy;
using CleanStreets.Edge.Vision.Settings;

namespace CleanStreets.Edge.Detect;

/// <summary>Tries a model on a folder of pictures.</summary>
internal sealed class DetectRun(DetectOptions options, TextWriter output, TextWriter errors)
{
    private const int BareRuns = 10;

    private readonly List<double> _milliseconds = [];

    /// <summary>0: done; 1: not one picture could be read.</summary>
    /// <exception cref="VisionException">The model, its labels or the settings cannot be used.</exception>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        var settings = VisionSettingsFile.Read(options.Settings);
        var labels = LabelFile.Read(options.Labels);
        var truth = Labelled() is { } file ? LabelledPictures.Read(file) : null;
        if (options.Card is not null && truth is null)
        {
            throw new VisionException("--card is measured on labelled pictures: name their boxes with --labelled.");
        }

        var files = Pictures();
        using var model = DetectionModel.Open(options.Model, labels, settings, options.Threads);
        PrepareFolders();
        await output.WriteLineAsync(
            $"model {model.Version}: {model.Shape.Layout}, input {model.Width} × {model.Height}, {labels.Count} labels{(model.Card is null ? ", no model card" : "")}");
        var judgement = new Judgement(settings);
        var images = new List<ImageReport>();
        var judged = 0;
        foreach (var path in files)
        {
            images.Add(await LookAsync(path, model, settings, truth, judgement, stop));
            judged += images[^1].Error is null && truth?.Of(images[^1].File) is not null ? 1 : 0;
        }

        var report = new DetectReport(
            new ModelReport(Path.GetFileName(options.Model), model.Version, model.Shape.Layout.ToString(), model.Width, model.Height, labels.Count, model.Card),
            images,
            Timing(model),
            truth is null ? null : judgement.Mask(),
            truth is null ? null : judgement.Kinds());
        await WriteAsync(report, stop);
        await SummariseAsync(report, judged);
        return images.Exists(image => image.Error is null) ? 0 : 1;
    }

    /// <summary>The labelled boxes that were named, or those that lie with the pictures.</summary>
    private string? Labelled()
    {
        var beside = Path.Combine(options.Images, DetectOptions.LabelledBeside);
        return options.Labelled ?? (File.Exists(beside) ? beside : null);
    }

    private async Task WriteAsync(DetectReport report, CancellationToken stop)
    {
        try
        {
            if (options.Card is { } card)
            {
                await File.WriteAllBytesAsync(card, JsonSerializer.SerializeToUtf8Bytes(CardOf(report), VisionJson.Default.ModelCard), stop);
            }

            await File.WriteAllBytesAsync(options.Out, JsonSerializer.SerializeToUtf8Bytes(report, DetectJson.Default.DetectReport), stop);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new VisionException($"The report {options.Out} or the card cannot be written: {ex.Message}", ex);
        }
    }

    /// <summary>Kinds that were never labelled say nothing about recall, and stay out.</summary>
    private static ModelCard CardOf(DetectReport report) => new()
    {
        Version = report.Model.Version,
        About = $"Measured by edge detect on {report.Images.Count(image => image.Error is null)} labelled pictures; a thing counts as found at an overlap of at least 0.3.",
        Sees = [.. (report.Kinds ?? []).Where(kind => kind.Labelled > 0).Select(kind => new ModelSees(
            kind.Kind, kind.Light, Math.Round((double)kind.Found / kind.Labelled, 3), Math.Round((double)kind.FalsePositives / kind.Pictures, 3), kind.Pictures))],
    };

    private List<string> Pictures()
    {
        if (!Directory.Exists(options.Images))
        {
            throw new VisionException($"The folder of pictures {options.Images} is not there.");
        }

        var files = Directory.EnumerateFiles(options.Images)
            .Where(file => Path.GetExtension(file).ToLowerInvariant() is ".jpg" or ".jpeg" or ".png" or ".bmp" or ".webp" or ".ppm")
            .Order(StringComparer.Ordinal).ToList();
        return files.Count > 0 ? files : throw new VisionException($"{options.Images} holds no pictures (.jpg, .png, .bmp, .webp, .ppm).");
    }

    private void PrepareFolders()
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Out))!);
            if (options.Draw is { } draw)
            {
                Directory.CreateDirectory(draw);
            }
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new VisionException($"Nothing can be written: {ex.Message}", ex);
        }
    }

    private async Task<ImageReport> LookAsync(
        string path, DetectionModel model, VisionSettings settings, LabelledPictures? truth, Judgement judgement, CancellationToken stop)
    {
        var name = Path.GetFileName(path);
        Picture picture;
        try
        {
            picture = await PictureFile.ReadAsync(path, stop);
        }
        catch (CaptureException unreadable)
        {
            await errors.WriteLineAsync($"{name} {unreadable.Message}");
            return new ImageReport(name) { Error = unreadable.Message };
        }

        var findings = new List<Finding>();
        var began = Stopwatch.GetTimestamp();
        model.Find(picture, findings);
        _milliseconds.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        var sure = findings.Where(finding => finding.Confidence >= (finding.Role is LabelRole.Item or LabelRole.Other ? 0 : settings.Confidence)).ToList();
        var masked = new PictureMasker(model, settings.Mask).Mask(picture);
        var light = new LightMeter().Take(Brightness.Of(picture).Median, sunDegrees: null, isWet: false).ToString().ToLowerInvariant();
        if (truth?.Of(name) is { } boxes)
        {
            judgement.Take(boxes, sure, masked, light);
        }

        await DrawAsync(path, picture, masked, sure, stop);
        return new ImageReport(name)
        {
            Width = picture.Width,
            Height = picture.Height,
            Light = light,
            Detections = [.. sure.Select(f => new FindingReport(f.Label, f.Kind, f.Role.ToString().ToLowerInvariant(), Rounded(f.Confidence, 3), Numbers(f.Box)))],
            Masks = [.. masked.Masks.Select(mask => Numbers(mask.Within(picture.Width, picture.Height)))],
            Picture = masked.Refusal.Text(),
            Milliseconds = Math.Round(_milliseconds[^1], 2),
        };
    }

    private async Task DrawAsync(string path, Picture picture, MaskedResult masked, List<Finding> sure, CancellationToken stop)
    {
        if (options.Draw is not { } folder)
        {
            return;
        }

        // What may not be kept is not drawn either: its boxes then stand on plain grey.
        var canvas = masked.Picture ?? MaskedPicture.Blank(picture.Width, picture.Height);
        Drawing.Draw(canvas, sure);
        var drawn = Path.Combine(folder, Path.GetFileNameWithoutExtension(path) + ".png");
        try
        {
            await canvas.WriteAsync(drawn, stop);
        }
        catch (CaptureException ex)
        {
            throw new VisionException(ex.Message, ex);
        }
    }

    private TimingReport Timing(DetectionModel model)
    {
        var bare = new List<double>();
        for (var run = 0; run < BareRuns; run++)
        {
            var began = Stopwatch.GetTimestamp();
            model.RunOnly();
            bare.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        var median = Median(_milliseconds);
        return new TimingReport(_milliseconds.Count, Math.Round(median, 2), median > 0 ? Math.Round(1000 / median, 1) : 0, Math.Round(Median(bare), 2));
    }

    private async Task SummariseAsync(DetectReport report, int judged)
    {
        var read = report.Images.Count(image => image.Error is null);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{read} of {report.Images.Count} pictures read, {report.Images.Sum(i => i.Detections?.Count ?? 0)} things found; {report.Timing.DetectMilliseconds} ms a picture, {report.Timing.RuntimeMilliseconds} ms of it the runtime's"));
        foreach (var image in report.Images)
        {
            await output.WriteLineAsync($"  {image.File}: {(image.Error is null ? $"{image.Detections!.Count} found; {image.Picture}" : "cannot be read")}");
        }

        if (report.Mask is { } mask)
        {
            await output.WriteLineAsync(mask.Labelled == 0
                ? $"mask: the {judged} labelled pictures name no people or vehicles, so the miss-rate is unknown"
                : string.Create(CultureInfo.InvariantCulture, $"mask: miss-rate {mask.MissRate:0.0 %} ({mask.Missed} of {mask.Labelled} labelled people and vehicles not wholly masked); on pictures that may be kept {Rate(mask.MissRateOnKept)} ({mask.MissedOnKept} of {mask.LabelledOnKept})"));
        }

        foreach (var kind in report.Kinds ?? [])
        {
            await output.WriteLineAsync($"{kind.Kind} by {kind.Light}: {kind.Found} of {kind.Labelled} labelled found, {kind.FalsePositives} false");
        }

        await output.WriteLineAsync($"written: {options.Out}{(options.Draw is null ? "" : $", pictures in {options.Draw}")}");
    }

    private static string Rate(double? rate) => rate is { } value ? value.ToString("0.0 %", CultureInfo.InvariantCulture) : "unknown";

    private static double Median(List<double> values) => values.Count == 0 ? 0 : values.Order().ElementAt(values.Count / 2);

    private static float Rounded(float value, int digits) => (float)Math.Round(value, digits);

    private static float[] Numbers(Box box) => [Rounded(box.Left, 1), Rounded(box.Top, 1), Rounded(box.Width, 1), Rounded(box.Height, 1)];
}
