using CleanStreets.Mqtt.Packets;

namespace CleanStreets.Mqtt.Client;

/// <summary>Bytes from the server until they are whole packets. Grows to the largest packet that came and no further than the maximum.</summary>
/// <param name="stream">Where they come from.</param>
/// <param name="maximumPacketSize">Largest packet.</param>
/// <param name="cutsLarger">Whether of a larger PUBLISH so much is kept and the rest passed over; else it is a fault.</param>
internal sealed class FrameBuffer(Stream stream, int maximumPacketSize, bool cutsLarger = false)
{
    private byte[] _bytes = new byte[2048];
    private int _start;
    private int _end;

    /// <summary>Bytes of a packet that was cut which are still to come.</summary>
    private int _left;

    /// <summary>The body of the packet that <see cref="TryNext"/> found; valid until the next call.</summary>
    public ReadOnlySpan<byte> Body(in Frame frame) => _bytes.AsSpan(_start - frame.BodyLength, frame.BodyLength);

    /// <summary>Takes the next whole packet out of what has arrived.</summary>
    public FrameStatus TryNext(out Frame frame, out WireFault fault)
    {
        PassOver();
        var status = Frame.Read(_bytes.AsSpan(_start, _end - _start), maximumPacketSize, out frame, out fault);
        if (status == FrameStatus.Faulty && cutsLarger && fault.Code == MqttReasonCode.PacketTooLarge && frame.Type == PacketType.Publish)
        {
            status = Cut(ref frame);
            fault = default;
        }

        if (status == FrameStatus.Complete)
        {
            _start += frame.Length;
        }

        return status;
    }

    /// <summary>Waits for more bytes; false when the server has closed.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_bytes, _start, _bytes, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _bytes.Length)
        {
            Array.Resize(ref _bytes, _bytes.Length * 2);
        }

        var count = await stream.ReadAsync(_bytes.AsMemory(_end), cancellationToken);
        _end += count;
        return count > 0;
    }

    private FrameStatus Cut(ref Frame frame)
    {
        if (_end - _start < maximumPacketSize)
        {
            return FrameStatus.Incomplete;
        }

        _left = frame.Length - maximumPacketSize;
        frame = frame with { BodyLength = maximumPacketSize - frame.HeaderLength };
        return FrameStatus.Complete;
    }

    private void PassOver()
    {
        var passed = Math.Min(_left, _end - _start);
        _left -= passed;
        _start += passed;
    }
}
