using System.Threading.Channels;
using CleanStreets.Contracts;

namespace CleanStreets.Edge.Spool;

/// <summary>One session on the spool, as its sender sees it. The spool's loop writes, one sender reads.</summary>
internal sealed class SpoolSession
{
    private readonly Channel<SpooledReading> _recent;
    private readonly bool _isFromBefore;
    private Extent[] _extents = [];
    private long _committedThrough;
    private long _storedThrough;
    private SpoolSession? _successor;
    private Chunk? _ordinalIn;
    private ushort _ordinal;

    public SpoolSession(SpoolKey key, bool leftover, int recentReadings)
    {
        Key = key;
        _isFromBefore = leftover;
        _recent = Channel.CreateBounded<SpooledReading>(new BoundedChannelOptions(recentReadings) { SingleReader = true, SingleWriter = true });
    }

    public SpoolKey Key { get; }

    public TruckId TruckId => Key.Truck;

    public SessionId SessionId => Key.Session;

    /// <summary>What is true of all its readings; null when nothing is known.</summary>
    public SessionAbout? About { get; init; }

    /// <summary>Left from an earlier opening, or followed by a newer lane: it only drains.</summary>
    public bool IsLeftover => _isFromBefore || Volatile.Read(ref _successor) is not null;

    /// <summary>Nothing more will be committed to it.</summary>
    /// <remarks>One loop appends and the spool commits in order: once the next lane has a reading on disk, so has every reading of this one.</remarks>
    public bool IsClosed => _isFromBefore || Volatile.Read(ref _successor) is { CommittedThrough: > 0 };

    /// <summary>Highest sequence on disk: nothing above it may be sent.</summary>
    public long CommittedThrough => Volatile.Read(ref _committedThrough);

    /// <summary>Nothing up to here need be sent again.</summary>
    public long StoredThrough => Volatile.Read(ref _storedThrough);

    /// <summary>Readings that the city has not stored yet.</summary>
    public long Unstored => Math.Max(0, CommittedThrough - Math.Max(StoredThrough, Oldest - 1));

    /// <summary>The oldest sequence still on disk; one beyond the newest when there is none.</summary>
    public long Oldest => Extents is [var first, ..] ? first.FirstSequence : CommittedThrough + 1;

    /// <summary>How far the clock that stamped its readings is ahead of the truck's of now; null: it is the same. Set before the first reading.</summary>
    public Func<TimeSpan>? ClockAhead { get; set; }

    /// <summary>Left from an earlier opening.</summary>
    public bool IsFromBefore => _isFromBefore;

    /// <summary>Called on the spool's loop when readings were committed or a mark moved.</summary>
    public Action? Changed { get; set; }

    /// <summary>The newest committed readings, in order, with holes where the sender was too slow: those are on disk.</summary>
    public ChannelReader<SpooledReading> Recent => _recent.Reader;

    /// <summary>Where its readings lie, oldest first; swapped whole.</summary>
    internal Extent[] Extents
    {
        get => Volatile.Read(ref _extents);
        set => Volatile.Write(ref _extents, value);
    }

    /// <summary>Next sequence; owned by the spool's loop.</summary>
    internal long NextSequence { get; set; } = 1;

    /// <summary>Chunks that hold readings of it, stored or not; owned by the spool's loop.</summary>
    internal int ChunksHolding { get; set; }

    /// <summary>Its number in a chunk that readings of it are written to; called by the spool's loop.</summary>
    internal ushort OrdinalIn(Chunk chunk)
    {
        if (!ReferenceEquals(_ordinalIn, chunk))
        {
            (_ordinalIn, _ordinal) = (chunk, chunk.NextOrdinal());
        }

        return _ordinal;
    }

    /// <summary>Another session takes the readings of now.</summary>
    internal void Retire(SpoolSession successor) => Volatile.Write(ref _successor, successor);

    internal void Commit(in SpooledReading reading)
    {
        _recent.Writer.TryWrite(reading); // Full: the sender is behind and reads from disk.
        Volatile.Write(ref _committedThrough, reading.Sequence);
    }

    internal void Recover(long through) => Volatile.Write(ref _committedThrough, through);

    internal void Store(long through) => Volatile.Write(ref _storedThrough, through);
}
