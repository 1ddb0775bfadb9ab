namespace CleanStreets.Ingest.Journal;

/// <summary>Deletes old files of the journal: beyond their age, and when the journal nears its cap. Never one that a kept snapshot needs.</summary>
/// <remarks>The stores read a log of their own (<c>Store/Log</c>) with a cap and marks of its own, so no store needs the journal.</remarks>
internal sealed class JournalRetention(
    string directory, JournalOptions options, JournalProgress progress, JournalRoom room, TimeProvider time, ILogger<JournalRetention> logger)
{
    /// <summary>Files go before the cap is reached, so that it is reached only when nothing may go.</summary>
    private const double Nearly = 0.9;

    /// <summary>
    /// So long after a start nothing goes by its age: a box that begins with a clock years ahead is put right by its network within minutes, and a
    /// file that is gone does not come back. Of a clock that leaps while we run, only the time that has really passed is believed.
    /// </summary>
    private static readonly TimeSpan ClockPatience = TimeSpan.FromHours(1);

    private readonly long _begunAt = time.GetTimestamp();
    private readonly DateTimeOffset _begun = time.GetUtcNow();

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

        // The newest file is being written. The next one's beginning is the end of what a file holds, in time too.
        for (var i = 0; i + 1 < files.Count && files[i].End <= neededFrom; i++)
        {
            var isOld = files[i + 1].Header.CreatedAtMs < oldest;
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

    /// <summary>What was begun before this moment is beyond its age, milliseconds.</summary>
    private long OldestKept()
    {
        var running = time.GetElapsedTime(_begunAt);
        if (running < ClockPatience)
        {
            return long.MinValue;
        }

        var (now, believed) = (time.GetUtcNow(), _begun + running);
        return (now < believed ? now : believed).Subtract(options.Retention).ToUnixTimeMilliseconds();
    }
}
