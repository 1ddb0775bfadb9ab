using System.Text;
using System.Text.Json;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Vision.Runtime;
using CleanStreets.Edge.Vision.Settings;

namespace CleanStreets.Edge.Vision.Model;

/// <summary>Finds a model's card: the file <c>NAME.card.json</c> beside <c>NAME.onnx</c>, or the entry <c>cleanstreets.card</c> of the model's metadata.</summary>
internal static class ModelCardFile
{
    /// <summary>Name of the entry in the model's own metadata.</summary>
    public const string MetadataKey = "cleanstreets.card";

    private static readonly string[] Lights = ["day", "dusk", "night", "wet"];

    /// <summary>The card of a model; null when it has none.</summary>
    /// <exception cref="VisionException">There is one and it is wrong.</exception>
    public static ModelCard? Find(string model, OrtSession session)
    {
        var beside = Path.ChangeExtension(model, ".card.json");
        return File.Exists(beside) ? Parse(File.ReadAllText(beside), beside)
            : session.Metadata(MetadataKey) is { } own ? Parse(own, $"The entry {MetadataKey} of {model}")
            : null;
    }

    /// <summary>Reads a card.</summary>
    /// <exception cref="VisionException">It is wrong.</exception>
    public static ModelCard Parse(string json, string name)
    {
        try
        {
            var card = JsonSerializer.Deserialize(json, VisionJson.Default.ModelCard);
            var wrong = card is null ? "it is empty"
                : card.Version.Length == 0 || Encoding.UTF8.GetByteCount(card.Version) > ReadingLimits.MaxTextBytes ? $"its version is empty or longer than {ReadingLimits.MaxTextBytes} bytes"
                : card.Sees.FirstOrDefault(line => !(line.Recall is >= 0 and <= 1) || !(line.FalsePositivesPerPicture >= 0) || !Lights.Contains(line.Light) || line.Kind.Length == 0) is { } bad
                    ? $"the line of {bad.Kind} in {bad.Light}: recall is 0 to 1, false positives are not negative, light is {string.Join(", ", Lights)}"
                : null;
            return wrong is null ? card! : throw new VisionException($"{name} is no model card: {wrong}.");
        }
        catch (JsonException ex)
        {
            throw new VisionException($"{name} is no model card: {ex.Message}", ex);
        }
    }
}
