using System.Globalization;

namespace CleanStreets.Edge.Publish;

/// <summary>How much backlog may go: bytes a second, and bytes a UTC day. Live readings always go, and count for the day.</summary>
/// <remarks>
/// The day's count lies in a small file, because a truck's box loses its power at many stops. What a power cut takes of it is at most ten seconds' worth. The limits are set
/// from any thread; everything else belongs to the link's loop.
/// </remarks>
internal sealed class UploadBudget(string? file, TimeProvider time)
{
    private static readonly TimeSpan WriteInterval = TimeSpan.FromSeconds(10);

    private long _backlogBytesASecond;
    private long _dailyBytes;
    private long _today;
    private string? _day;
    private double _allowance;
    private long _filledAt = time.GetTimestamp();
    private long _writtenAt = time.GetTimestamp();
    private long _written;
    private long _received;

    /// <summary>Most bytes a second of backlog; 0: no cap.</summary>
    public long BacklogBytesASecond
    {
        get => Volatile.Read(ref _backlogBytesASecond);
        set => Volatile.Write(ref _backlogBytesASecond, value);
    }

    /// <summary>Bytes a UTC day after which backlog waits for the next; 0: no budget.</summary>
    public long DailyBytes
    {
        get => Volatile.Read(ref _dailyBytes);
        set => Volatile.Write(ref _dailyBytes, value);
    }

    /// <summary>Bytes sent this UTC day.</summary>
    public long Today => Volatile.Read(ref _today);

    /// <summary>Whether a batch of backlog may go now. One batch may go beyond the allowance; the next waits until that is paid back.</summary>
    public bool MaySendBacklog()
    {
        Turn();
        if (DailyBytes is > 0 and var daily && _today >= daily)
        {
            return false;
        }

        if (BacklogBytesASecond is not (> 0 and var rate))
        {
            return true;
        }

        // At most a second's worth is saved up, so that a pause is no licence for a burst.
        _allowance = Math.Min(rate, _allowance + (time.GetElapsedTime(_filledAt).TotalSeconds * rate));
        _filledAt = time.GetTimestamp();
        return _allowance > 0;
    }

    /// <summary>Counts what was sent.</summary>
    public void Sent(int bytes, bool isBacklog)
    {
        Turn();
        Volatile.Write(ref _today, _today + bytes);
        _allowance -= isBacklog && BacklogBytesASecond > 0 ? bytes : 0;
        if (time.GetElapsedTime(_writtenAt) >= WriteInterval)
        {
            Keep();
        }
    }

    /// <summary>Counts what was fetched: it costs of the same contract. Any thread.</summary>
    public void Received(int bytes) => Interlocked.Add(ref _received, bytes);

    /// <summary>Whether the day has bytes left for what can wait. Any thread; the day turns with the next reading that is sent.</summary>
    public bool HasDayLeft => DailyBytes is not (> 0 and var daily) || Today + Volatile.Read(ref _received) < daily;

    /// <summary>Writes the day's count down.</summary>
    public void Keep()
    {
        if (file is null || _day is null || _written == _today)
        {
            return;
        }

        (_writtenAt, _written) = (time.GetTimestamp(), _today);
        try
        {
            File.WriteAllText(file + ".new", string.Create(CultureInfo.InvariantCulture, $"{_day} {_today}\n"));
            File.Move(file + ".new", file, overwrite: true);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            // A full disk: the count holds until the power goes.
        }
    }

    private void Turn()
    {
        var day = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (day != _day)
        {
            Volatile.Write(ref _today, _day is null ? Kept(day) : 0);
            _day = day;
        }

        // First added, then taken away: in between it counts twice, which only lets a download wait.
        if (Volatile.Read(ref _received) is > 0 and var received)
        {
            Volatile.Write(ref _today, _today + received);
            Interlocked.Add(ref _received, -received);
        }
    }

    private long Kept(string day)
    {
        try
        {
            return file is not null && File.Exists(file) && File.ReadAllText(file).Trim().Split(' ') is [var kept, var bytes] && kept == day
                && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
