using System.Buffers;

namespace CleanStreets.Edge.Spool;

/// <summary>Reads a session's committed readings from disk, a bounded number at a time.</summary>
/// <remarks>Remembers where it stopped, so that draining a backlog reads each chunk once. One reader per session.</remarks>
internal sealed class SpoolReader(SpoolSession session, SealingKey key)
{
    private const int WindowBytes = 2 * SpoolFrame.MaxBytes;

    private Chunk? _chunk;
    private long _offset;
    private long _next;

    /// <summary>Appends up to <paramref name="count"/> readings from <paramref name="sequence"/> on, all in the same wire form.</summary>
    /// <returns>How many; they rise, with holes where the spool lost some.</returns>
    public int Read(long sequence, int count, long through, List<SpooledReading> into)
    {
        var start = into.Count;
        foreach (var extent in session.Extents)
        {
            if (extent.LastSequence < sequence)
            {
                continue;
            }

            if (extent.FirstSequence > through || !ReadExtent(extent, sequence, through, start + count, start, into))
            {
                break;
            }
        }

        return into.Count - start;
    }

    /// <summary>Reads one extent; false when enough was found.</summary>
    private bool ReadExtent(Extent extent, long sequence, long through, int limit, int start, List<SpooledReading> into)
    {
        var offset = ReferenceEquals(extent.Chunk, _chunk) && _next <= sequence ? _offset : extent.Offset;
        var last = Math.Min(extent.LastSequence, through);
        var window = ArrayPool<byte>.Shared.Rent(WindowBytes);
        var plain = ArrayPool<byte>.Shared.Rent(SpoolFrame.MaxBytes);
        try
        {
            using var cipher = extent.Chunk.Header.Cipher(key);
            using var file = File.OpenHandle(extent.Chunk.Path, share: FileShare.ReadWrite | FileShare.Delete);
            while (true)
            {
                var filled = Fill(file, window, offset);
                var data = window.AsSpan(0, filled);
                var used = 0;
                while (used < data.Length)
                {
                    if (!SpoolFrame.TryRead(extent.Chunk.Number, cipher, offset + used, data[used..], extent.Ordinal, plain, out var frame))
                    {
                        if (data.Length - used < SpoolFrame.MaxBytes && filled == WindowBytes)
                        {
                            break; // Cut by the window's end, perhaps: look again from here.
                        }

                        used++; // Damage: look for the next frame.
                        continue;
                    }

                    used += frame.TotalBytes;
                    if (frame.Type != FrameType.Reading || frame.Sequence < sequence || !frame.Key.SequenceEqual(session.Key.Bytes))
                    {
                        continue;
                    }

                    if (frame.Sequence > last || (into.Count > start && into[^1].Format != frame.Format))
                    {
                        return false;
                    }

                    into.Add(new SpooledReading(frame.Sequence, frame.CapturedAtMs, frame.Format, frame.Encoded.ToArray()));
                    (_chunk, _offset, _next) = (extent.Chunk, offset + used, frame.Sequence + 1);
                    if (into.Count >= limit)
                    {
                        return false;
                    }

                    if (frame.Sequence == last)
                    {
                        return last < through;
                    }
                }

                if (filled < WindowBytes)
                {
                    return true;
                }

                offset += used;
            }
        }
        catch (FileNotFoundException)
        {
            return true; // Stored or dropped in the meantime: nothing to send from it.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
            ArrayPool<byte>.Shared.Return(plain, clearArray: true);
        }
    }

    private static int Fill(Microsoft.Win32.SafeHandles.SafeFileHandle file, byte[] window, long offset)
    {
        var filled = 0;
        while (filled < WindowBytes)
        {
            var read = RandomAccess.Read(file, window.AsSpan(filled, WindowBytes - filled), offset + filled);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return filled;
    }
}
