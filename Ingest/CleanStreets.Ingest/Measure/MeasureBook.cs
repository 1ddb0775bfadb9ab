using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;

namespace CleanStreets.Ingest.Measure;

/// <summary>What a city's numbers were made with, kept for good in ingest's folder: evidence fades, and the marks on a chart must not fade with it.</summary>
/// <remarks>One owner at a time. A file that cannot be read is set aside, and a new one begun.</remarks>
internal sealed class MeasureBook
{
    private readonly string _path;

    private MeasureBook(string path, MeasureHistory history) => (_path, History) = (path, history);

    /// <summary>What is kept.</summary>
    public MeasureHistory History { get; private set; }

    /// <summary>Where a file was kept that could not be read; null: there was none.</summary>
    public string? Kept { get; private init; }

    /// <summary>Opens the book of a folder.</summary>
    public static MeasureBook Open(string path)
    {
        var nothing = new MeasureHistory([], new DetectorHistory([], [], []));
        if (!File.Exists(path))
        {
            return new MeasureBook(path, nothing);
        }

        try
        {
            return new MeasureBook(path, JsonSerializer.Deserialize(File.ReadAllBytes(path), ContractJson.Default.MeasureHistory) is { Methods: not null, Detectors: { InUse: not null, OnTrial: not null, Bridges: not null } } kept
                ? kept
                : throw new JsonException("It is empty."));
        }
        catch (JsonException)
        {
            File.Move(path, path + ".damaged", overwrite: true);
            return new MeasureBook(path, nothing) { Kept = path + ".damaged" };
        }
    }

    /// <summary>Notes the method in force.</summary>
    /// <param name="method">Its name.</param>
    /// <param name="since">Since when, if it is new; null: nobody knows.</param>
    public void NoteMethod(string method, DateTimeOffset? since)
    {
        if (History.Methods is not [.., var last] || last.Method != method)
        {
            Keep(History with { Methods = [.. History.Methods, new MethodInForce(method, since)] });
        }
    }

    /// <summary>Adds what is seen of detectors now to what was seen before: a version stays, and of two comparisons the one that rests on more.</summary>
    public void NoteDetectors(DetectorHistory now)
    {
        var kept = History.Detectors;
        var detectors = new DetectorHistory(Merge(kept.InUse, now.InUse), Merge(kept.OnTrial, now.OnTrial), Merge(kept.Bridges, now.Bridges));
        Keep(History with { Detectors = detectors });
    }

    private static List<DetectorSpan> Merge(IReadOnlyList<DetectorSpan> kept, IReadOnlyList<DetectorSpan> now)
    {
        var spans = kept.ToDictionary(span => span.Version, span => span with { Passes = 0 }, StringComparer.Ordinal);
        foreach (var span in now)
        {
            spans[span.Version] = spans.TryGetValue(span.Version, out var before)
                ? span with { FirstPassAt = Min(before.FirstPassAt, span.FirstPassAt), LastPassAt = Max(before.LastPassAt, span.LastPassAt) }
                : span;
        }

        return [.. spans.Values.OrderBy(span => span.FirstPassAt).ThenBy(span => span.Version, StringComparer.Ordinal)];
    }

    private static List<DetectorBridge> Merge(IReadOnlyList<DetectorBridge> kept, IReadOnlyList<DetectorBridge> now)
    {
        var bridges = kept.ToDictionary(bridge => (bridge.Older, bridge.Newer));
        foreach (var bridge in now)
        {
            if (!bridges.TryGetValue((bridge.Older, bridge.Newer), out var before) || Weight(bridge).CompareTo(Weight(before)) >= 0)
            {
                bridges[(bridge.Older, bridge.Newer)] = bridge;
            }
        }

        return [.. bridges.Values.OrderBy(bridge => bridge.Older, StringComparer.Ordinal).ThenBy(bridge => bridge.Newer, StringComparer.Ordinal)];

        static (bool, int) Weight(DetectorBridge bridge) => (bridge.OnSameFrames, bridge.Kinds.Select(kind => kind.Places).DefaultIfEmpty().Max());
    }

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private void Keep(MeasureHistory history)
    {
        History = history;
        DurableFile.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(history, ContractJson.Default.MeasureHistory));
    }
}
