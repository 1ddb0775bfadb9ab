using System.ComponentModel.DataAnnotations;

namespace CleanStreets.Ingest.Store.Sqlite;

/// <summary>How long the SQLite file keeps what.</summary>
/// <remarks>Ages are counted from the newest row, or from now when that is earlier: an old recording that is played stays whole.</remarks>
public sealed class SqliteOptions
{
    /// <summary>Every score point is kept so long; of older ones the last of each hour. Default: 30 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "36500.00:00:00")]
    public TimeSpan KeepPoints { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The last point of each hour is kept so long; of older ones the last of each day. Default: 400 days, a year to compare with and some.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan KeepHours { get; set; } = TimeSpan.FromDays(400);

    /// <summary>The last point of each day is kept so long. Default: 3,650 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan KeepDays { get; set; } = TimeSpan.FromDays(3650);

    /// <summary>Passes are kept so long; they say which truck was where. Default: 400 days.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "36500.00:00:00")]
    public TimeSpan KeepPasses { get; set; } = TimeSpan.FromDays(400);

    /// <summary>Time between two rounds through all segments. Default: 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan TidyInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Segments looked through at once, between two writes. Default: 100.</summary>
    [Range(1, 1_000_000)]
    public int TidySegments { get; set; } = 100;
}
