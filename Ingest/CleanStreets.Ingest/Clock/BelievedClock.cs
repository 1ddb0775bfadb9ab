using System.Globalization;
using System.Text;
using CleanStreets.Ingest.Measure;

namespace CleanStreets.Ingest.Clock;

/// <summary>The machine's clock as far as it is believed: never later than time can have come to since ingest last knew it.</summary>
/// <remarks>
/// What cannot be undone goes by this clock: deleting what is old, closing a month, fading scores. At a start the machine's clock is believed when it is
/// at or behind what was known at the last run, by <see cref="ClockOptions.LongestStep"/> at most; from then on only as much as has really
/// passed. Otherwise time goes on from what was known, and <see cref="Doubt"/> says so. One writer (the ticker, by <see cref="Look"/>); read by anybody.
/// </remarks>
internal sealed class BelievedClock : TimeProvider
{
    /// <summary>No reading of any city was received before: an earlier time is that of a box that does not know the time.</summary>
    private static readonly DateTimeOffset Beginning = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>No clock is believed to be later; so that reckoning with it never leaves the calendar.</summary>
    private static readonly DateTimeOffset End = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A clock that differs by less was put right. The truth cannot lie further behind what was known, unless that was wrong.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromDays(1);

    /// <summary>A folder's first start may find any time, and has so long to learn the right one.</summary>
    private static readonly TimeSpan FirstHour = TimeSpan.FromHours(1);

    /// <summary>A clock that differs for so long is right (the machine slept), unless it is further ahead than any step; and what was known before was not.</summary>
    private static readonly TimeSpan LongOther = TimeSpan.FromDays(1);

    private readonly string _path;
    private readonly ClockOptions _options;
    private readonly TimeProvider _machine;
    private readonly ILogger _logger;
    private readonly bool _isFirst;
    private readonly long _beganAt;
    private long? _otherSince;
    private Anchor _anchor;
    private long _plausibleFromMs;
    private long _plausibleToMs;
    private string? _doubt;
    private bool _notKept;

    /// <param name="path">Where it is kept what time it was.</param>
    /// <param name="evidence">A time at which ingest ran before, when nothing is kept; null: it never did.</param>
    /// <param name="options">How far a clock may step.</param>
    /// <param name="machine">The machine's clock.</param>
    /// <param name="logger">Hears once an episode.</param>
    public BelievedClock(string path, DateTimeOffset? evidence, ClockOptions options, TimeProvider machine, ILogger logger)
    {
        (_path, _options, _machine, _logger) = (path, options, machine, logger);
        var kept = Read(path, out var isDamaged);
        if (isDamaged)
        {
            logger.ClockDamaged(path);
        }

        var known = kept ?? evidence;
        known = known < Beginning || known > End ? null : known;
        (_isFirst, _beganAt) = (known is null, machine.GetTimestamp());
        var now = Now;
        _anchor = new Anchor(known is { } at && (now < at || now - at > options.LongestStep) ? at : now, _beganAt);
        Look();
        Keep();
    }

    public override long TimestampFrequency => _machine.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => _machine.LocalTimeZone;

    /// <summary>Why the machine's clock is not believed, as a sentence; null when it is.</summary>
    public string? Doubt => Volatile.Read(ref _doubt);

    /// <summary>The machine's clock, or when that is ahead what time can have come to.</summary>
    public override DateTimeOffset GetUtcNow()
    {
        var (now, latest) = (Now, Latest);
        return now < latest ? now : latest;
    }

    public override long GetTimestamp() => _machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>Whether the machine's clock may have said so, to the second; for what it has stamped just now.</summary>
    public bool IsPlausible(long nowMs) => nowMs >= Volatile.Read(ref _plausibleFromMs) && nowMs <= Volatile.Read(ref _plausibleToMs);

    /// <summary>Looks at the machine's clock; called every second.</summary>
    public void Look()
    {
        var now = Now;
        var apart = now - Latest;
        var isOther = now >= Beginning && apart.Duration() > Slack && apart <= _options.LongestStep;
        _otherSince = isOther ? _otherSince ?? _machine.GetTimestamp() : null;
        var isLearning = _isFirst && _machine.GetElapsedTime(_beganAt) < FirstHour;
        if (isLearning || (_otherSince is { } since && _machine.GetElapsedTime(since) >= LongOther))
        {
            Volatile.Write(ref _anchor, new Anchor(now, _machine.GetTimestamp()));
            _otherSince = null;
        }

        var latest = Latest;
        var earliest = latest - Slack > Beginning ? latest - Slack : Beginning;
        Volatile.Write(ref _plausibleFromMs, earliest.ToUnixTimeMilliseconds());
        Volatile.Write(ref _plausibleToMs, (latest + _options.LongestStep).ToUnixTimeMilliseconds());
        Tell(
            now < earliest ? Sentence(now, earliest == Beginning ? "and no city was measured then" : $"and it was {Text(latest)} before", "It goes on by itself when the clock is right.")
            : now - latest > _options.LongestStep ? Sentence(
                now,
                $"and by what was known before it is {Text(latest)}",
                $"It goes on by itself when the clock is right; if it is right (ingest was down that long), start once with Ingest__Clock__LongestStep={Math.Ceiling((now - latest).TotalDays) + 1:0}.00:00:00.")
            : null);
    }

    /// <summary>Keeps for the next start what time it is.</summary>
    public void Keep()
    {
        var now = GetUtcNow();
        var known = _isFirst || now > Latest - Slack ? now : Latest;
        if (known < Beginning)
        {
            return;
        }

        try
        {
            DurableFile.Replace(_path, Encoding.ASCII.GetBytes(known.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)));
            _notKept = false;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (!_notKept)
            {
                _logger.ClockNotKept(fault.Message);
            }

            _notKept = true;
        }
    }

    private DateTimeOffset Now => _machine.GetUtcNow() is var now && now < End ? now : End;

    private DateTimeOffset Latest
    {
        get
        {
            var anchor = Volatile.Read(ref _anchor);
            return anchor.At + _machine.GetElapsedTime(anchor.Timestamp);
        }
    }

    private static DateTimeOffset? Read(string path, out bool isDamaged)
    {
        isDamaged = false;
        if (!File.Exists(path))
        {
            return null;
        }

        isDamaged = !DateTimeOffset.TryParseExact(File.ReadAllText(path), "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var known);
        return isDamaged ? null : known;
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Sentence(DateTimeOffset now, string why, string next) =>
        $"The clock of this machine is not believed: it says {Text(now)}, {why}. Readings are taken and acknowledged, with the trucks' own times; nothing is deleted for its age by this clock and no period is closed. {next}";

    private void Tell(string? doubt)
    {
        var before = Interlocked.Exchange(ref _doubt, doubt);
        if (before is null && doubt is not null)
        {
            _logger.ClockDoubted(doubt);
        }
        else if (before is not null && doubt is null)
        {
            _logger.ClockBelieved(_machine.GetUtcNow());
        }
    }

    /// <summary>What time it was when, by the clock that only runs.</summary>
    private sealed record Anchor(DateTimeOffset At, long Timestamp);
}
