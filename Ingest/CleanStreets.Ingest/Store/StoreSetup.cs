using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store.Influx;
using CleanStreets.Ingest.Store.Line;
using CleanStreets.Ingest.Store.Log;
using CleanStreets.Ingest.Store.Sqlite;
using CleanStreets.Ingest.Store.Victoria;
using CleanStreets.Scoring.Streets;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Ingest.Store;

/// <summary>Opens the store log and the stores that options and settings name.</summary>
internal sealed class StoreSetup(
    IngestPaths paths, StreetNetwork network, StoreOptions options, StoreLog log, StageDurations durations, TimeProvider time, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger<StoreLoop>();

    /// <exception cref="UsageException">A store is named that cannot be.</exception>
    public static StoreSet Open(
        IReadOnlyList<string> named,
        IngestPaths paths,
        StreetNetwork network,
        StoreOptions options,
        StoreLogOptions logOptions,
        StageDurations durations,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        var addresses = AddressesOf(named.Count > 0 ? named : options.Use.AsReadOnly());
        var log = new StoreLog(paths.StoreLog, network.Version, logOptions, time, () => BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()));
        var setup = new StoreSetup(paths, network, options, log, durations, time, loggers);
        try
        {
            var opened = addresses.Select(setup.Open).ToList();
            return new StoreSet(opened.ConvertAll(store => store.Loop), opened[0].History, log, options, time);
        }
        catch
        {
            log.Dispose(); // A disk that was full is tried again, and finds nothing open.
            throw;
        }
    }

    /// <summary>The stores by name: <c>sqlite</c>, <c>influx</c>, <c>victoria</c>, and <c>influx2</c> for a second one.</summary>
    internal static List<(string Name, StoreAddress Address)> AddressesOf(IReadOnlyList<string> named)
    {
        var addresses = new List<(string Name, StoreAddress Address)>();
        foreach (var address in (named.Count > 0 ? named : ["sqlite"]).Select(StoreAddress.Parse))
        {
            if (addresses.Any(other => other.Address == address))
            {
                throw new UsageException($"The store {addresses.Find(other => other.Address == address).Name} is named twice: once is enough.");
            }

            var earlier = addresses.Count(other => other.Address.Kind == address.Kind);
            addresses.Add((address.Kind.ToString().ToLowerInvariant() + (earlier > 0 ? $"{earlier + 1}" : string.Empty), address));
        }

        return addresses;
    }

    /// <summary>Opens one store to fill in what it misses, beside the loop of a running ingest if there is one.</summary>
    /// <remarks>Rows that it refuses stand in a file of their own, so that two processes never write the same one.</remarks>
    public static ISegmentStore OpenBeside(
        string name, StoreAddress address, IngestPaths paths, StreetNetwork network, StoreOptions options, TimeProvider time, ILogger logger)
    {
        if (address.Kind == StoreKind.Sqlite)
        {
            return SqliteStore.OpenBeside(name, paths.Store, network, options.Sqlite, time);
        }

        var http = new StoreHttp(address, options.Access.TryGetValue(name, out var access) ? access : new StoreAccess(), options, time);
        var refused = new RefusedRows(Path.Combine(paths.StoreMarks, name + ".backfill.refused.jsonl"), options.RefusedBytes, time);
        var schema = new LineSchema(network.Version, HasTexts: address.Kind != StoreKind.Victoria);
        return new LineStore(name, address, http, schema, new StoreMarks(paths.StoreMarks, name, network.Version, address.Place), refused, options, logger);
    }

    private (StoreLoop Loop, ISegmentHistory History) Open((string Name, StoreAddress Address) named)
    {
        var (name, address) = named;
        var marks = new StoreMarks(paths.StoreMarks, name, network.Version, address.Place);
        if (address.Kind == StoreKind.Sqlite)
        {
            return (Loop(OpenSqlite(name), marks), new SqliteHistory(paths.Store));
        }

        var http = new StoreHttp(address, options.Access.TryGetValue(name, out var access) ? access : new StoreAccess(), options, time);
        var refused = new RefusedRows(Path.Combine(paths.StoreMarks, name + ".refused.jsonl"), options.RefusedBytes, time);
        var schema = new LineSchema(network.Version, HasTexts: address.Kind != StoreKind.Victoria);
        ISegmentHistory history = address.Kind == StoreKind.Victoria ? new VictoriaHistory(address, http, network.Version) : new InfluxHistory(address, http, network.Version);
        return (Loop(new LineStore(name, address, http, schema, marks, refused, options, _logger), marks), history);
    }

    // Locked, read-only or unreadable now: receiving does not wait for that.
    private ISegmentStore OpenSqlite(string name)
    {
        try
        {
            return Open();
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            return new LateStore(name, Open, () => SqliteDatabase.AskCursor(paths.Store, network.Version));
        }

        ISegmentStore Open() => SqliteStore.Open(name, paths.Store, network, options.Sqlite, time, _logger);
    }

    private StoreLoop Loop(ISegmentStore store, StoreMarks marks)
    {
        if (marks.CursorIsDamaged)
        {
            _logger.StoreCursorDamaged(store.Name);
        }

        if (marks.OtherPlace is { } other)
        {
            _logger.StoreMoved(store.Name, other);
        }

        if (marks.GapsAreDamaged)
        {
            // Nobody knows any more which: what is filled in though it is there changes nothing.
            var through = store.KnowsCursor ? store.Cursor : log.SyncedThrough;
            _logger.StoreGapsDamaged(store.Name, through);
            marks.MarkAll(through);
        }

        return new StoreLoop(store, marks, log, options, durations.Store, time, _logger);
    }
}
