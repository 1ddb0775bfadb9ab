namespace CleanStreets.Ingest.Journal;

/// <summary>Deletes old files of the journal: beyond their age, and when the journal nears its cap. Never one that a kept snapshot needs.</summary>
/// <remarks>The stores read a log of their own (<c>Store/Log</c>) with a cap and marks of its own, so no store needs the journal.</remarks>
/// <param name="directory">The journal's folder.</param>
/// <param name="options">Age and cap.</param>
/// <param name="progress">The journal's size.</param>
/// <param name="room">Hears when files have gone.</param>
/// <param name="time">A clock that is never ahead of what is believed: what is deleted does not come back.</param>
/// <param name="logger">Hears of what went.</param>
internal sealed class JournalRetention(
    string directory, JournalOptions options, JournalProgress progress, JournalRoom room, TimeProvider time, ILogger<JournalRetention> logger)
{
    /// <summary>Files go before the cap is reached, so that it is reached only when nothing may go.</summary>
    private const double Nearly = 0.9;

    private readonly long _begunAt = time.GetTimestamp();

    /// <summary>Called after each snapshot.</summary>
    /// <param name="neededFrom">Position of the oldest snapshot that is kept: everything from there on stays.</param>
    /// <param name="hasSpare">False: that snapshot is the only one, and if it did not read the journal would be all there is. Files go only once the cap is reached.</param>
    public void Apply(long neededFrom, bool hasSpare = true)
    {
        try
        {
            Delete(JournalSegmentFile.List(directory, []), neededFrom, hasSpare);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            logger.JournalFilesNotDeleted(fault.Message);
        }

        room.CheckCap();
    }

    private void Delete(List<JournalSegmentFile> files, long neededFrom, bool hasSpare)
    {
        var total = files.Sum(file => file.Length);
        var (oldest, most) = hasSpare ? (OldestKept(), options.MaximumBytes * Nearly) : (long.MinValue, options.MaximumBytes);
        var (deleted, position, reason) = (0, 0L, string.Empty);

        // The newest file is being written.
        for (var i = 0; i + 1 < files.Count && files[i].End <= neededFrom; i++)
        {
            var isOld = EndedAt(files, i) is { } ended && ended < oldest;
            if (!isOld && total <= most)
            {
                break;
            }

            File.Delete(files[i].Path);
            total -= files[i].Length;
            progress.Deleted(files[i].Length);
            (deleted, position, reason) = (deleted + 1, files[i].End, isOld ? $"older than {options.Retention}" : "near its cap");
        }

        if (deleted > 0)
        {
            logger.JournalFilesDeleted(deleted, position, reason);
        }
    }

    /// <summary>A moment, milliseconds, by which everything a file holds had come; null when none is known.</summary>
    /// <remarks>
    /// The next file's beginning, as a rule. Where the clock was wrong when that was begun (it would be in the future, or before files that are older),
    /// the first behind it whose beginning fits.
    /// </remarks>
    private long? EndedAt(List<JournalSegmentFile> files, int file)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var begun = long.MinValue;
        for (var i = 0; i < files.Count; i++)
        {
            var at = files[i].Header.CreatedAtMs;
            if (at > now || at < begun)
            {
                continue;
            }

            if (i > file)
            {
                return at;
            }

            begun = at;
        }

        return null;
    }

    /// <summary>What was begun before this moment is beyond its age, milliseconds.</summary>
    private long OldestKept() => time.GetElapsedTime(_begunAt) < options.Patience
        ? long.MinValue
        : time.GetUtcNow().Subtract(options.Retention).ToUnixTimeMilliseconds();
}
