using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.Ingest.Store.Log;

/// <summary>Reads what <see cref="RowCodec"/> wrote, straight from the bytes of a record.</summary>
/// <param name="payload">The rows.</param>
/// <param name="texts">Names are nearly always known already: the same trucks, streets and kinds come again and again.</param>
internal ref struct RowReader(ReadOnlySpan<byte> payload, TextCache texts)
{
    private ReadOnlySpan<byte> _rest = payload;

    /// <summary>Reads all rows of a record; false when its bytes are no rows of this version, and then nothing was added.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, TextCache texts, List<PassRow> passes, List<PointRow> points, List<FactRow> facts)
    {
        var (passesBefore, pointsBefore, factsBefore) = (passes.Count, points.Count, facts.Count);
        try
        {
            var reader = new RowReader(payload, texts);
            if (reader.Byte() == RowCodec.Version)
            {
                while (!reader._rest.IsEmpty)
                {
                    reader.Row(passes, points, facts);
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

    private void Row(List<PassRow> passes, List<PointRow> points, List<FactRow> facts)
    {
        switch (Byte())
        {
            case RowCodec.PassTag:
                passes.Add(Pass());
                break;
            case RowCodec.PointTag:
                points.Add(Point());
                break;
            case RowCodec.FactTag:
                facts.Add(Fact());
                break;
            default:
                throw new FormatException("A row of the store log is a pass, a point or a fact.");
        }
    }

    [SuppressMessage("Style", "IDE0017:Simplify object initialization", Justification = "Read in the order of the bytes.")]
    private PassRow Pass()
    {
        var position = (long)Variable();
        var ordinal = (int)Variable();
        var segment = SegmentId.Parse(Text());
        var truck = TruckId.Parse(Text());
        var enteredAt = Time();
        var leftAt = Time();
        var has = (RowCodec.PassHas)Byte();
        var coverage = Real();
        var exposure = Real();
        var light = (Light)Byte();
        var counts = Counts();
        var camera = Has(RowCodec.PassHas.Camera) ? Text() : null;
        var model = Has(RowCodec.PassHas.Model) ? Text() : null;
        Grade? grade = Has(RowCodec.PassHas.Grade) ? Grade() : null;
        double? index = Has(RowCodec.PassHas.Index) ? Real() : null;
        double? squareMetres = Has(RowCodec.PassHas.SquareMetres) ? Real() : null;
        OrderId? order = Has(RowCodec.PassHas.Order) ? OrderId.Parse(Text()) : null;
        return new PassRow(position, ordinal, segment, new PassSummary(
            truck, enteredAt, leftAt, Has(RowCodec.PassHas.Forward), coverage, exposure, counts, light, camera, model, grade, index, squareMetres, order, IsTrial: Has(RowCodec.PassHas.Trial)));

        bool Has(RowCodec.PassHas flag) => (has & flag) != RowCodec.PassHas.None;
    }

    private PointRow Point() => new(SegmentId.Parse(Text()), new ScorePoint(Time(), Real(), Real(), Real(), Grade(), (int)Variable()));

    private FactRow Fact() => new(
        SegmentId.Parse(Text()),
        Text(),
        Choice<FactKind>(),
        Time(),
        Choice<Side>(),
        Text() is { Length: > 0 } truck ? TruckId.Parse(truck) : null,
        Text() is { Length: > 0 } order ? OrderId.Parse(order) : null);

    private KindTotals Counts()
    {
        var left = (int)Variable();
        if (left <= 0)
        {
            return KindTotals.None;
        }

        // A kind takes two bytes at least: no number makes this larger than the record.
        var counts = new KeyValuePair<string, int>[Math.Min(left, (_rest.Length / 2) + 1)];
        for (var i = 0; i < left; i++)
        {
            var kind = Text();
            counts[i] = new(kind, (int)Variable());
        }

        return KindTotals.Of(counts);
    }

    private T Choice<T>()
        where T : struct, Enum => (T)Enum.ToObject(typeof(T), Byte()) is var choice && Enum.IsDefined(choice)
        ? choice
        : throw new FormatException($"Not a {typeof(T).Name}.");

    private Grade Grade() => Byte() is var value && value <= (byte)Contracts.Scores.Grade.D
        ? (Grade)value
        : throw new FormatException("Not a grade.");

    private DateTimeOffset Time() => DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long))));

    private double Real() => BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));

    private string Text() => texts.Get(Take((int)Variable()));

    private byte Byte() => Take(1)[0];

    /// <summary>Seven bits a byte, the lowest first.</summary>
    private ulong Variable()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new FormatException("A number that does not end.");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            throw new EndOfStreamException("A row ends before its end.");
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
