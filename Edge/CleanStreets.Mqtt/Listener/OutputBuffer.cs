using System.Buffers;
using CleanStreets.Mqtt.Listener.Transport;

namespace CleanStreets.Mqtt.Listener;

/// <summary>Bytes on their way to one peer. Holds no memory while there are none, so an idle connection costs little.</summary>
internal sealed class OutputBuffer : IBufferWriter<byte>
{
    private byte[]? _bytes;
    private int _start;
    private int _end;
    private List<(long Start, long Batch)>? _holds;

    public int Length => _end - _start;

    /// <summary>Bytes ever written into it.</summary>
    public long Total { get; private set; }

    /// <summary>Whether the link could be given bytes now.</summary>
    public bool IsSendable => Length > 0 && (_holds is not { Count: > 0 } holds || holds[0].Start > Total - Length);

    /// <summary>Whether bytes wait for the disk.</summary>
    public bool IsHeld => _holds is { Count: > 0 };

    public void Advance(int count)
    {
        _end += count;
        Total += count;
    }

    /// <summary>Bytes from <paramref name="start"/> (a <see cref="Total"/>) on do not leave before <paramref name="batch"/> is durable.</summary>
    public void Hold(long start, long batch)
    {
        if (_holds is not { Count: > 0 } || _holds[^1].Batch < batch)
        {
            (_holds ??= []).Add((start, batch));
        }
    }

    /// <summary>Everything up to <paramref name="durableBatch"/> is on the disk.</summary>
    public void Release(long durableBatch)
    {
        while (_holds is { Count: > 0 } && _holds[0].Batch <= durableBatch)
        {
            _holds.RemoveAt(0);
        }
    }

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
        var end = _holds is { Count: > 0 } holds ? _end - (int)(Total - holds[0].Start) : _end;
        while (_start < end)
        {
            var taken = link.Send(_bytes.AsSpan(_start, end - _start));
            if (taken <= 0)
            {
                return taken == 0;
            }

            _start += taken;
            bytesSent += taken;
        }

        if (_start == _end)
        {
            GiveBack();
        }

        return true;
    }

    public void Clear()
    {
        GiveBack();
        _holds = null;
    }

    private void GiveBack()
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
