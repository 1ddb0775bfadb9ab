namespace CleanStreets.Ingest.Journal;

/// <summary>The byte layout of the journal, version 1; README.md of this folder shows it as tables.</summary>
internal static class JournalFormat
{
    public const string FileExtension = ".journal";
    public const uint Version = 1;

    /// <summary>The segment header stands twice, so that one flipped byte cannot make a whole file unreadable.</summary>
    public const int SegmentHeaderCopyBytes = 64;
    public const int SegmentHeaderBytes = 2 * SegmentHeaderCopyBytes;

    /// <summary>"CSjR" in memory order: where a reader that lost its way begins to look again.</summary>
    public const uint RecordMagic = 0x526A_5343;
    public const int RecordHeaderBytes = 64;

    /// <summary>Longest record: the readings limit of 256 KB, one verdict a reading, two ids, and room to grow.</summary>
    public const int MaxRecordBytes = 1024 * 1024;

    public const int OffsetMagic = 0;
    public const int OffsetLength = 4;
    public const int OffsetChecksum = 8;
    public const int OffsetType = 12;
    public const int OffsetFlags = 13;
    public const int OffsetReason = 14;
    public const int OffsetIdLength = 15;
    public const int OffsetSessionLength = 16;
    public const int OffsetReadingCount = 20;
    public const int OffsetReceivedAt = 24;
    public const int OffsetClockShift = 32;
    public const int OffsetFirstSequence = 40;
    public const int OffsetOldestSequence = 48;
    public const int OffsetPayloadLength = 56;
}

/// <summary>What a record is. Numbers stand on disk: never reuse one.</summary>
internal enum JournalRecordType : byte
{
    /// <summary>A message of readings whose envelope could be read.</summary>
    Readings = 1,

    /// <summary>A message that could not be decoded, or its beginning.</summary>
    QuarantinedMessage = 2,

    /// <summary>A session was idle for so long that it is over.</summary>
    SessionClosed = 3,

    /// <summary>A fact from the dashboard.</summary>
    Fact = 4,

    /// <summary>A standing mapping is added or removed.</summary>
    MappingChange = 5,

    /// <summary>Rows on their way to the stores; only in the store log.</summary>
    StoreRows = 64,
}

/// <summary>Flags of a record. Bits stand on disk: never reuse one.</summary>
[Flags]
internal enum JournalRecordFlags : byte
{
    None = 0,

    /// <summary>One verdict byte a reading follows the ids. Without it every reading was accepted.</summary>
    HasVerdicts = 1,

    /// <summary>The message said when it was sent, so the truck's clock could be checked.</summary>
    ClockChecked = 2,

    /// <summary>The truck's clock was wrong: clock shift is to be added to every time of the message.</summary>
    ClockCorrected = 4,

    /// <summary>The payload is only the beginning of what came.</summary>
    PayloadCut = 8,

    /// <summary>A quarantined message, or part of one, that somebody released: the decision stands at the head of the payload.</summary>
    Released = 16,

    /// <summary>Mended on arrival by standing mappings: they stand at the head of the payload, which is as they changed it.</summary>
    Mended = 32,
}
