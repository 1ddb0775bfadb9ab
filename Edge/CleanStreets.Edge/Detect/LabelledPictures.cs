using System.Text.Json;
using CleanStreets.Edge.Vision;
using CleanStreets.Edge.Vision.Boxes;

namespace CleanStreets.Edge.Detect;

/// <summary>Hand-drawn boxes of pictures, from a COCO annotation file (images, categories, annotations with bbox).</summary>
internal sealed class LabelledPictures
{
    private readonly Dictionary<string, List<LabelledBox>> _boxes;

    private LabelledPictures(Dictionary<string, List<LabelledBox>> boxes) => _boxes = boxes;

    /// <summary>The boxes of a picture; null when the file does not know it: then nobody looked whether anything is there.</summary>
    public IReadOnlyList<LabelledBox>? Of(string file) => _boxes.GetValueOrDefault(file);

    /// <summary>Reads the file.</summary>
    /// <exception cref="VisionException">It cannot be read.</exception>
    public static LabelledPictures Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            var names = root.GetProperty("categories").EnumerateArray().ToDictionary(c => c.GetProperty("id").GetInt32(), c => c.GetProperty("name").GetString()!);
            var files = root.GetProperty("images").EnumerateArray().ToDictionary(i => i.GetProperty("id").GetInt32(), i => i.GetProperty("file_name").GetString()!);
            var boxes = files.Values.ToDictionary(file => file, _ => new List<LabelledBox>(), StringComparer.Ordinal);
            foreach (var annotation in root.GetProperty("annotations").EnumerateArray())
            {
                var box = annotation.GetProperty("bbox").EnumerateArray().Select(number => number.GetSingle()).ToArray();
                boxes[files[annotation.GetProperty("image_id").GetInt32()]].Add(
                    new LabelledBox(names[annotation.GetProperty("category_id").GetInt32()], new Box(box[0], box[1], box[0] + box[2], box[1] + box[3])));
            }

            return new LabelledPictures(boxes);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new VisionException($"The labelled boxes {path} cannot be read: {ex.Message}", ex);
        }
        catch (Exception ex) when (ex is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException)
        {
            throw new VisionException($"{path} is no COCO annotation file (images, categories, annotations with bbox): {ex.Message}", ex);
        }
    }
}

/// <summary>One hand-drawn box.</summary>
/// <param name="Label">What it is, in the words of the settings.</param>
/// <param name="Box">Where, pixels.</param>
internal sealed record LabelledBox(string Label, Box Box);
