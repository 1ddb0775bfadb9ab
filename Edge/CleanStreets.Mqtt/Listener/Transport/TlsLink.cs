using System.Net.Security;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>A peer behind TLS: the framework's stream does the cryptography, on the loop's thread, over a socket that the loop watches like any other.</summary>
/// <remarks>
/// No other thread, no second socket and no copy of the cipher text: a record costs what its cryptography costs and the same two system calls as in
/// clear text. The stream's calls complete at once, but for one read without room, which stays open while nothing comes and holds no buffer.
/// </remarks>
internal sealed class TlsLink : PeerLink
{
    /// <summary>What a TLS record carries at most.</summary>
    private const int RecordBytes = 16 * 1024;

    /// <summary>Reads in one call, each of as much cipher text as a record has: who sends records of one byte each must not keep the loop from others.</summary>
    private const int MaxReads = 8;

    /// <summary>Clear bytes between the stream, which takes memory only, and the loop's spans.</summary>
    [ThreadStatic]
    private static byte[]? _clear;

    private readonly SslStream _stream;
    private readonly CipherStream _cipher;
    private readonly SocketLink _socket;
    private ValueTask<int> _waiting;
    private bool _isWaiting;
    private bool _hasEnded;
    private int _encrypted;

    /// <summary>Loop thread: takes the stream over from the thread that did the handshake; <paramref name="closed"/> is called when all is closed.</summary>
    public TlsLink(SslStream stream, CipherStream cipher, Epoll epoll, int descriptor, ulong data, Action closed)
    {
        (_stream, _cipher) = (stream, cipher);
        epoll.Forget(descriptor); // The handshake has been watched there.
        cipher.HandOver();
        _socket = new SocketLink(epoll, descriptor, data, closed);
    }

    public override bool HasMore => _hasEnded || !_isWaiting;

    private static byte[] Clear => _clear ??= GC.AllocateUninitializedArray<byte>(RecordBytes);

    public override int Receive(Span<byte> into)
    {
        var filled = 0;
        for (var reads = 0; reads < MaxReads && filled < into.Length && IsReadable(); reads++)
        {
            filled += ReadClear(into[filled..]);
        }

        return filled == 0 && _hasEnded ? -1 : filled;
    }

    public override int Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            // As long as a record has not left whole, the loop keeps its bytes and comes back with them.
            if (_encrypted == 0)
            {
                _encrypted = Math.Min(bytes.Length, RecordBytes);
                bytes[.._encrypted].CopyTo(Clear);
                Finish(_stream.WriteAsync(Clear.AsMemory(0, _encrypted)));
            }

            var taken = _cipher.TrySendRest() ? _encrypted : 0;
            _encrypted -= taken;
            return taken;
        }
        catch (Exception)
        {
            _hasEnded = true; // Whatever a peer or the network does to one connection ends that connection and nothing else.
            return -1;
        }
    }

    public override void WatchFor(bool reading, bool writing) => _socket.WatchFor(reading, writing);

    public override void LimitStall(long milliseconds) => _socket.LimitStall(milliseconds);

    public override void FinishWriting()
    {
        try
        {
            if (!_hasEnded)
            {
                Finish(new ValueTask(_stream.ShutdownAsync()));
            }
        }
        catch (Exception)
        {
            _hasEnded = true;
        }

        _socket.FinishWriting();
    }

    public override void Close()
    {
        _cipher.End();
        _ = _hasEnded || IsReadable(); // Hears the end.
        _stream.Dispose();
        _socket.Close();
    }

    /// <summary>Whether clear bytes, or the end, lie ready; if not, a read is open that waits for them.</summary>
    private bool IsReadable()
    {
        if (_hasEnded)
        {
            return false;
        }

        try
        {
            if (_isWaiting)
            {
                _cipher.Advance();
            }
            else
            {
#pragma warning disable CA2012 // Kept until it is complete, and consumed once: the loop cannot await.
                (_waiting, _isWaiting) = (_stream.ReadAsync(Memory<byte>.Empty), true);
#pragma warning restore CA2012
            }

            if (!_waiting.IsCompleted)
            {
                return false;
            }

            _isWaiting = false;
            _ = _waiting.GetAwaiter().GetResult();
            return true;
        }
        catch (Exception)
        {
            return !(_hasEnded = true);
        }
    }

    private int ReadClear(Span<byte> into)
    {
        try
        {
            var read = _stream.ReadAsync(Clear.AsMemory(0, Math.Min(RecordBytes, into.Length)));
            var count = read.IsCompleted ? read.GetAwaiter().GetResult() : throw new InvalidOperationException("what lay ready is gone");
            Clear.AsSpan(0, count).CopyTo(into);
            _hasEnded = count == 0;
            return count;
        }
        catch (Exception)
        {
            _hasEnded = true;
            return 0;
        }
    }

    private static void Finish(ValueTask write)
    {
        if (!write.IsCompleted)
        {
            throw new InvalidOperationException("a write that always completes did not");
        }

        write.GetAwaiter().GetResult();
    }
}
