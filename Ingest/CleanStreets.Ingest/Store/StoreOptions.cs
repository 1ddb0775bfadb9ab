using System.ComponentModel.DataAnnotations;
using CleanStreets.Ingest.Store.Line;
using CleanStreets.Ingest.Store.Sqlite;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Store;

/// <summary>How rows go into a store, and what happens when it does not take them.</summary>
public sealed class StoreOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Store";

    /// <summary>
    /// The stores, as <c>--store</c> names them: <c>sqlite</c>, <c>influx=URL</c>, <c>victoria=URL</c>. History is read from the first.
    /// Default: SQLite alone. Options on the command line take the place of all of them.
    /// </summary>
    public IList<string> Use { get; } = [];

    /// <summary>Log-ins, by the store's name: <c>influx</c>, <c>victoria</c>, <c>influx2</c> for a second one.</summary>
    public IDictionary<string, StoreAccess> Access { get; } = new Dictionary<string, StoreAccess>(StringComparer.OrdinalIgnoreCase);

    /// <summary>How long the SQLite file keeps what.</summary>
    [ValidateObjectMembers]
    public SqliteOptions Sqlite { get; set; } = new();

    /// <summary>Most bytes of rows kept that a store refused for good. Default: 16 MiB, the older half goes first.</summary>
    [Range(4096, 1L << 40)]
    public long RefusedBytes { get; set; } = 16 << 20;

    /// <summary>Most rows of one transaction or request, to the nearest record of the store log. Default: 5,000.</summary>
    /// <remarks>InfluxData recommends 5,000 to 10,000 points a batch.</remarks>
    [Range(1, 1_000_000)]
    public int WriteRows { get; set; } = 5000;

    /// <summary>Bytes after which a request of line protocol is sent with fewer rows. Default: 4 MiB; servers take 25 to 50 MB.</summary>
    [Range(1024, 1 << 30)]
    public int WriteBytes { get; set; } = 4 << 20;

    /// <summary>Longest one request may take before it is given up and tried again. Default: 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Pause before the first new try; it doubles, with jitter. Default: 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:05:00")]
    public TimeSpan RetryPause { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest pause between two tries. Default: 15 s, which is how late a store that comes back is noticed at most.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan LongestRetryPause { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Failures in a row after which a store is not asked for a while, by its loop and by readers of history. Default: 5.</summary>
    [Range(2, 1000)]
    public int BreakAfter { get; set; } = 5;

    /// <summary>How long it is then left alone. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:10:00")]
    public TimeSpan BreakPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stop waits for a store that is still taking rows; the rest stays in the log. Default: 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan StopPatience { get; set; } = TimeSpan.FromSeconds(5);
}

[OptionsValidator]
internal sealed partial class StoreOptionsValidator : IValidateOptions<StoreOptions>;
