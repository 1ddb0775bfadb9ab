using CleanStreets.Contracts.Readings;

namespace CleanStreets.Edge.Spool;

/// <summary>What the spool's loop is asked to do.</summary>
internal enum CommandType : byte
{
    /// <summary>Append a reading, with the pictures that it names.</summary>
    Append,

    /// <summary>Take a mark: the sequence.</summary>
    Mark,

    /// <summary>Remove a picture that the city has stored.</summary>
    PictureStored,

    /// <summary>Remove a picture that nobody will ever take.</summary>
    PictureRefused,
}

/// <summary>One thing that the spool's loop is asked to do.</summary>
/// <param name="Type">What.</param>
/// <param name="Session">The session; null for pictures.</param>
/// <param name="Format">Wire form of the reading.</param>
/// <param name="Sequence">The mark.</param>
/// <param name="CapturedAtMs">The reading's time of capture.</param>
/// <param name="Encoded">The reading.</param>
/// <param name="Pictures">Pictures that the reading names for the first time.</param>
/// <param name="PictureId">The picture.</param>
internal readonly record struct SpoolCommand(
    CommandType Type, SpoolSession? Session, ReadingFormat Format, long Sequence, long CapturedAtMs, ReadOnlyMemory<byte> Encoded, IReadOnlyList<EvidencePicture> Pictures, string? PictureId)
{
    /// <summary>Append a reading.</summary>
    public static SpoolCommand Append(SpoolSession session, ReadingFormat format, long capturedAtMs, ReadOnlyMemory<byte> encoded, IReadOnlyList<EvidencePicture> pictures) =>
        new(CommandType.Append, session, format, 0, capturedAtMs, encoded, pictures, null);

    /// <summary>Take a mark.</summary>
    public static SpoolCommand Mark(SpoolSession session, long through) => new(CommandType.Mark, session, default, through, 0, default, [], null);

    /// <summary>Remove a picture.</summary>
    public static SpoolCommand Remove(string pictureId, bool isStored) =>
        new(isStored ? CommandType.PictureStored : CommandType.PictureRefused, null, default, 0, 0, default, [], pictureId);
}
