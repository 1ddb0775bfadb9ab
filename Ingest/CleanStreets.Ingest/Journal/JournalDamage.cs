namespace CleanStreets.Ingest.Journal;

/// <summary>A stretch of the journal that cannot be read.</summary>
/// <param name="Kind">What kind of damage.</param>
/// <param name="File">Name of the file.</param>
/// <param name="Position">Where it begins in the journal.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="Detail">What the first bytes still say about trucks and sequences; null when nothing can be made out.</param>
internal sealed record JournalDamage(JournalDamageKind Kind, string File, long Position, long Length, string? Detail = null)
{
    public override string ToString() =>
        $"{Kind switch
        {
            JournalDamageKind.Tail => "damaged or half-written end",
            JournalDamageKind.Zeros => "unwritten zeros at the end",
            JournalDamageKind.Middle => "damage in the middle",
            JournalDamageKind.Alien => "not a journal file of ours",
            JournalDamageKind.Missing => "bytes that are gone",
            JournalDamageKind.Head => "damaged head, worked out from the records",
            _ => Kind.ToString(),
        }}: {Length} bytes at {Position} in {File}{(Detail is null ? string.Empty : $" ({Detail})")}";
}

/// <summary>Kinds of damage.</summary>
internal enum JournalDamageKind : byte
{
    /// <summary>Nothing readable from here to the end of the newest file: a write that power cut short, or damage to its last records.</summary>
    Tail,

    /// <summary>Zeros to the end of the file.</summary>
    Zeros,

    /// <summary>Readable records follow.</summary>
    Middle,

    /// <summary>A file without a header of ours.</summary>
    Alien,

    /// <summary>A file ends before the next one begins.</summary>
    Missing,

    /// <summary>Neither copy of a file's head is whole; its records told what stood there, and none is lost by it.</summary>
    Head,
}
