using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CleanStreets.Edge.Spool;

/// <summary>The box's key. Nothing is sealed with it directly: every chunk and every file has a key of its own, derived by HKDF-SHA256 (RFC 5869) from this one and 16 random bytes.</summary>
/// <remarks>So no pair of key and nonce is ever used twice, whatever a power cut takes: what is written after it is written under another derived key. Any thread.</remarks>
internal sealed class SealingKey
{
    /// <summary>Bytes of the key: AES-256.</summary>
    public const int Bytes = 32;

    /// <summary>Random bytes that make a derived key.</summary>
    public const int SaltBytes = 16;

    /// <summary>Bytes of the authentication tag: all that GCM gives.</summary>
    public const int TagBytes = 16;

    private readonly byte[] _key;
    private readonly byte[] _nameKey;

    /// <param name="key">32 bytes that nobody can guess.</param>
    public SealingKey(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, Bytes, nameof(key));
        _key = key.ToArray();
        _nameKey = Derived([], "cleanstreets spool names"u8, Bytes);
        Id = BinaryPrimitives.ReadUInt64LittleEndian(Derived([], "cleanstreets spool key id"u8, sizeof(ulong)));
    }

    /// <summary>Tells keys apart and says nothing about them; stands in the clear in everything that is sealed.</summary>
    public ulong Id { get; }

    /// <summary>A new key from the system's random numbers.</summary>
    public static SealingKey New() => new(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>The cipher of one chunk or file.</summary>
    public AesGcm Derive(ReadOnlySpan<byte> salt)
    {
        var derived = Derived(salt, "cleanstreets spool seal"u8, Bytes);
        try
        {
            return new AesGcm(derived, TagBytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>A file name that does not say what it stands for, and is always the same for it.</summary>
    public string NameOf(string what) => Convert.ToHexStringLower(HMACSHA256.HashData(_nameKey, Encoding.UTF8.GetBytes(what)).AsSpan(0, SaltBytes));

    /// <summary>The bytes, for the file that keeps them.</summary>
    public ReadOnlySpan<byte> Span => _key;

    private byte[] Derived(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> purpose, int length)
    {
        var derived = new byte[length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, derived, salt, purpose);
        return derived;
    }
}
