using System.Diagnostics.Metrics;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Store.Log;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CleanStreets.Ingest.Tests.Store;

/// <summary>The store log and real loops of the stores that are named, without the rest of the pipeline.</summary>
internal sealed class StoreBench(params string[] stores) : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private StoreSet? _set;

    public StoreOptions Options { get; } = new()
    {
        RetryPause = TimeSpan.FromMilliseconds(20),
        LongestRetryPause = TimeSpan.FromMilliseconds(200),
        BreakPause = TimeSpan.FromMilliseconds(500),
        StopPatience = TimeSpan.FromSeconds(20),
    };

    public StoreLogOptions LogOptions { get; } = new();

    /// <summary>As <c>--store</c> names them, from the next start on.</summary>
    public string[] Stores { get; set; } = stores;

    public static StreetNetwork Network { get; } = GeneratedCity.Create(7);

    public LineLog Lines { get; } = new();

    public StoreSet Set => _set!;

    public IngestPaths Paths => new(_folder.Combine("ingest"));

    public StoreLoop this[string store] => Set.Loops.Single(loop => loop.Store.Name == store);

    public StoreBench Start()
    {
        Directory.CreateDirectory(Paths.Data);
        var durations = new StageDurations(_services.GetRequiredService<IMeterFactory>(), TimeProvider.System);
        _set = StoreSetup.Open(Stores, Paths, Network, Options, LogOptions, durations, TimeProvider.System, Lines);
        _set.Start();
        return this;
    }

    /// <summary>Appends passes and a score point each, as one round.</summary>
    public void Append(params IReadOnlyList<PassRow> passes)
    {
        var through = passes.Max(pass => pass.Position) + 1;
        Set.Log.Append(through, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), passes, passes.Select(pass => TestRows.Point((int)pass.Position, pass.Segment.Value)).ToList());
        Set.Log.Sync();
    }

    public Task StoredAsync(string store, long through) =>
        Eventually.TrueAsync($"{store} has everything up to {through}{Environment.NewLine}{Lines.Text}", () => this[store].Store.Cursor >= through);

    public async Task RestartAsync()
    {
        await Set.DisposeAsync();
        Start();
    }

    public static Task<IReadOnlyList<PassSummary>> PassesAsync(ISegmentHistory history, string segment = "seg-1", int limit = 100_000) =>
        history.PassesAsync(SegmentId.Parse(segment), DateTimeOffset.MinValue, limit, CancellationToken.None);

    public static Task<IReadOnlyList<ScorePoint>> PointsAsync(ISegmentHistory history, string segment = "seg-1", int limit = 100_000) =>
        history.PointsAsync(SegmentId.Parse(segment), DateTimeOffset.MinValue, DateTimeOffset.MaxValue, limit, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_set is not null)
        {
            await _set.DisposeAsync();
        }

        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
