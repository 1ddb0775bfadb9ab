namespace CleanStreets.Scoring.Streets;

/// <summary>Stops a file in which one piece of markup never ends, before an XML reader gathers all of it in memory.</summary>
/// <remarks>OpenStreetMap's values have at most 255 characters; a stretch of a megabyte without a <c>&gt;</c> is no map.</remarks>
internal sealed class MarkupGuard(Stream inner) : Stream
{
    private const int MostBytes = 1 << 20;

    private long _since;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        var last = buffer[..read].LastIndexOf((byte)'>');
        _since = last < 0 ? _since + read : read - last - 1;
        return _since <= MostBytes ? read : throw new InvalidDataException("a tag or text is longer than a megabyte");
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
