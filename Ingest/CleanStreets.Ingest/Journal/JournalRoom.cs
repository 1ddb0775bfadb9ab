namespace CleanStreets.Ingest.Journal;

/// <summary>Whether the journal has room: on the disk, and below its cap. Said once when it has none, and once when it has again.</summary>
/// <remarks>
/// The disk is found full by the Journal stage, which waits with what it could not write. The cap is a door: what is in the pipeline already
/// still goes in (at most what all batches hold), and no more is received, so that a snapshot can pass and make room.
/// </remarks>
/// <param name="shut">Shuts the door: no batch is given for what is received. May be shut already.</param>
/// <param name="open">Opens it again; it may be open.</param>
/// <param name="options">The cap.</param>
/// <param name="progress">The journal's size.</param>
/// <param name="logger">Hears of it once an episode.</param>
internal sealed class JournalRoom(Action shut, Action open, JournalOptions options, JournalProgress progress, ILogger<JournalRoom> logger)
{
    private volatile string? _diskFull;
    private volatile string? _capReached;
    private long _episodes;

    /// <summary>Why nothing is acknowledged; null when there is room.</summary>
    public string? Reason => _diskFull ?? _capReached;

    /// <summary>How often there was none.</summary>
    public long Episodes => Volatile.Read(ref _episodes);

    /// <summary>Called when the cap is reached, until there is room: a snapshot lets the oldest files go.</summary>
    public Action? RoomWanted { get; set; }

    /// <summary>A write found no room on the disk.</summary>
    public void DiskIsFull(string reason)
    {
        if (_diskFull is null)
        {
            _diskFull = $"the disk is full ({reason})";
            Interlocked.Increment(ref _episodes);
            logger.JournalHasNoRoom(_diskFull);
        }
    }

    /// <summary>A write went through.</summary>
    public void DiskHasRoom()
    {
        if (_diskFull is not null)
        {
            _diskFull = null;
            logger.JournalHasRoom();
        }
    }

    /// <summary>Looks at the cap; called after each commit, on each tick, and when files were deleted.</summary>
    public void CheckCap()
    {
        if (progress.Bytes <= options.MaximumBytes)
        {
            if (Interlocked.Exchange(ref _capReached, null) is not null)
            {
                open();
                logger.JournalHasRoom();
            }

            return;
        }

        RoomWanted?.Invoke();
        if (_capReached is null)
        {
            // Shut first: a snapshot's thread that finds room in between opens a door that is shut, or the next tick does.
            shut();
            _capReached = $"the journal has reached its cap of {options.MaximumBytes} bytes (Ingest:Journal:MaximumBytes)";
            Interlocked.Increment(ref _episodes);
            logger.JournalHasNoRoom(_capReached);
        }
    }
}
