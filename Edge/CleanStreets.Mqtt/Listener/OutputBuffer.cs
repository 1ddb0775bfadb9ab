using System.Buffers;
using CleanStreets.Mqtt.Listener.Transport;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Bytes on their way to one peer. Holds no memory while there are none, so an idle connection costs little.</summary>
internal sealed class OutputBuffer : IBufferWriter<byte>
{
    private byte[]? _bytes;
    private int _start;
    private int _end;

    public int Length => _end - _start;

    public void Advance(int count) => _end += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _bytes.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _bytes.AsSpan(_end);
    }

    /// <summary>Sends what the link takes. False: the link is broken.</summary>
    public bool SendTo(PeerLink link, ref long bytesSent)
    {
        while (_start < _end)
        {
            var taken = link.Send(_bytes.AsSpan(_start, _end - _start));
            if (taken <= 0)
            {
                return taken == 0;
            }

            _start += taken;
            bytesSent += taken;
        }

        Clear();
        return true;
    }

    public void Clear()
    {
        if (_bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        (_bytes, _start, _end) = (null, 0, 0);
    }

    private void MakeRoom(int wanted)
    {
        wanted = Math.Max(wanted, 1);
        if (_bytes is not null && _bytes.Length - _end >= wanted)
        {
            return;
        }

        var length = Length;
        if (_bytes is not null && _bytes.Length - length >= wanted && _start >= length)
        {
            Buffer.BlockCopy(_bytes, _start, _bytes, 0, length);
        }
        else
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(1024, Math.Max(length * 2, length + wanted)));
            if (_bytes is not null)
            {
                Buffer.BlockCopy(_bytes, _start, larger, 0, length);
                ArrayPool<byte>.Shared.Return(_bytes);
            }

            _bytes = larger;
        }

        (_start, _end) = (0, length);
    }
}
