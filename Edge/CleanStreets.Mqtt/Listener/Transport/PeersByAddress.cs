using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>How many connections each address has, so that one cannot take every place. Owned by the loop.</summary>
/// <remarks>
/// An IPv6 host chooses among 2⁶⁴ addresses, so its /64 counts. The address as accept4 fills it (struct sockaddr_in, sockaddr_in6):
/// <code>
/// offset 0  family (2, 10)   offset 2  port   offset 4  IPv4 address (4)
///                                             offset 8  IPv6 address (16)
/// </code>
/// </remarks>
internal sealed unsafe class PeersByAddress
{
    private const int SocketAddressBytes = 28;
    private const ushort InternetFamily = 2;

    /// <summary>Upper halves of the keys, so that no IPv4 address meets an IPv6 network.</summary>
    private const ulong FourBytes = 1;
    private const ulong SixteenBytes = 2;

    private readonly Dictionary<UInt128, int> _counts = [];

    /// <summary>Accepts a connection and reads where it comes from; negative: see the error of the last call.</summary>
    public int Accept(int listening, out UInt128 address)
    {
        var bytes = stackalloc byte[SocketAddressBytes];
        var length = SocketAddressBytes;
        var descriptor = Libc.Accept(listening, (nint)bytes, (nint)(&length), Libc.SOCK_NONBLOCK_CLOEXEC);
        address = descriptor < 0 ? default : KeyOf(new ReadOnlySpan<byte>(bytes, SocketAddressBytes));
        return descriptor;
    }

    public int CountOf(UInt128 address) => _counts.GetValueOrDefault(address);

    public void Add(UInt128 address) => CollectionsMarshal.GetValueRefOrAddDefault(_counts, address, out _)++;

    public void Remove(UInt128? address)
    {
        if (address is { } known && --CollectionsMarshal.GetValueRefOrAddDefault(_counts, known, out _) == 0)
        {
            _counts.Remove(known);
        }
    }

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
