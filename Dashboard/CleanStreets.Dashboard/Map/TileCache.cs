using System.Collections.Concurrent;
using System.IO.Compression;

namespace CleanStreets.Dashboard.Map;

/// <summary>Compressed tiles of the current map. Bounded: when full it forgets everything, which costs milliseconds.</summary>
/// <remarks>Safe for many requests at once; two that ask for the same new tile may both encode it.</remarks>
internal sealed class TileCache
{
    private const int MaxTiles = 4096;

    private readonly ConcurrentDictionary<(string Version, TileAddress Tile), byte[]> _tiles = new();

    /// <summary>The gzip of the tile; empty when nothing is on it.</summary>
    public byte[] Get(StreetMap map, TileAddress tile)
    {
        if (_tiles.TryGetValue((map.Version, tile), out var known))
        {
            return known;
        }

        if (_tiles.Count >= MaxTiles)
        {
            _tiles.Clear();
        }

        return _tiles[(map.Version, tile)] = Compress(new TileEncoder().Encode(map, tile));
    }

    private static byte[] Compress(byte[] tile)
    {
        if (tile.Length == 0)
        {
            return tile;
        }

        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Optimal))
        {
            gzip.Write(tile);
        }

        return output.ToArray();
    }
}
