using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CleanStreets.Contracts.Disk;

namespace CleanStreets.Edge.Spool;

/// <summary>A small file that only the box's key opens.</summary>
/// <remarks>
/// <code>
/// offset  bytes
///  0      8      "CSSEAL01"
///  8      8      id of the key, little endian
/// 16      16     random bytes that make this file's own key
/// 32      n      content, AES-256-GCM, nonce 0: the key is used once
/// 32+n    16     tag over the content, the 32 bytes before it and the file's name
/// </code>
/// The name in the tag keeps one file from standing in for another.
/// </remarks>
internal static class SealedFile
{
    private const int HeaderBytes = 32;
    private const int NonceBytes = 12;
    private const string Unfinished = ".new"; // As WholeFile names it.

    /// <summary>Bytes that sealing adds.</summary>
    public const int ExtraBytes = HeaderBytes + SealingKey.TagBytes;

    private static ReadOnlySpan<byte> Magic => "CSSEAL01"u8;

    /// <summary>Writes a file durably: after a power cut it is whole, or it is not there.</summary>
    /// <exception cref="IOException">The disk does not take it; nothing of it is left.</exception>
    public static void Write(string path, SealingKey key, ReadOnlySpan<byte> content)
    {
        try
        {
            WholeFile.Write(path, Seal(Path.GetFileName(path), key, content), WholeFile.Secret);
        }
        catch
        {
            File.Delete(path + Unfinished);
            throw;
        }
    }

    /// <summary>Removes what a power cut left half written.</summary>
    public static void RemoveUnfinished(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*" + Unfinished))
        {
            File.Delete(path);
        }
    }

    /// <summary>Reads a file.</summary>
    /// <returns>Its content; null when it is damaged, torn, foreign or another key's.</returns>
    public static byte[]? Read(string path, SealingKey key)
    {
        var data = File.ReadAllBytes(path);
        if (data.Length < ExtraBytes || !data.AsSpan().StartsWith(Magic) || KeyIdOf(data) != key.Id)
        {
            return null;
        }

        var header = data.AsSpan(0, HeaderBytes);
        var content = new byte[data.Length - ExtraBytes];
        using var cipher = key.Derive(header[16..]);
        try
        {
            cipher.Decrypt(new byte[NonceBytes], data.AsSpan(HeaderBytes, content.Length), data.AsSpan(HeaderBytes + content.Length), content, Bound(header, Path.GetFileName(path)));
            return content;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>Whether a file was sealed with another key.</summary>
    public static bool IsAnotherKeys(string path, SealingKey key)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        using var file = File.OpenHandle(path);
        return RandomAccess.Read(file, header, 0) == HeaderBytes && header.StartsWith(Magic) && KeyIdOf(header) != key.Id;
    }

    private static byte[] Seal(string name, SealingKey key, ReadOnlySpan<byte> content)
    {
        var data = new byte[ExtraBytes + content.Length];
        var header = data.AsSpan(0, HeaderBytes);
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], key.Id);
        RandomNumberGenerator.Fill(header[16..]);
        using var cipher = key.Derive(header[16..]);
        cipher.Encrypt(new byte[NonceBytes], content, data.AsSpan(HeaderBytes, content.Length), data.AsSpan(HeaderBytes + content.Length), Bound(header, name));
        return data;
    }

    private static byte[] Bound(ReadOnlySpan<byte> header, string name) => [.. header, .. Encoding.UTF8.GetBytes(name)];

    private static ulong KeyIdOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
}
