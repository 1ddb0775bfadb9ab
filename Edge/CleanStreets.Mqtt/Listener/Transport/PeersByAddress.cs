using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>How many connections each address has on all endpoints together, so that one cannot take every place. For any thread.</summary>
/// <remarks>
/// An IPv6 host chooses among 2⁶⁴ addresses, so its /64 counts. The address as accept4 fills it (struct sockaddr_in, sockaddr_in6):
/// <code>
/// offset 0  family (2, 10)   offset 2  port   offset 4  IPv4 address (4)
///                                             offset 8  IPv6 address (16)
/// </code>
/// </remarks>
internal sealed unsafe class PeersByAddress(int most)
{
    private const int SocketAddressBytes = 28;
    private const uint LoopbackNetwork = 127;
    private const ushort InternetFamily = 2;

    /// <summary>Upper halves of the keys, so that no IPv4 address meets an IPv6 network.</summary>
    private const ulong FourBytes = 1;
    private const ulong SixteenBytes = 2;

    private readonly ConcurrentDictionary<UInt128, int> _counts = new();

    /// <summary>Accepts a connection and reads where it comes from; negative: see the error of the last call.</summary>
    public int Accept(int listening, out UInt128 address)
    {
        var bytes = stackalloc byte[SocketAddressBytes];
        var length = SocketAddressBytes;
        var descriptor = Libc.Accept(listening, (nint)bytes, (nint)(&length), Libc.SOCK_NONBLOCK_CLOEXEC);
        address = descriptor < 0 ? default : KeyOf(new ReadOnlySpan<byte>(bytes, SocketAddressBytes));
        return descriptor;
    }

    /// <summary>Counts a connection that has been accepted. False: the address has as many as it may.</summary>
    public bool TryAdd(UInt128 address)
    {
        while (true)
        {
            var count = _counts.GetValueOrDefault(address);
            if (count >= most)
            {
                return false;
            }

            if (count == 0 ? _counts.TryAdd(address, 1) : _counts.TryUpdate(address, count + 1, count))
            {
                return true;
            }
        }
    }

    /// <summary>A counted connection is gone.</summary>
    public void Remove(UInt128 address)
    {
        while (_counts.TryGetValue(address, out var count))
        {
            if (count == 1 ? _counts.TryRemove(new(address, 1)) : _counts.TryUpdate(address, count - 1, count))
            {
                return;
            }
        }
    }

    /// <summary>Whether the address is this machine's own (127.0.0.0/8, ::1).</summary>
    public static bool IsLoopback(UInt128 address) =>
        (ulong)(address >> 64) == FourBytes ? (uint)address >> 24 == LoopbackNetwork : (ulong)address == 0;

    public static UInt128 KeyOf(EndPoint address) => KeyOf(address.Serialize().Buffer.Span);

    internal static UInt128 KeyOf(ReadOnlySpan<byte> socketAddress)
    {
        if (MemoryMarshal.Read<ushort>(socketAddress) == InternetFamily)
        {
            return new UInt128(FourBytes, BinaryPrimitives.ReadUInt32BigEndian(socketAddress[4..]));
        }

        // An IPv4 peer of an IPv6 socket (::ffff:a.b.c.d) is that IPv4 peer, not one network with all the others.
        var (network, host) = (BinaryPrimitives.ReadUInt64BigEndian(socketAddress[8..]), BinaryPrimitives.ReadUInt64BigEndian(socketAddress[16..]));
        return network == 0 && host >> 32 == 0xFFFF ? new UInt128(FourBytes, (uint)host) : new UInt128(SixteenBytes, network);
    }
}
