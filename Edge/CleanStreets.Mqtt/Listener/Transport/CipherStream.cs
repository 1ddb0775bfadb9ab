using System.Buffers;
using System.Threading.Tasks.Sources;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>The encrypted bytes under an <c>SslStream</c>, over a socket that the loop's epoll watches.</summary>
/// <remarks>
/// Two lives. During the handshake threads of the pool read and write, and wait with <see cref="HandshakeWaits"/>. From <see cref="HandOver"/> on
/// only the loop does: a read that finds nothing stays open until <see cref="Advance"/>, which completes it on the loop's own thread, and a write
/// always completes: what the kernel does not take is kept for <see cref="TrySendRest"/>.
/// </remarks>
internal sealed class CipherStream(int descriptor, HandshakeWaits waits) : Stream, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _read;
    private Memory<byte> _into;
    private bool _isLoops;
    private bool _isReading;
    private bool _mayHaveMore;
    private bool _hasEnded;
    private byte[]? _rest;
    private int _restStart;
    private int _restEnd;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The handshake is done; from here on the loop alone calls.</summary>
    public void HandOver() => _isLoops = true;

    /// <summary>The socket may have become readable: completes the open read if it can.</summary>
    public void Advance()
    {
        _mayHaveMore = true;
        if (!_isReading)
        {
            return;
        }

        var count = _into.IsEmpty ? 0 : ReceiveNow(_into.Span);
        if (count >= 0)
        {
            Complete(count);
        }
    }

    /// <summary>Nothing will be read any more: the open read hears the end, and gives its buffer back.</summary>
    public void End()
    {
        _hasEnded = true;
        if (_isReading)
        {
            Complete(0);
        }
    }

    /// <summary>Sends what earlier writes have left. False: the kernel has no room for all of it now.</summary>
    /// <exception cref="IOException">The link is broken.</exception>
    public bool TrySendRest()
    {
        while (_restStart < _restEnd)
        {
            var taken = Send(_rest.AsSpan(_restStart, _restEnd - _restStart));
            if (taken == 0)
            {
                return false;
            }

            _restStart += taken;
        }

        if (_rest is not null)
        {
            ArrayPool<byte>.Shared.Return(_rest);
            (_rest, _restStart, _restEnd) = (null, 0, 0);
        }

        return true;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_isLoops)
        {
            return ReadInHandshakeAsync(buffer, cancellationToken);
        }

        if (_hasEnded)
        {
            return new ValueTask<int>(0);
        }

        // A read without room asks whether there is something; only who has drained the socket has to wait for the loop to say so.
        if (_mayHaveMore)
        {
            var count = buffer.IsEmpty ? 0 : ReceiveNow(buffer.Span);
            if (count >= 0)
            {
                return new ValueTask<int>(count);
            }
        }

        _read.Reset();
        (_into, _isReading) = (buffer, true);
        return new ValueTask<int>(this, _read.Version);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var bytes = buffer.Span;
        while (!bytes.IsEmpty && TrySendRest())
        {
            var taken = Send(bytes);
            bytes = bytes[taken..];
            if (taken == 0)
            {
                break;
            }
        }

        Keep(bytes);
        return ValueTask.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    private async ValueTask<int> ReadInHandshakeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            TrySendRest();
            if (buffer.IsEmpty)
            {
                await waits.ReadableAsync(descriptor, cancellationToken);
                return 0;
            }

            if (ReceiveNow(buffer.Span) is >= 0 and var count)
            {
                return count;
            }

            await waits.ReadableAsync(descriptor, cancellationToken);
        }
    }

    /// <summary>Bytes received; 0: the peer has ended or the link is broken; -1: there are none now.</summary>
    private int ReceiveNow(Span<byte> into)
    {
        var count = SocketLink.Receive(descriptor, into);
        _mayHaveMore = count == into.Length;
        _hasEnded |= count < 0;
        return count > 0 ? count : count < 0 ? 0 : -1;
    }

    private int Send(ReadOnlySpan<byte> bytes)
    {
        var taken = _hasEnded ? -1 : SocketLink.Send(descriptor, bytes);
        return taken >= 0 ? taken : throw new IOException("the link is broken");
    }

    private void Complete(int count)
    {
        (_into, _isReading) = (default, false);
        _read.SetResult(count);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        if (_rest is null || _rest.Length - _restEnd < bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_restEnd - _restStart + bytes.Length);
            var kept = _rest.AsSpan(_restStart, _restEnd - _restStart);
            kept.CopyTo(larger);
            if (_rest is not null)
            {
                ArrayPool<byte>.Shared.Return(_rest);
            }

            (_rest, _restStart, _restEnd) = (larger, 0, kept.Length);
        }

        bytes.CopyTo(_rest.AsSpan(_restEnd));
        _restEnd += bytes.Length;
    }
}
