using System.Buffers.Binary;
using System.Numerics;

namespace CleanStreets.Ingest.Journal;

/// <summary>CRC-32C over what was written, its place in the file and the file's salt.</summary>
/// <remarks>
/// Salt and place are part of the sum because a payload comes from outside: after damage the reader looks for the next valid
/// record byte by byte, and a truck that wrote a whole record into its payload must not be able to forge one.
/// </remarks>
internal static class JournalChecksum
{
    public static uint OfRecord(ReadOnlySpan<byte> bytes, ulong salt, long fileOffset) =>
        Of(bytes, BitOperations.Crc32C(BitOperations.Crc32C(uint.MaxValue, salt), (ulong)fileOffset));

    public static uint Of(ReadOnlySpan<byte> bytes, uint seed = uint.MaxValue)
    {
        var crc = seed;
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
