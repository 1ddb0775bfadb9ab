using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Streets;

/// <summary>What a PrimitiveBlock says for everything in it.</summary>
/// <param name="Granularity">Nanodegrees that a step of a coordinate stands for (field 17).</param>
/// <param name="LatitudeOffset">Nanodegrees added to every latitude (field 19).</param>
/// <param name="LongitudeOffset">Nanodegrees added to every longitude (field 20).</param>
internal readonly record struct PbfBlock(long Granularity, long LatitudeOffset, long LongitudeOffset)
{
    private const double NanosPerDegree = 1e9;
    private const int UsualGranularity = 100;

    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public static PbfBlock Read(ReadOnlySpan<byte> block)
    {
        var fields = new ProtobufReader(block);
        var (granularity, latitude, longitude) = ((long)UsualGranularity, 0L, 0L);
        while (!fields.AtEnd)
        {
            var field = Pbf.Tag(ref fields, out var type);
            switch (field, type)
            {
                case (17, WireType.Varint):
                    granularity = (long)Pbf.Varint(ref fields);
                    break;
                case (19, WireType.Varint):
                    latitude = (long)Pbf.Varint(ref fields);
                    break;
                case (20, WireType.Varint):
                    longitude = (long)Pbf.Varint(ref fields);
                    break;
                default:
                    Pbf.Skip(ref fields, field, type);
                    break;
            }
        }

        return new PbfBlock(granularity, latitude, longitude);
    }

    /// <summary>The block's texts (field 1), empty when it has none.</summary>
    /// <exception cref="InvalidDataException">The block is damaged.</exception>
    public static ReadOnlySpan<byte> StringTable(ReadOnlySpan<byte> block)
    {
        foreach (var table in new PbfFields(block, 1))
        {
            return table;
        }

        return default;
    }

    /// <summary>A place. Dividing whole nanodegrees gives the very number that the same place has in XML.</summary>
    /// <exception cref="InvalidDataException">It lies outside the earth.</exception>
    public GeoPoint Place(long latitude, long longitude)
    {
        var place = new GeoPoint(
            (LatitudeOffset + (Granularity * latitude)) / NanosPerDegree, (LongitudeOffset + (Granularity * longitude)) / NanosPerDegree);
        return Math.Abs(place.Latitude) <= 90 && Math.Abs(place.Longitude) <= 180
            ? place
            : throw new InvalidDataException("a node lies outside the earth");
    }
}
