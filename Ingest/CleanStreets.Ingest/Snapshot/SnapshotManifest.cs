using System.Globalization;
using System.Text;
using CleanStreets.Ingest.Journal;

namespace CleanStreets.Ingest.Snapshot;

/// <summary>Says that a snapshot is complete: which parts it has and how long they are, and what they were made with.</summary>
/// <param name="Position">Everything of the journal below is in the parts, and nothing from there on.</param>
/// <param name="TakenAt">When.</param>
/// <param name="NetworkVersion">The street network that Match and Score used.</param>
/// <param name="Method">The scoring method.</param>
/// <param name="PartBytes">Length of each part's file.</param>
internal sealed record SnapshotManifest(
    long Position, DateTimeOffset TakenAt, string NetworkVersion, string Method, IReadOnlyDictionary<SnapshotPart, long> PartBytes)
{
    private const string FirstLine = "cleanstreets snapshot 1";

    /// <summary>The manifest as text, for people too, with a sum over itself in the last line.</summary>
    public string Write()
    {
        var text = new StringBuilder(FirstLine).Append('\n');
        text.Append("position ").Append(Position).Append('\n');
        text.Append("taken ").Append(TakenAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)).Append('\n');
        text.Append("network ").Append(NetworkVersion).Append('\n');
        text.Append("method ").Append(Method).Append('\n');
        foreach (var part in SnapshotParts.Files)
        {
            text.Append(part.Name()).Append(' ').Append(PartBytes[part]).Append('\n');
        }

        var summed = text.ToString();
        return $"{summed}sum {Sum(summed)}\n";
    }

    /// <exception cref="SnapshotException">The text is not what was written.</exception>
    public static SnapshotManifest Read(string text)
    {
        var sumAt = text.LastIndexOf("sum ", StringComparison.Ordinal);
        if (sumAt < 0 || text[sumAt..] != $"sum {Sum(text[..sumAt])}\n")
        {
            throw new SnapshotException("its manifest is torn or damaged");
        }

        var lines = text[..sumAt].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length != 5 + SnapshotParts.Files.Count || lines[0] != FirstLine)
        {
            throw new SnapshotException("its manifest is of another version");
        }

        return new SnapshotManifest(
            Number(lines[1], "position"),
            DateTimeOffset.TryParse(Value(lines[2], "taken"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var taken)
                ? taken
                : throw new SnapshotException("its manifest says no time"),
            Value(lines[3], "network"),
            Value(lines[4], "method"),
            SnapshotParts.Files.Select((part, i) => (part, Bytes: Number(lines[5 + i], part.Name()))).ToDictionary(item => item.part, item => item.Bytes));
    }

    private static string Sum(string text) => JournalChecksum.Of(Encoding.UTF8.GetBytes(text)).ToString("x8", CultureInfo.InvariantCulture);

    private static string Value(string line, string name) => line.StartsWith(name + ' ', StringComparison.Ordinal)
        ? line[(name.Length + 1)..]
        : throw new SnapshotException($"its manifest says no {name}");

    private static long Number(string line, string name) =>
        long.TryParse(Value(line, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new SnapshotException($"its manifest says no {name}");
}
