namespace CleanStreets.Launcher.Streets;

/// <summary>A stream that passes on what another gives, forwards only.</summary>
internal abstract class ReadOnlyStream(Stream inner) : Stream
{
    public sealed override bool CanRead => true;

    public sealed override bool CanSeek => false;

    public sealed override bool CanWrite => false;

    public sealed override long Length => throw new NotSupportedException();

    public sealed override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    protected Stream Inner => inner;

    public sealed override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public abstract override int Read(Span<byte> buffer);

    public sealed override void Flush()
    {
    }

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public sealed override void SetLength(long value) => throw new NotSupportedException();

    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>Tells how far a file has been read.</summary>
internal sealed class ProgressStream(FileStream file, Action<double> progress) : ReadOnlyStream(file)
{
    public override int Read(Span<byte> buffer)
    {
        var read = Inner.Read(buffer);
        progress(read == 0 ? 1 : (double)Inner.Position / Math.Max(1, Inner.Length));
        return read;
    }
}

/// <summary>Makes one kind of exception out of whatever an unpacker throws at damaged content, from its first byte on.</summary>
internal sealed class UnpackingStream(Stream packed, Func<Stream, Stream> unpack) : ReadOnlyStream(packed)
{
    private Stream? _unpacker;

    public override int Read(Span<byte> buffer)
    {
        try
        {
            _unpacker ??= unpack(Inner);
            return _unpacker.Read(buffer);
        }
        catch (Exception damage) when (damage is not (OutOfMemoryException or InvalidDataException))
        {
            throw new InvalidDataException("it cannot be unpacked to its end", damage);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _unpacker?.Dispose();
        }

        base.Dispose(disposing);
    }
}
