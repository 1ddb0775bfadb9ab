using CleanStreets.Contracts;

namespace CleanStreets.Dashboard.Map;

/// <summary>The street network of one version, as read from ingest. Immutable: a new version is a new map.</summary>
internal sealed class StreetMap
{
    private readonly Dictionary<SegmentId, MapSegment> _byId;

    public StreetMap(string version, IReadOnlyList<MapSegment> segments)
    {
        Version = version;
        Segments = segments;
        _byId = segments.ToDictionary(segment => segment.Id);
        var crossings = new CrossStreets(segments);
        foreach (var segment in segments)
        {
            segment.Block = crossings.Of(segment);
        }

        Bounds = segments.Aggregate(GeoBox.Empty, (box, segment) =>
            box.With(segment.Box.West, segment.Box.South).With(segment.Box.East, segment.Box.North));
    }

    public string Version { get; }

    /// <summary>In the order of the dense segment index.</summary>
    public IReadOnlyList<MapSegment> Segments { get; }

    public GeoBox Bounds { get; }

    public MapSegment? Find(SegmentId id) => _byId.GetValueOrDefault(id);

    public MapSegment? Find(string? id) => SegmentId.TryCreate(id, out var segmentId) ? Find(segmentId) : null;
}
