using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CleanStreets.Edge.Spool;

/// <summary>Seals and opens the frames of one chunk: AES-256-GCM under the chunk's own key.</summary>
/// <remarks>
/// The nonce is the frame's place in the file. A place is written once: a chunk only grows, is written by the one opening that made its key, and after a torn or refused write the
/// same bytes are written again or the chunk is closed. Used by one thread at a time.
/// </remarks>
internal sealed class ChunkCipher(AesGcm cipher, long number) : IDisposable
{
    private const int NonceBytes = 12;
    private const int BoundBytes = sizeof(long) + sizeof(ushort);

    /// <summary>Seals one frame's content.</summary>
    /// <param name="offset">Where the frame begins in the file.</param>
    /// <param name="ordinal">Which session of this chunk the frame is of; stands beside the content in the clear.</param>
    /// <param name="content">What is sealed.</param>
    /// <param name="into">The sealed content and its tag.</param>
    public void Seal(long offset, ushort ordinal, ReadOnlySpan<byte> content, Span<byte> into)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes], bound = stackalloc byte[BoundBytes];
        Fill(offset, ordinal, nonce, bound);
        cipher.Encrypt(nonce, content, into[..content.Length], into.Slice(content.Length, SealingKey.TagBytes), bound);
    }

    /// <summary>Opens one frame's content; false when it is not what was sealed at this place of this chunk.</summary>
    public bool TryOpen(long offset, ushort ordinal, ReadOnlySpan<byte> data, Span<byte> content)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes], bound = stackalloc byte[BoundBytes];
        Fill(offset, ordinal, nonce, bound);
        try
        {
            cipher.Decrypt(nonce, data[..^SealingKey.TagBytes], data[^SealingKey.TagBytes..], content, bound);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    public void Dispose() => cipher.Dispose();

    private void Fill(long offset, ushort ordinal, Span<byte> nonce, Span<byte> bound)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(nonce, offset);
        BinaryPrimitives.WriteInt64LittleEndian(bound, number);
        BinaryPrimitives.WriteUInt16LittleEndian(bound[sizeof(long)..], ordinal);
    }
}
