using System.Diagnostics.CodeAnalysis;
using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.Ingest.Store.Log;

/// <summary>The rows of one record of the store log as bytes; README.md of this folder shows the layout.</summary>
internal static class RowCodec
{
    public const byte Version = 1;

    private const byte PassTag = 1;
    private const byte PointTag = 2;
    private const byte FactTag = 3;

    [Flags]
    private enum PassHas : byte
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

    /// <summary>Reads all rows of a record; false when its bytes are no rows of this version, and then nothing was added.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, List<PassRow> passes, List<PointRow> points, List<FactRow> facts)
    {
        var (passesBefore, pointsBefore, factsBefore) = (passes.Count, points.Count, facts.Count);
        using var input = new BinaryReader(new MemoryStream(payload.ToArray()), Encoding.UTF8);
        try
        {
            if (input.ReadByte() == Version)
            {
                while (input.BaseStream.Position < input.BaseStream.Length)
                {
                    ReadRow(input, passes, points, facts);
                }

                return true;
            }
        }
        catch (Exception fault) when (fault is IOException or FormatException or ArgumentException)
        {
            // The checksum held, so another version wrote this, or a program that is not ours.
        }

        passes.RemoveRange(passesBefore, passes.Count - passesBefore);
        points.RemoveRange(pointsBefore, points.Count - pointsBefore);
        facts.RemoveRange(factsBefore, facts.Count - factsBefore);
        return false;
    }

    private static void ReadRow(BinaryReader input, List<PassRow> passes, List<PointRow> points, List<FactRow> facts)
    {
        switch (input.ReadByte())
        {
            case PassTag:
                passes.Add(ReadPass(input));
                break;
            case PointTag:
                points.Add(ReadPoint(input));
                break;
            case FactTag:
                facts.Add(ReadFact(input));
                break;
            default:
                throw new FormatException("A row of the store log is a pass, a point or a fact.");
        }
    }

    [SuppressMessage("Style", "IDE0017:Simplify object initialization", Justification = "Read in the order of the bytes.")]
    private static PassRow ReadPass(BinaryReader input)
    {
        var position = input.Read7BitEncodedInt64();
        var ordinal = input.Read7BitEncodedInt();
        var segment = SegmentId.Parse(input.ReadString());
        var truck = TruckId.Parse(input.ReadString());
        var enteredAt = DateTimeOffset.FromUnixTimeMilliseconds(input.ReadInt64());
        var leftAt = DateTimeOffset.FromUnixTimeMilliseconds(input.ReadInt64());
        var has = (PassHas)input.ReadByte();
        var coverage = input.ReadDouble();
        var exposure = input.ReadDouble();
        var light = (Light)input.ReadByte();
        var counts = ReadCounts(input);
        var camera = has.HasFlag(PassHas.Camera) ? input.ReadString() : null;
        var model = has.HasFlag(PassHas.Model) ? input.ReadString() : null;
        Grade? grade = has.HasFlag(PassHas.Grade) ? ReadGrade(input) : null;
        double? index = has.HasFlag(PassHas.Index) ? input.ReadDouble() : null;
        double? squareMetres = has.HasFlag(PassHas.SquareMetres) ? input.ReadDouble() : null;
        OrderId? order = has.HasFlag(PassHas.Order) ? OrderId.Parse(input.ReadString()) : null;
        return new PassRow(position, ordinal, segment, new PassSummary(
            truck, enteredAt, leftAt, has.HasFlag(PassHas.Forward), coverage, exposure, counts, light, camera, model, grade, index, squareMetres, order, IsTrial: has.HasFlag(PassHas.Trial)));
    }

    private static PointRow ReadPoint(BinaryReader input) => new(
        SegmentId.Parse(input.ReadString()),
        new ScorePoint(
            DateTimeOffset.FromUnixTimeMilliseconds(input.ReadInt64()),
            input.ReadDouble(),
            input.ReadDouble(),
            input.ReadDouble(),
            ReadGrade(input),
            input.Read7BitEncodedInt()));

    private static FactRow ReadFact(BinaryReader input) => new(
        SegmentId.Parse(input.ReadString()),
        input.ReadString(),
        ReadChoice<FactKind>(input),
        DateTimeOffset.FromUnixTimeMilliseconds(input.ReadInt64()),
        ReadChoice<Side>(input),
        input.ReadString() is { Length: > 0 } truck ? TruckId.Parse(truck) : null,
        input.ReadString() is { Length: > 0 } order ? OrderId.Parse(order) : null);

    private static T ReadChoice<T>(BinaryReader input)
        where T : struct, Enum => (T)Enum.ToObject(typeof(T), input.ReadByte()) is var choice && Enum.IsDefined(choice)
        ? choice
        : throw new FormatException($"Not a {typeof(T).Name}.");

    private static PassHas HasOf(PassSummary pass) =>
        (pass.Forward ? PassHas.Forward : PassHas.None) |
        (pass.CameraId is null ? PassHas.None : PassHas.Camera) |
        (pass.ModelVersion is null ? PassHas.None : PassHas.Model) |
        (pass.Grade is null ? PassHas.None : PassHas.Grade) |
        (pass.Index is null ? PassHas.None : PassHas.Index) |
        (pass.ExposureSquareMetres is null ? PassHas.None : PassHas.SquareMetres) |
        (pass.OrderId is null ? PassHas.None : PassHas.Order) |
        (pass.IsTrial ? PassHas.Trial : PassHas.None);

    private static Grade ReadGrade(BinaryReader input) => input.ReadByte() is var value && value <= (byte)Grade.D
        ? (Grade)value
        : throw new FormatException("Not a grade.");

    private static void WriteCounts(BinaryWriter output, IReadOnlyDictionary<string, int> counts)
    {
        output.Write7BitEncodedInt(counts.Count);
        foreach (var (kind, count) in counts)
        {
            output.Write(kind);
            output.Write7BitEncodedInt(count);
        }
    }

    private static Dictionary<string, int> ReadCounts(BinaryReader input)
    {
        var count = input.Read7BitEncodedInt();
        var counts = new Dictionary<string, int>(Math.Clamp(count, 0, PassRow.MostKinds + 1), StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var kind = input.ReadString();
            counts[kind] = input.Read7BitEncodedInt();
        }

        return counts;
    }
}
