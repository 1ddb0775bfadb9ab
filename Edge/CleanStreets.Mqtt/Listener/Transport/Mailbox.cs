using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>Something that another thread wants done on the loop thread.</summary>
internal abstract class Letter
{
    internal Letter? Next { get; set; }

    /// <summary>Called once, on the loop thread.</summary>
    public abstract void Open();
}

/// <summary>Carries letters from any thread to the loop, without locks, and wakes a loop that sleeps through an eventfd.</summary>
/// <remarks>
/// A linked stack: senders push with compare-and-swap, the loop takes all at once and turns it round, so letters of one sender keep their order.
/// The eventfd is watched edge-triggered and never read: each write is a change, whatever it counts.
/// </remarks>
#pragma warning disable CA1001 // The handle is deliberately left to its finaliser, see below.
internal sealed unsafe class Mailbox
#pragma warning restore CA1001
{
    private Letter? _newest;
    private int _asleep;

    // Closed by the handle when nobody can post any more: a late letter must never be written to a descriptor that has become somebody else's.
    private readonly SafeFileHandle _handle = new(Epoll.Checked(Libc.EventDescriptor(0, Libc.EFD_NONBLOCK_CLOEXEC)), ownsHandle: true);

    /// <summary>Becomes readable when a letter comes while the loop sleeps.</summary>
    public int Descriptor => (int)_handle.DangerousGetHandle();

    public void Post(Letter letter)
    {
        Letter? seen;
        do
        {
            seen = Volatile.Read(ref _newest);
            letter.Next = seen;
        }
        while (Interlocked.CompareExchange(ref _newest, letter, seen) != seen);

        // Pushed before this is read, and the loop looks for letters after it has set it: one of the two sees the other.
        if (Volatile.Read(ref _asleep) != 0 && Interlocked.Exchange(ref _asleep, 0) != 0)
        {
            var one = 1UL;
            _ = Libc.Write(Descriptor, &one, sizeof(ulong));
        }
    }

    /// <summary>Closes it before anybody could have posted: its loop does not come to life.</summary>
    public void Abandon() => _handle.Dispose();

    /// <summary>The loop is about to wait. False: letters are there, do not.</summary>
    public bool TryFallAsleep()
    {
        Interlocked.Exchange(ref _asleep, 1);
        if (Volatile.Read(ref _newest) is null)
        {
            return true;
        }

        WakeUp();
        return false;
    }

    /// <summary>The loop is at work and opens letters by itself; nobody has to wake it.</summary>
    public void WakeUp() => Volatile.Write(ref _asleep, 0);

    public void OpenAll()
    {
        if (Volatile.Read(ref _newest) is null)
        {
            return;
        }

        var letter = Interlocked.Exchange(ref _newest, null);
        Letter? oldest = null;
        while (letter is not null)
        {
            var next = letter.Next;
            letter.Next = oldest;
            oldest = letter;
            letter = next;
        }

        for (; oldest is not null; oldest = oldest.Next)
        {
            oldest.Open();
        }
    }
}
