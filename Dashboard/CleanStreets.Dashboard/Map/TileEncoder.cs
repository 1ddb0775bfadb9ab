namespace CleanStreets.Dashboard.Map;

/// <summary>Writes one vector tile (Mapbox Vector Tile 2.1): a layer <c>segments</c> of lines.</summary>
/// <remarks>
/// The message, field by field, as the specification's vector_tile.proto numbers it:
/// <code>
/// tile      3 layer
/// layer    15 version=2   1 name   2 feature…   3 key…   4 value…   5 extent
/// feature   1 id   2 tags (packed key, value)   3 type=2 (line)   4 geometry (packed)
/// value     1 string   7 bool
/// geometry  command = id | count &lt;&lt; 3 (1 move, 2 line), then zigzag steps from the point before
/// </code>
/// Not for use by two threads at once.
/// </remarks>
internal sealed class TileEncoder
{
    public const int Extent = 4096;

    /// <summary>Drawn beyond the edge, so that wide and offset lines meet without a seam: 2 px at 512 px a tile per 16 units.</summary>
    public const int Buffer = 128;

    private const string LayerName = "segments";

    private static readonly string[] Keys = ["segmentId", "name", "class", "oneway"];

    private readonly ProtoWriter _layer = new();
    private readonly ProtoWriter _feature = new();
    private readonly ProtoWriter _part = new();
    private readonly Dictionary<object, int> _values = [];

    /// <summary>The tile's bytes; empty when no segment touches it.</summary>
    public byte[] Encode(StreetMap map, TileAddress tile)
    {
        _layer.Clear();
        _values.Clear();
        _layer.Number(15, 2);
        _layer.Text(1, LayerName);
        var features = map.Segments.Count(segment => tile.MayTouch(segment) && TryWriteFeature(segment, tile));
        if (features == 0)
        {
            return [];
        }

        WriteDictionaries();
        _layer.Number(5, Extent);
        _part.Clear();
        _part.Bytes(3, _layer.Written);
        return _part.Written.ToArray();
    }

    private bool TryWriteFeature(MapSegment segment, TileAddress tile)
    {
        var line = LineSimplifier.Simplify([.. segment.Points.Select(tile.Place)], tile.Tolerance);
        var parts = LineClipper.Clip(line, -Buffer, Extent + Buffer);
        _part.Clear();
        WriteGeometry(parts);
        if (_part.Written.IsEmpty)
        {
            return false;
        }

        _feature.Clear();
        _feature.Number(1, (ulong)segment.Index + 1);
        _feature.Number(3, 2);
        _feature.Bytes(4, _part.Written);
        WriteTags(segment);
        _layer.Bytes(2, _feature.Written);
        return true;
    }

    private void WriteTags(MapSegment segment)
    {
        _part.Clear();
        Tag(0, segment.Id.Value);
        Tag(1, segment.Street.Name);
        Tag(2, segment.Street.Class);
        Tag(3, segment.Street.OneWay);
        _feature.Bytes(2, _part.Written);
    }

    private void Tag(int key, object? value)
    {
        if (value is null)
        {
            return;
        }

        if (!_values.TryGetValue(value, out var index))
        {
            index = _values.Count;
            _values.Add(value, index);
        }

        _part.Varint((ulong)key);
        _part.Varint((ulong)index);
    }

    private void WriteGeometry(List<List<TilePoint>> parts)
    {
        var (x, y) = (0, 0);
        foreach (var part in parts)
        {
            var points = Round(part);
            if (points.Count < 2)
            {
                continue; // Smaller than one unit of the tile.
            }

            _part.Varint(1 | (1 << 3));
            Step(points[0]);
            _part.Varint(2 | ((ulong)(points.Count - 1) << 3));
            foreach (var point in points.Skip(1))
            {
                Step(point);
            }
        }

        void Step((int X, int Y) point)
        {
            _part.Varint(ZigZag(point.X - x));
            _part.Varint(ZigZag(point.Y - y));
            (x, y) = point;
        }
    }

    private void WriteDictionaries()
    {
        foreach (var key in Keys)
        {
            _layer.Text(3, key);
        }

        foreach (var value in _values.Keys)
        {
            _part.Clear();
            if (value is string text)
            {
                _part.Text(1, text);
            }
            else
            {
                _part.Number(7, value is true ? 1UL : 0UL);
            }

            _layer.Bytes(4, _part.Written);
        }
    }

    private static List<(int X, int Y)> Round(List<TilePoint> part)
    {
        var points = new List<(int X, int Y)>(part.Count);
        foreach (var point in part)
        {
            var rounded = ((int)Math.Round(point.X), (int)Math.Round(point.Y));
            if (points.Count == 0 || points[^1] != rounded)
            {
                points.Add(rounded);
            }
        }

        return points;
    }

    private static ulong ZigZag(int value) => (uint)((value << 1) ^ (value >> 31));
}
