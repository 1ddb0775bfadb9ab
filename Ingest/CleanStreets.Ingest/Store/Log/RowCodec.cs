using CleanStreets.Contracts.ReadApi;

namespace CleanStreets.Ingest.Store.Log;

/// <summary>Writes the rows of one record of the store log; README.md of this folder shows the layout.</summary>
internal static class RowCodec
{
    public const byte Version = 1;

    internal const byte PassTag = 1;
    internal const byte PointTag = 2;
    internal const byte FactTag = 3;

    [Flags]
    internal enum PassHas : byte
    {
        None = 0,
        Forward = 1,
        Camera = 2,
        Model = 4,
        Grade = 8,
        Index = 16,
        SquareMetres = 32,
        Order = 64,
        Trial = 128,
    }

    public static void Write(BinaryWriter output, in PassRow row)
    {
        var pass = row.Pass;
        output.Write(PassTag);
        output.Write7BitEncodedInt64(row.Position);
        output.Write7BitEncodedInt(row.Ordinal);
        output.Write(row.Segment.Value);
        output.Write(pass.TruckId.Value);
        output.Write(pass.EnteredAt.ToUnixTimeMilliseconds());
        output.Write(pass.LeftAt.ToUnixTimeMilliseconds());
        output.Write((byte)HasOf(pass));
        output.Write(pass.Coverage);
        output.Write(pass.ExposureMetres);
        output.Write((byte)pass.Light);
        WriteCounts(output, row.BoundedCounts());
        if (pass.CameraId is { } camera)
        {
            output.Write(camera);
        }

        if (pass.ModelVersion is { } model)
        {
            output.Write(model);
        }

        if (pass.Grade is { } grade)
        {
            output.Write((byte)grade);
        }

        if (pass.Index is { } index)
        {
            output.Write(index);
        }

        if (pass.ExposureSquareMetres is { } squareMetres)
        {
            output.Write(squareMetres);
        }

        if (pass.OrderId is { } order)
        {
            output.Write(order.Value);
        }
    }

    public static void Write(BinaryWriter output, in PointRow row)
    {
        output.Write(PointTag);
        output.Write(row.Segment.Value);
        output.Write(row.Point.AsOf.ToUnixTimeMilliseconds());
        output.Write(row.Point.Index);
        output.Write(row.Point.Low);
        output.Write(row.Point.High);
        output.Write((byte)row.Point.Grade);
        output.Write7BitEncodedInt(row.Point.SampleSize);
    }

    public static void Write(BinaryWriter output, in FactRow row)
    {
        output.Write(FactTag);
        output.Write(row.Segment.Value);
        output.Write(row.FactId);
        output.Write((byte)row.Kind);
        output.Write(row.At.ToUnixTimeMilliseconds());
        output.Write((byte)row.Side);
        output.Write(row.Truck?.Value ?? string.Empty);
        output.Write(row.Order?.Value ?? string.Empty);
    }

    private static PassHas HasOf(PassSummary pass) =>
        (pass.Forward ? PassHas.Forward : PassHas.None) |
        (pass.CameraId is null ? PassHas.None : PassHas.Camera) |
        (pass.ModelVersion is null ? PassHas.None : PassHas.Model) |
        (pass.Grade is null ? PassHas.None : PassHas.Grade) |
        (pass.Index is null ? PassHas.None : PassHas.Index) |
        (pass.ExposureSquareMetres is null ? PassHas.None : PassHas.SquareMetres) |
        (pass.OrderId is null ? PassHas.None : PassHas.Order) |
        (pass.IsTrial ? PassHas.Trial : PassHas.None);

    private static void WriteCounts(BinaryWriter output, KindTotals counts)
    {
        output.Write7BitEncodedInt(counts.Count);
        foreach (var (kind, count) in counts)
        {
            output.Write(kind);
            output.Write7BitEncodedInt(count);
        }
    }
}
