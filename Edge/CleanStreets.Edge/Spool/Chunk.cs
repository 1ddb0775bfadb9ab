using System.Globalization;

namespace CleanStreets.Edge.Spool;

/// <summary>One file of the spool: a header, then frames.</summary>
internal sealed class Chunk(string folder, long number)
{
    private const string Extension = ".chunk";
    private ushort _sessions;

    public long Number { get; } = number;

    public string Path { get; } = System.IO.Path.Combine(folder, number.ToString("D10", CultureInfo.InvariantCulture) + Extension);

    /// <summary>How it begins; what opens its frames. Set before anybody reads it.</summary>
    public ChunkHeader Header { get; set; } = null!;

    /// <summary>Bytes written and on disk.</summary>
    public long Bytes { get; set; }

    /// <summary>Sessions that still have a reading here that the city has not stored.</summary>
    public int Outstanding { get; set; }

    /// <summary>Readings in it, for counting what the cap drops.</summary>
    public List<Extent> Extents { get; } = [];

    /// <summary>The ordinal of the next session that comes into it.</summary>
    public ushort NextOrdinal() => checked(++_sessions);

    /// <summary>The chunks of a folder in the order of their numbers.</summary>
    public static List<Chunk> In(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*" + Extension)
            .Select(path => long.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0)
            .Where(n => n > 0)
            .Order()
            .Select(n => new Chunk(folder, n))];
}

/// <summary>The readings of one session in one chunk.</summary>
/// <remarks>Written by the spool's loop; read by the session's sender, who sees only what <see cref="LastSequence"/> covers.</remarks>
internal sealed class Extent(SpoolSession session, Chunk chunk, ushort ordinal, long firstSequence, long offset)
{
    private long _lastSequence = firstSequence;

    public SpoolSession Session { get; } = session;

    public Chunk Chunk { get; } = chunk;

    /// <summary>The session's ordinal in the chunk; 0 in chunks of before.</summary>
    public ushort Ordinal { get; } = ordinal;

    public long FirstSequence { get; } = firstSequence;

    /// <summary>Where its first frame begins.</summary>
    public long Offset { get; } = offset;

    /// <summary>Readings in it: fewer than the sequences it spans where damage took some.</summary>
    public int Count { get; set; } = 1;

    public long LastSequence
    {
        get => Volatile.Read(ref _lastSequence);
        set => Volatile.Write(ref _lastSequence, value);
    }
}
