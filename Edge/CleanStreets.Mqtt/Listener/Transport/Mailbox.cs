using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Mqtt.Listener.Transport;

/// <summary>Something that another thread wants done on the loop thread.</summary>
internal abstract class Letter
{
    internal Letter? Next { get; set; }

    /// <summary>Called once, on the loop thread.</summary>
    public abstract void Open();
}

/// <summary>Carries letters from any thread to the loop, without locks, and wakes the loop through an eventfd.</summary>
/// <remarks>A linked stack: senders push with compare-and-swap, the loop takes all at once and turns it round, so letters of one sender keep their order.</remarks>
#pragma warning disable CA1001 // The handle is deliberately left to its finaliser, see below.
internal sealed unsafe class Mailbox
#pragma warning restore CA1001
{
    private Letter? _newest;

    // Closed by the handle when nobody can post any more: a late letter must never be written to a descriptor that has become somebody else's.
    private readonly SafeFileHandle _handle = new(Epoll.Checked(Libc.EventDescriptor(0, Libc.EFD_NONBLOCK_CLOEXEC)), ownsHandle: true);

    /// <summary>Readable when letters wait.</summary>
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

        // Only the first letter after an emptying has to wake the loop; the others are found with it.
        if (seen is null)
        {
            var one = 1UL;
            _ = Libc.Write(Descriptor, &one, sizeof(ulong));
        }
    }

    /// <summary>Makes the descriptor quiet. Called before <see cref="OpenAll"/>, so that a letter posted in between wakes again.</summary>
    public void Quieten()
    {
        ulong count;
        _ = Libc.Read(Descriptor, &count, sizeof(ulong));
    }

    public void OpenAll()
    {
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
