using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>What a descriptor is ready for.</summary>
[Flags]
internal enum Readiness : uint
{
    None = 0,
    Readable = 0x1,
    Writable = 0x4,
    Broken = 0x8,
    HungUp = 0x10,

    /// <summary>The peer will send nothing more; what it has sent may still lie there.</summary>
    PeerEnded = 0x2000,

    /// <summary>Wanted, never said: tell once and then no more.</summary>
    Once = 0x4000_0000,

    /// <summary>Wanted, never said: tell each change once instead of telling what is there again and again.</summary>
    EdgeTriggered = 0x8000_0000,
}

/// <summary>Waits for many descriptors at once, level-triggered unless a descriptor asks for edges. Owned by one thread.</summary>
/// <remarks>
/// struct epoll_event is packed on x86-64 only:
/// <code>
/// x86-64  offset 0 events (4)  offset 4 data (8)   12 bytes
/// others  offset 0 events (4)  offset 8 data (8)   16 bytes
/// </code>
/// </remarks>
internal sealed unsafe class Epoll : IDisposable
{
    /// <summary>Most descriptors a turn serves: few enough that what the kernel read for a connection is still in the cache when its answer is sent.</summary>
    public const int MaxEvents = 64;

    private const int Add = 1;
    private const int Delete = 2;
    private const int Modify = 3;

    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int Stride = DataOffset + 8;

    private readonly SafeFileHandle _handle; // Closed by its finaliser too, should the loop not come to life; and see TryWatchOnce.
    private readonly int _descriptor;
    private readonly byte[] _events = GC.AllocateArray<byte>(MaxEvents * 16, pinned: true);

    public Epoll() => _handle = new SafeFileHandle(_descriptor = Checked(Libc.EpollCreate(Libc.EPOLL_CLOEXEC)), ownsHandle: true);

    public void Watch(int descriptor, ulong data, Readiness wanted) => Control(Add, descriptor, data, wanted);

    public void Change(int descriptor, ulong data, Readiness wanted) => Control(Modify, descriptor, data, wanted);

    /// <summary>Any thread: tells once when the descriptor is readable or its peer has ended. False: the owner has closed it all.</summary>
    public bool TryWatchOnce(int descriptor, ulong data)
    {
        const Readiness wanted = Readiness.Readable | Readiness.PeerEnded | Readiness.Once;
        var isKept = false;
        try
        {
            _handle.DangerousAddRef(ref isKept);
            if (!TryControl(Modify, descriptor, data, wanted))
            {
                Control(Add, descriptor, data, wanted);
            }

            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            if (isKept)
            {
                _handle.DangerousRelease();
            }
        }
    }

    public void Forget(int descriptor) => Libc.EpollControl(_descriptor, Delete, descriptor, null);

    /// <summary>Waits at most <paramref name="timeoutMs"/> (-1: for ever) and answers how many entries can be read with <see cref="Entry"/>.</summary>
    public int Wait(int timeoutMs)
    {
        fixed (byte* events = _events)
        {
            var count = Libc.EpollWait(_descriptor, events, MaxEvents, timeoutMs);
            if (count < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                return error == Libc.EINTR ? 0 : throw new Win32Exception(error);
            }

            return count;
        }
    }

    public (ulong Data, Readiness Ready) Entry(int index)
    {
        ref var entry = ref _events[index * Stride];
        return (Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref entry, DataOffset)), (Readiness)Unsafe.ReadUnaligned<uint>(ref entry));
    }

    public void Dispose() => _handle.Dispose();

    internal static int Checked(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    private void Control(int operation, int descriptor, ulong data, Readiness wanted) =>
        Checked(TryControl(operation, descriptor, data, wanted) ? 0 : -1);

    private bool TryControl(int operation, int descriptor, ulong data, Readiness wanted)
    {
        var entry = stackalloc byte[16];
        Unsafe.WriteUnaligned(entry, (uint)wanted);
        Unsafe.WriteUnaligned(entry + DataOffset, data);
        return Libc.EpollControl(_descriptor, operation, descriptor, entry) >= 0;
    }
}
