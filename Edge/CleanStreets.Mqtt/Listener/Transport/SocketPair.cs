using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>Two Unix sockets that are each other's peer: one for the framework's streams, one for the loop's epoll.</summary>
internal static class SocketPair
{
    /// <summary>Bytes the kernel holds for each direction before the writer has to wait: two reads of a pump.</summary>
    private const int BufferBytes = 64 * 1024;

    /// <exception cref="System.ComponentModel.Win32Exception">The process is out of descriptors.</exception>
    public static unsafe (Socket Framework, SafeFileHandle Loop) Create()
    {
        var two = stackalloc int[2];
        Epoll.Checked(Libc.SocketPair(Libc.AF_UNIX, Libc.SOCK_STREAM_NONBLOCK_CLOEXEC, 0, two));
        var loop = new SafeFileHandle(two[1], ownsHandle: true);
        var framework = new Socket(new SafeSocketHandle(two[0], ownsHandle: true)) { SendBufferSize = BufferBytes };
        var bytes = BufferBytes;
        _ = Libc.SetSocketOption(two[1], Libc.SOL_SOCKET, Libc.SO_SNDBUF, &bytes, sizeof(int));
        return (framework, loop);
    }
}
