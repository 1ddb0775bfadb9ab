using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace CleanStreets.Edge.Tests.Support;

/// <summary>A chunk as agents wrote it before the spool was sealed (CSSPOOL1), written here without any code of the product.</summary>
internal static class ClearChunk
{
    /// <summary>Writes a chunk of one session with the readings 1 to <paramref name="count"/>, each 30 bytes that are its number, and answers its bytes.</summary>
    public static byte[] Write(string folder, long number, string truck, string session, int count)
    {
        using var file = new MemoryStream();
        file.Write("CSSPOOL1"u8);
        file.Write(Eight(number));
        for (var i = 1; i <= count; i++)
        {
            byte[] content = [1, 1, (byte)truck.Length, (byte)session.Length, .. Eight(i), .. Eight(1000 + i), .. Encoding.ASCII.GetBytes(truck + session), .. Enumerable.Repeat((byte)i, 30)];
            var sum = new byte[8];
            BinaryPrimitives.WriteInt32LittleEndian(sum, content.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(sum.AsSpan(4), Sum([.. Eight(number), .. content]));
            file.Write(sum);
            file.Write(content);
        }

        File.WriteAllBytes(Path.Combine(folder, number.ToString("D10", CultureInfo.InvariantCulture) + ".chunk"), file.ToArray());
        return file.ToArray();
    }

    private static uint Sum(byte[] bytes) => ~bytes.Aggregate(uint.MaxValue, BitOperations.Crc32C);

    private static byte[] Eight(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
