using System.Buffers.Binary;
using System.Globalization;

namespace CleanStreets.Edge.Spool;

/// <summary>One file of the spool: a header of 16 bytes (<c>CSSPOOL1</c>, then the chunk's number, little endian), then frames.</summary>
internal sealed class Chunk(string folder, long number)
{
    public const int HeaderBytes = 16;
    private const string Extension = ".chunk";

    public long Number { get; } = number;

    public string Path { get; } = System.IO.Path.Combine(folder, number.ToString("D10", CultureInfo.InvariantCulture) + Extension);

    /// <summary>Bytes written.</summary>
    public long Bytes { get; set; } = HeaderBytes;

    /// <summary>Sessions that still have a reading here that the city has not stored.</summary>
    public int Outstanding { get; set; }

    /// <summary>Readings in it, for counting what the cap drops.</summary>
    public List<Extent> Extents { get; } = [];

    private static ReadOnlySpan<byte> Magic => "CSSPOOL1"u8;

    public static void WriteHeader(Span<byte> into, long number)
    {
        Magic.CopyTo(into);
        BinaryPrimitives.WriteInt64LittleEndian(into[8..], number);
    }

    public static bool HasHeader(ReadOnlySpan<byte> data, long number) =>
        data.Length >= HeaderBytes && data[..8].SequenceEqual(Magic) && BinaryPrimitives.ReadInt64LittleEndian(data[8..]) == number;

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
internal sealed class Extent(SpoolSession session, Chunk chunk, long firstSequence, long offset)
{
    private long _lastSequence = firstSequence;

    public SpoolSession Session { get; } = session;

    public Chunk Chunk { get; } = chunk;

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
