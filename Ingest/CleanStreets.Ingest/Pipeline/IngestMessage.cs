using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Quarantine;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>One message inside an <see cref="IngestBatch"/>: where its bytes lie, and what each stage has found out about it.</summary>
internal struct IngestMessage
{
    public MessageKind Kind;

    /// <summary>Receipt by ingest's clock, milliseconds since 1970 UTC.</summary>
    public long ReceivedAtMs;

    // Receive: places in the batch's slab.
    public int TopicIdOffset;
    public int TopicIdLength;
    public int ContentTypeOffset;
    public int ContentTypeLength;
    public int PayloadOffset;
    public int PayloadLength;

    /// <summary>Only the beginning of the payload was kept.</summary>
    public bool PayloadCut;

    /// <summary>Client identifier of who sent it; null where it is not known or nobody asks.</summary>
    public string? Sender;

    /// <summary>Why the message as a whole is quarantined; its readings are then not in the batch.</summary>
    public QuarantineReason Reason;

    /// <summary>Released from quarantine by a person, who waits to hear what becomes of it; null for everything else.</summary>
    public ReleaseTicket? Release;

    /// <summary>The change of the standing mappings that this is; null for everything else, and in a replay.</summary>
    public MappingTicket? Mapping;

    // Decode.
    public BatchEnvelope Envelope;
    public int ReadingStart;
    public int ReadingCount;
    public Fact? Fact;

    /// <summary>What standing mappings made of it; null when they did not, and in a replay, which finds it in the record.</summary>
    public MendedMessage? Mended;

    // Admit.

    /// <summary>A record must be written, because something is new. A mere repeat writes none.</summary>
    public bool Journalled;

    /// <summary>At least one verdict is not "accepted".</summary>
    public bool HasVerdicts;

    /// <summary>Milliseconds added to the truck's times.</summary>
    public long ClockShiftMs;

    /// <summary>The message said when it was sent.</summary>
    public bool ClockChecked;

    /// <summary>The session's mark after this message; 0 when it has none.</summary>
    public long StoredThrough;

    /// <summary>The truck has a place among those that are known, so its marks are kept.</summary>
    public bool HasPlace;

    /// <summary>Trucks that gave up their place for this one; null when none did, and in a replay.</summary>
    public TruckId[]? Leavers;

    /// <summary>Sequence at which a trace that does not exist yet begins to wait.</summary>
    public long TraceStart;

    // Journal.

    /// <summary>Where its record begins; −1 without one.</summary>
    public long Position;
}

/// <summary>Kinds of message.</summary>
internal enum MessageKind : byte
{
    /// <summary>A batch of readings.</summary>
    Readings,

    /// <summary>A fact from the dashboard.</summary>
    Fact,

    /// <summary>Made by admission: a session was idle too long.</summary>
    SessionClosed,

    /// <summary>A standing mapping is added or removed.</summary>
    MappingChange,
}
