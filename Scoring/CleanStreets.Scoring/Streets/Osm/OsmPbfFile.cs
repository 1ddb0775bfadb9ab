using System.Text;

namespace CleanStreets.Scoring.Streets;

/// <summary>Reads OpenStreetMap PBF (<c>.osm.pbf</c>) blob by blob.</summary>
/// <param name="open">Opens the file at its beginning.</param>
/// <param name="source">What error messages call it.</param>
internal sealed class OsmPbfFile(Func<Stream> open, string source) : IOsmFile
{
    private static readonly string[] Understood = ["OsmSchema-V0.6", "DenseNodes"];

    private delegate void BlockReader(ReadOnlySpan<byte> block);

    /// <inheritdoc/>
    public void ReadWays(Action<OsmWay> take, Action<OsmRelation> restriction)
    {
        var strings = new PbfStrings();
        var (ways, relations) = (new PbfWays(strings), new PbfRelations(strings));
        Read(block =>
        {
            strings.Read(PbfBlock.StringTable(block));
            ways.Read(block, take);
            relations.Read(block, restriction);
        });
    }

    /// <inheritdoc/>
    public void ReadNodes(IReadOnlySet<long> wanted, Action<long, GeoPoint> take) => Read(block => PbfNodes.Read(block, wanted, take));

    private void Read(BlockReader read)
    {
        using var stream = open();
        var blobs = new PbfBlobs(stream);
        try
        {
            ReadHeader(blobs);
            while (blobs.TryNext(out var data))
            {
                if (blobs.Type == PbfBlobs.DataType) // Others are to be passed over, says the format.
                {
                    read(data);
                }
            }
        }
        catch (InvalidDataException ex)
        {
            throw new StreetFileException($"{source}: the block at byte {blobs.Offset} is damaged ({ex.Message}). Fetch the OpenStreetMap extract again.", ex);
        }
    }

    /// <summary>The first blob says what a reader must understand (HeaderBlock: 4 required features).</summary>
    private void ReadHeader(PbfBlobs blobs)
    {
        if (!blobs.TryNext(out var header) || blobs.Type != PbfBlobs.HeaderType)
        {
            throw new StreetFileException($"{source}: does not begin with an {PbfBlobs.HeaderType} block. Name an OpenStreetMap PBF file.");
        }

        foreach (var name in new PbfFields(header, 4))
        {
            var feature = Encoding.UTF8.GetString(name);
            if (!Understood.Contains(feature))
            {
                throw new StreetFileException(
                    $"{source}: needs a reader that understands \"{feature}\", which this one does not. Name an extract of the map as it is now, without history.");
            }
        }
    }
}
