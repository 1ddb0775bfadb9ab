namespace CleanStreets.Edge.Enroll;

/// <summary>A list of codes for many boxes, as <c>fleet enroll-csv</c> prints it: <c>deviceId,truckId,code,endsAt</c>.</summary>
internal static class CodeList
{
    /// <summary>The code of the box that is called so.</summary>
    /// <param name="path">The list.</param>
    /// <param name="names">What the box may be called; the first that stands in the list counts.</param>
    /// <exception cref="EnrollException">The list cannot be read, or the box does not stand in it.</exception>
    public static string CodeOf(string path, IReadOnlyList<string> names)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new EnrollException($"{path} cannot be read: {ex.Message}", isWrongUse: true, ex);
        }

        var boxes = lines.Select(line => line.Split(',', StringSplitOptions.TrimEntries)).Where(parts => parts.Length >= 3).ToList();
        foreach (var name in names)
        {
            if (boxes.Find(parts => string.Equals(parts[0], name, StringComparison.OrdinalIgnoreCase)) is { } found)
            {
                return found[2];
            }
        }

        throw new EnrollException(
            names.Count == 0
                ? $"This box has no serial number that can be read: say with --device which line of {path} is its."
                : $"{path} has no line for this box ({string.Join(", ", names)}): say with --device which is its.",
            isWrongUse: true);
    }
}
