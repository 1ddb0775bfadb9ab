using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Edge.Vision.Settings;

/// <summary>Reads the settings file; without one, what is built in (<c>vision.json</c> beside this class) holds.</summary>
internal static class VisionSettingsFile
{
    /// <summary>Reads settings.</summary>
    /// <param name="path">The file; null for what is built in.</param>
    /// <exception cref="VisionException">It cannot be read, or says something that cannot be.</exception>
    public static VisionSettings Read(string? path)
    {
        var name = path ?? "vision.json";
        try
        {
            using var stream = path is null ? typeof(VisionSettingsFile).Assembly.GetManifestResourceStream("vision.json")! : File.OpenRead(path);
            var settings = JsonSerializer.Deserialize(stream, VisionJson.Default.VisionSettings) ?? throw new VisionException($"{name} holds no settings.");
            Check(settings, name);
            return settings;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new VisionException($"The settings {name} cannot be read: {ex.Message}", ex);
        }
        catch (JsonException ex)
        {
            throw new VisionException($"The settings {name} are wrong at line {ex.LineNumber + 1}: {ex.Message}", ex);
        }
    }

    private static void Check(VisionSettings settings, string name)
    {
        Share(settings.Confidence, "confidence");
        Share(settings.Overlap, "overlap");
        Share(settings.Mask.Confidence, "mask.confidence");
        Share(settings.Mask.UnsureConfidence, "mask.unsureConfidence");
        foreach (var (label, confidence) in settings.ConfidenceByLabel)
        {
            Share(confidence, $"confidenceByLabel of {label}");
        }

        Want(settings.Mask.UnsureConfidence <= settings.Mask.Confidence, "mask.unsureConfidence may not be above mask.confidence");
        Want(settings.Mask.WidenShare >= 0 && settings.Mask.WidenPixels >= 0, "masks may not be narrower than what they hide");
        Want(settings.InputSize is >= 32 and <= 4096 && settings.InputSize % 32 == 0, "inputSize is 32 to 4096, a multiple of 32");
        foreach (var (label, kind) in settings.Kinds)
        {
            Want(kind.Length > 0 && Encoding.UTF8.GetByteCount(kind) <= ReadingLimits.MaxTextBytes, $"the kind of {label} is empty or too long");
            Want(
                !settings.People.Concat(settings.Vehicles).Contains(label),
                $"{label} is a person or a vehicle and cannot be a kind of detection as well");
        }

        void Share(float value, string field) => Want(value is > 0 and <= 1, $"{field} is above 0 and at most 1");

        void Want(bool isTrue, string rule)
        {
            if (!isTrue)
            {
                throw new VisionException($"The settings {name} are wrong: {rule}.");
            }
        }
    }
}

/// <summary>The JSON of the camera path: settings, model cards, reports.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(VisionSettings))]
[JsonSerializable(typeof(Model.ModelCard))]
[JsonSerializable(typeof(CameraFile))]
internal sealed partial class VisionJson : JsonSerializerContext;
