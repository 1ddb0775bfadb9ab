using System.Net;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Rescore;
using CleanStreets.Ingest.Rescore.Backfill;
using CleanStreets.Ingest.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Ingest.Verbs;

/// <summary><c>rescore --backfill</c>: fills what a store misses from the journal, and takes its mark away.</summary>
/// <param name="data">Ingest's folder, or the data folder that holds it.</param>
/// <param name="store">Name of the store.</param>
/// <param name="stores">The stores, as <c>run --store</c> names them.</param>
/// <param name="readApi">Where a running ingest answers; null: none runs.</param>
/// <param name="time">The clock, for pauses between tries.</param>
internal sealed class BackfillCommand(string data, string store, IReadOnlyList<string> stores, IPEndPoint? readApi, TimeProvider time)
{
    /// <summary>0 when everything is filled, 1 when something cannot be filled any more.</summary>
    /// <exception cref="UsageException">There is no such store, or ingest runs and its address is not named.</exception>
    public async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var paths = RescoreFolder.Find(data);
        var options = RescoreFolder.Options();
        var network = RescoreFolder.Network(null, paths);
        var known = StoreSetup.AddressesOf(stores.Count > 0 ? stores : options.Store.Use.AsReadOnly());
        var address = known.Find(item => item.Name == store).Address ?? throw new UsageException(
            $"--backfill {store}: there is no such store. There are {string.Join(", ", known.Select(item => item.Name))}; name others with --store, as for run.");
        using var alone = readApi is null ? LockOrSay(paths) : null;
        using var http = readApi is null ? null : new HttpClient { BaseAddress = new Uri($"http://{readApi}") };
        var marks = new StoreMarks(paths.StoreMarks, store, network.Version, address.Place);
        if (http is null && marks.GapsAreDamaged)
        {
            throw new UsageException($"What is remembered of the stretches that {store} misses is damaged: start ingest once, which marks what may be missing, and fill it then.");
        }

        var gaps = http is null ? marks.Gaps : await GapsAsync(http, cancellationToken);
        if (gaps.Count == 0)
        {
            await output.WriteLineAsync($"The store {store} misses nothing.");
            return 0;
        }

        var result = await FillAsync(paths, network, options, address, gaps, cancellationToken);
        foreach (var filled in result.Filled)
        {
            await ClearAsync(filled, marks, http, cancellationToken);
        }

        await TellAsync(result, output);
        return result.Lost.Count == 0 ? 0 : 1;
    }

    private async Task<StoreFillResult> FillAsync(
        IngestPaths paths, Scoring.Streets.StreetNetwork network, IngestOptions options, StoreAddress address, IReadOnlyList<StoreGap> gaps, CancellationToken cancellationToken)
    {
        try
        {
            await using var target = StoreSetup.OpenBeside(store, address, paths, network, options.Store, time, NullLogger.Instance);
            var fill = new StoreFill(paths, network, options, time);
            return await Task.Run(() => ReplayProgress.Run("reading the journal", progress => fill.Run(target, gaps, progress, cancellationToken)), cancellationToken);
        }
        catch (Exception refused) when (refused is SqliteException or StoreUnavailableException or Polly.CircuitBreaker.BrokenCircuitException)
        {
            throw new IOException($"The store {store} does not take rows ({refused.Message.TrimEnd('.')}). Its mark stays.", refused);
        }
    }

    private FileStream LockOrSay(IngestPaths paths)
    {
        try
        {
            return paths.Lock();
        }
        catch (UsageException inUse)
        {
            throw new UsageException($"{inUse.Message.TrimEnd('.')}. To fill {store} while it runs, say where it answers: --read-api HOST:PORT.", inUse);
        }
    }

    private async Task<IReadOnlyList<StoreGap>> GapsAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var status = await http.GetFromJsonAsync(ReadApiPaths.Status, ContractJson.Default.IngestStatus, cancellationToken);
        return status?.Stores?.FirstOrDefault(item => item.Store == store) is { } found
            ? [.. found.Gaps.Select(gap => new StoreGap(gap.From, gap.Through))]
            : throw new UsageException($"The ingest that runs there has no store {store}: it has {string.Join(", ", status?.Stores?.Select(item => item.Store) ?? [])}.");
    }

    private async Task ClearAsync(StoreGap filled, StoreMarks marks, HttpClient? http, CancellationToken cancellationToken)
    {
        if (http is null)
        {
            marks.Clear(filled);
            return;
        }

        var path = $"{ReadApiPaths.StoreGaps.Replace("{store}", store, StringComparison.Ordinal)}?from={filled.From}&through={filled.Through}";
        using var answer = await http.DeleteAsync(new Uri(path, UriKind.Relative), cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private async Task TellAsync(StoreFillResult result, TextWriter output)
    {
        await output.WriteLineAsync($"{result.Passes} passes and {result.Points} score points given to {store} from {result.Span.Records} records; what it had is there once.");
        foreach (var filled in result.Filled)
        {
            await output.WriteLineAsync($"Filled: the journal from {filled.From} to {filled.Through}. It is not marked any more.");
        }

        foreach (var lost in result.Lost)
        {
            await output.WriteLineAsync($"Cannot be filled any more: the journal from {lost.From} to {lost.Through} is gone. It stays marked until you give it up: "
                + $"DELETE {ReadApiPaths.StoreGaps.Replace("{store}", store, StringComparison.Ordinal)} on ingest's read API.");
        }

        if (result.PointsWithoutEvidence > 0)
        {
            await output.WriteLineAsync($"{result.PointsWithoutEvidence} score points are left out: readings that they were of are gone from the journal.");
        }

        await output.WriteLineAsync("Points of the ten-minute sweep, which no reading caused, are not made again.");
    }
}
