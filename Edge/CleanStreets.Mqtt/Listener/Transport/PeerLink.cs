using System.Runtime.InteropServices;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>The byte stream to one peer as the loop sees it: never blocks, called on the loop thread only.</summary>
/// <remarks>Two kinds: <see cref="SocketLink"/>, plain TCP or the loop's end of a <see cref="SocketPair"/> whose other end a <see cref="StreamPump"/> serves (WebSocket); and <see cref="TlsLink"/>.</remarks>
internal abstract class PeerLink
{
    /// <summary>Bytes received; 0 when there are none now; -1 when the peer has ended or the link is broken.</summary>
    /// <remarks>Fewer than asked for means that there were no more: the loop is woken when more come. When <paramref name="into"/> was filled it asks again by itself.</remarks>
    public abstract int Receive(Span<byte> into);

    /// <summary>Whether bytes, or the end, lie where the kernel does not tell of them: who stopped reading must ask again.</summary>
    public virtual bool HasMore => false;

    /// <summary>Bytes taken for sending, 0 when there is no room now: ask again with the same bytes; -1 when the link is broken.</summary>
    public abstract int Send(ReadOnlySpan<byte> bytes);

    /// <summary>Says what the loop wants to be woken for; when it wants to read again, it is woken for what already lies there.</summary>
    public abstract void WatchFor(bool reading, bool writing);

    /// <summary>Breaks the link once the peer's machine has taken nothing of what was sent for this long. One behind a pump is limited by its gate.</summary>
    public abstract void LimitStall(long milliseconds);

    /// <summary>Tells the peer that nothing more will come.</summary>
    public abstract void FinishWriting();

    public abstract void Close();
}

/// <summary>A socket watched by the loop's own epoll: of a TCP connection, or of a pair.</summary>
/// <remarks>Edge-triggered: level-triggered, the kernel looks at each socket a second time after it was read, three hundredths of a message's cost.</remarks>
internal sealed unsafe class SocketLink : PeerLink
{
    private const Readiness Edges = Readiness.EdgeTriggered | Readiness.PeerEnded;

    private readonly Epoll _epoll;
    private readonly int _descriptor;
    private readonly ulong _data;
    private readonly Action? _closed;
    private Readiness _wanted = Edges | Readiness.Readable;

    /// <summary>Watches a socket; <paramref name="closed"/> is called when it has been closed here.</summary>
    public SocketLink(Epoll epoll, int descriptor, ulong data, Action? closed)
    {
        (_epoll, _descriptor, _data, _closed) = (epoll, descriptor, data, closed);
        var one = 1;

        // PUBACKs are collected per turn already; Nagle would only add delay. (No TCP, no Nagle: a socket pair refuses the option, and that is well.)
        _ = Libc.SetSocketOption(descriptor, Libc.IPPROTO_TCP, Libc.TCP_NODELAY, &one, sizeof(int));
        epoll.Watch(descriptor, data, _wanted);
    }

    /// <summary>What the link's <see cref="Receive(Span{byte})"/> does, on any socket.</summary>
    public static int Receive(int descriptor, Span<byte> into)
    {
        fixed (byte* to = into)
        {
            var count = (int)Libc.Receive(descriptor, to, (nuint)into.Length, Libc.MSG_DONTWAIT);
            return count > 0 ? count : count < 0 && IsTransient() ? 0 : -1;
        }
    }

    /// <summary>What the link's <see cref="Send(ReadOnlySpan{byte})"/> does, on any socket.</summary>
    public static int Send(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* from = bytes)
        {
            var count = (int)Libc.Send(descriptor, from, (nuint)bytes.Length, Libc.MSG_NOSIGNAL | Libc.MSG_DONTWAIT);
            return count >= 0 ? count : IsTransient() ? 0 : -1;
        }
    }

    public override int Receive(Span<byte> into) => Receive(_descriptor, into);

    public override int Send(ReadOnlySpan<byte> bytes) => Send(_descriptor, bytes);

    public override void WatchFor(bool reading, bool writing)
    {
        var wanted = Edges | (reading ? Readiness.Readable : Readiness.None) | (writing ? Readiness.Writable : Readiness.None);
        if (wanted != _wanted)
        {
            _wanted = wanted;
            _epoll.Change(_descriptor, _data, wanted);
        }
    }

    public override void LimitStall(long milliseconds)
    {
        var value = (int)Math.Min(milliseconds, int.MaxValue);
        _ = Libc.SetSocketOption(_descriptor, Libc.IPPROTO_TCP, Libc.TCP_USER_TIMEOUT, &value, sizeof(int));
    }

    public override void FinishWriting() => _ = Libc.Shutdown(_descriptor, Libc.SHUT_WR);

    public override void Close()
    {
        _ = Libc.Close(_descriptor);
        _closed?.Invoke();
    }

    private static bool IsTransient() => Marshal.GetLastPInvokeError() is Libc.EAGAIN or Libc.EINTR;
}
