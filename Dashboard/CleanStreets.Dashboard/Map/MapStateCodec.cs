using System.Buffers.Binary;
using CleanStreets.Dashboard.Live;

namespace CleanStreets.Dashboard.Map;

/// <summary>The state of every segment as a browser loads it: 12 bytes each, little endian.</summary>
/// <remarks>
/// <code>
/// offset size  header
/// 0      4     "CSM1"
/// 4      4     number of segments
/// 8      8     revision: live events with a greater id come after this
/// 16     8     now, Unix ms
/// offset size  record of segment index i, at 24 + 12 i
/// 0      1     grade 0–4 = A–E, 255 not seen
/// 1      1     <see cref="SegmentFlags"/>
/// 2      2     index × 100
/// 4      2     low × 100
/// 6      2     high × 100
/// 8      4     newest observation, Unix seconds; 0 never
/// </code>
/// </remarks>
internal static class MapStateCodec
{
    public const int HeaderSize = 24;
    public const int RecordSize = 12;

    public static byte[] Write(LiveBoard.Streets streets, long revision, DateTimeOffset now)
    {
        var count = streets.Map.Segments.Count;
        var bytes = new byte[HeaderSize + (count * RecordSize)];
        "CSM1"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), count);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), revision);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), now.ToUnixTimeMilliseconds());
        for (var i = 0; i < count; i++)
        {
            Write(streets.Code(i), bytes.AsSpan(HeaderSize + (i * RecordSize), RecordSize));
        }

        return bytes;
    }

    private static void Write(SegmentCode code, Span<byte> record)
    {
        record[0] = code.Grade;
        record[1] = (byte)code.Flags;
        BinaryPrimitives.WriteUInt16LittleEndian(record[2..], code.Index100);
        BinaryPrimitives.WriteUInt16LittleEndian(record[4..], code.Low100);
        BinaryPrimitives.WriteUInt16LittleEndian(record[6..], code.High100);
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], code.ObservedAtSeconds);
    }
}
