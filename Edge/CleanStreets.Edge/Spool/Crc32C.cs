using System.Buffers.Binary;
using System.Numerics;

namespace CleanStreets.Edge.Spool;

/// <summary>CRC-32C (Castagnoli): finds what a disk or a power cut damaged. No protection against intent; sealing is.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of a number (8 bytes) followed by the bytes.</summary>
    public static uint Of(long number, ReadOnlySpan<byte> bytes)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, (ulong)number);
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
