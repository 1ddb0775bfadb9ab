using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CleanStreets.Edge.Spool;

/// <summary>The beginning of a chunk: which one it is, and what opens its frames.</summary>
/// <remarks>
/// <code>
/// offset  bytes
///  0      8      "CSSPOOL2"
///  8      8      number of the chunk, little endian
/// 16      16     random bytes that make this chunk's own key
/// 32      8      id of the box's key
/// 40      4      CRC-32C of the 40 bytes before it
/// 44      4      zero
/// 48      48     the same again: damage to one copy costs nothing
/// </code>
/// Chunks of before have 16 bytes, "CSSPOOL1" and the number, and frames in clear text. They are read and never written.
/// </remarks>
internal sealed class ChunkHeader
{
    private const int ClearBytes = 16;
    private const int CopyBytes = 48;
    private const int SummedBytes = 40;

    private readonly byte[] _salt;

    private ChunkHeader(long number, byte[] salt, ulong keyId) => (Number, _salt, KeyId) = (number, salt, keyId);

    /// <summary>Number of the chunk.</summary>
    public long Number { get; }

    /// <summary>Id of the key that opens it; 0 in clear text.</summary>
    public ulong KeyId { get; }

    /// <summary>Whether the frames are sealed.</summary>
    public bool IsSealed => _salt.Length > 0;

    /// <summary>Where the first frame begins.</summary>
    public int Bytes => IsSealed ? 2 * CopyBytes : ClearBytes;

    private static ReadOnlySpan<byte> Sealed => "CSSPOOL2"u8;

    private static ReadOnlySpan<byte> Clear => "CSSPOOL1"u8;

    /// <summary>A header for a new chunk.</summary>
    public static ChunkHeader New(long number, SealingKey key) => new(number, RandomNumberGenerator.GetBytes(SealingKey.SaltBytes), key.Id);

    /// <summary>The header at the beginning of a file; null when it is none of this number.</summary>
    public static ChunkHeader? Read(ReadOnlySpan<byte> data, long number)
    {
        if (data.Length >= ClearBytes && data.StartsWith(Clear))
        {
            return BinaryPrimitives.ReadInt64LittleEndian(data[8..]) == number ? new ChunkHeader(number, [], 0) : null;
        }

        return data.Length < 2 * CopyBytes ? null : ReadCopy(data[..CopyBytes], number) ?? ReadCopy(data.Slice(CopyBytes, CopyBytes), number);
    }

    /// <summary>The bytes of a sealed chunk's header.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[2 * CopyBytes];
        var copy = bytes.AsSpan(0, CopyBytes);
        Sealed.CopyTo(copy);
        BinaryPrimitives.WriteInt64LittleEndian(copy[8..], Number);
        _salt.CopyTo(copy[16..]);
        BinaryPrimitives.WriteUInt64LittleEndian(copy[32..], KeyId);
        BinaryPrimitives.WriteUInt32LittleEndian(copy[SummedBytes..], Crc32C.Of(0, copy[..SummedBytes]));
        copy.CopyTo(bytes.AsSpan(CopyBytes));
        return bytes;
    }

    /// <summary>What seals and opens its frames; null when they are in clear text.</summary>
    public ChunkCipher? Cipher(SealingKey key) => IsSealed ? new ChunkCipher(key.Derive(_salt), Number) : null;

    private static ChunkHeader? ReadCopy(ReadOnlySpan<byte> copy, long number) =>
        copy.StartsWith(Sealed)
        && BinaryPrimitives.ReadUInt32LittleEndian(copy[SummedBytes..]) == Crc32C.Of(0, copy[..SummedBytes])
        && BinaryPrimitives.ReadInt64LittleEndian(copy[8..]) == number
            ? new ChunkHeader(number, copy.Slice(16, SealingKey.SaltBytes).ToArray(), BinaryPrimitives.ReadUInt64LittleEndian(copy[32..]))
            : null;
}
