using System.Text.Json;
using System.Text.Json.Nodes;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Edge.Vision.Privacy;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Upgrade;

/// <summary>A box with a camera, and models whose answer is known: the real agent, the real runtime.</summary>
public abstract class ModelUpgradeStory : UpgradeStory
{
    private const int Side = 64, Frames = 900;

    private protected bool Looks(string model) => City.Statuses.LastOrDefault() is { Model.Version: { } version, Camera.FramesPerSecond: > 0 } && version == model;

    private protected bool Refused(string reason) => Said is { Model: { State: UpgradeState.Refused, Detail: { } why } } && why.Contains(reason, StringComparison.Ordinal);

    /// <summary>A camera that shows a quarter of an hour of noise, with a model of its own.</summary>
    private protected async Task MountCameraAsync()
    {
        var library = Environment.GetEnvironmentVariable("CLEANSTREETS_ONNXRUNTIME") is { Length: > 0 } named ? named : RepositoryRoot.Combine(".build", "onnxruntime", "libonnxruntime.so.1");
        Assert.SkipUnless(File.Exists(library), "needs ONNX Runtime: deploy/onnxruntime/install .build/onnxruntime");
        Assert.SkipUnless(File.Exists("/usr/bin/ffmpeg"), "needs ffmpeg (apt: ffmpeg)");
        File.Copy(library, Path.Combine(Bench.Home, "lib", "libonnxruntime.so.1"));
        Directory.CreateDirectory(Bench.Combine("frames"));
        var random = new Random(1);
        for (var i = 0; i < Frames; i++)
        {
            var path = Bench.Combine("frames", $"{i:D4}.jpg");
            if (i < 2)
            {
                var picture = new Picture(128, 96);
                random.NextBytes(picture.Rgb);
                for (var at = 0; at < picture.Rgb.Length; at++)
                {
                    picture.Rgb[at] = (byte)((picture.Rgb[at] / 2) + (i * 128)); // A dark one and a light one: a camera that always shows the same is frozen.
                }

                await File.WriteAllBytesAsync(path, (await MaskedJpeg.EncodeAsync(MaskedPicture.Fill(picture, []), 1_000_000, TimeSpan.FromMinutes(2), Token))!.Bytes.ToArray(), Token);
            }
            else
            {
                File.CreateSymbolicLink(path, $"{i % 2:D4}.jpg");
            }
        }

        var own = Fill(Bench.Combine("own"), "litter-1", isModel: true, card: null);
        File.Move(Path.Combine(own, "model.card.json"), Path.Combine(own, "own.card.json"));
        File.Move(Path.Combine(own, "model.onnx"), Path.Combine(own, "own.onnx"));
        await File.WriteAllTextAsync(
            Bench.Combine("camera.json"),
            $$"""
            {"cameraId":"kerb","source":"{{Bench.Combine("frames")}}","framesASecond":2,"model":"{{Path.Combine(own, "own.onnx")}}","labels":"{{Path.Combine(own, "labels.txt")}}",
             "mounting":{"calibrationId":"c-7","heightMetres":1.6,"pitchDegrees":12,"horizontalFieldOfViewDegrees":65} }
            """,
            Token);
        var file = Bench.OnBox("etc/cleanstreets-edge/edge.json");
        var settings = JsonNode.Parse(await File.ReadAllTextAsync(file, Token))!;
        settings["camera"] = Bench.Combine("camera.json");
        await File.WriteAllTextAsync(file, settings.ToJsonString(), Token);
    }

    /// <summary>Signs a model as <c>deploy/edge/release model</c> does; gives its manifest.</summary>
    private protected string Model(string version, string name, string? key = null, bool isModel = true, string? card = null) =>
        Bench.Make("model", "--version", version, "--key", key ?? Bench.Combine("keys", "release.key"), "--out", Bench.Out, "--folder", Fill(Bench.Combine($"model-{version}"), name, isModel, card)).Trim();

    private static string Fill(string folder, string name, bool isModel, string? card)
    {
        Directory.CreateDirectory(folder);
        var output = new float[300 * 6];
        float[] chair = [24, 40, 40, 48, 0.9f, 2];
        chair.CopyTo(output, 0);
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), isModel ? TinyOnnx.Constant(Side, Side, output, [1, 300, 6]) : [1, 2, 3]);
        File.WriteAllLines(Path.Combine(folder, "labels.txt"), ["person", "car", "chair"]);
        File.WriteAllText(
            Path.Combine(folder, "model.card.json"),
            card ?? $$"""{"version":{{JsonSerializer.Serialize(name)}},"about":"made for tests","sees":[{"kind":"bulky_item","light":"day","recall":0.5,"falsePositivesPerPicture":0.1,"pictures":10}]}""");
        return folder;
    }
}
