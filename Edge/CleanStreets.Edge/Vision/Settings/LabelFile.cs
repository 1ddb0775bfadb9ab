namespace CleanStreets.Edge.Vision.Settings;

/// <summary>The list of a model's labels: one a line, in the model's order.</summary>
internal static class LabelFile
{
    /// <summary>Reads the list.</summary>
    /// <exception cref="VisionException">It cannot be read, or is empty.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        try
        {
            var lines = File.ReadAllLines(path).Select(line => line.Trim()).ToList();
            while (lines is [.., ""])
            {
                lines.RemoveAt(lines.Count - 1);
            }

            return lines.Count > 0 && lines.TrueForAll(line => line.Length > 0)
                ? lines
                : throw new VisionException($"The list of labels {path} {(lines.Count == 0 ? "is empty" : "has an empty line")}: one label a line, in the model's order.");
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new VisionException($"The list of labels {path} cannot be read: {ex.Message}", ex);
        }
    }
}
