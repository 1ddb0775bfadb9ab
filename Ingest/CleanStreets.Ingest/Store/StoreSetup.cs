using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Store.Log;
using CleanStreets.Ingest.Store.Sqlite;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Store;

/// <summary>Opens the store log and the stores.</summary>
internal static class StoreSetup
{
    public static StoreSet Open(IngestPaths paths, StreetNetwork network, IngestOptions options, StageDurations durations, TimeProvider time, ILoggerFactory loggers)
    {
        var log = new StoreLog(paths.StoreLog, network.Version, options.StoreLog, time, () => BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()));
        var sqlite = new SqliteStore("sqlite", paths.Store, network);
        var loop = new StoreLoop(
            sqlite,
            new StoreMarks(paths.StoreMarks, sqlite.Name, network.Version),
            log,
            options.Store,
            durations.Store,
            time,
            loggers.CreateLogger<StoreLoop>());
        return new StoreSet([loop], new SqliteHistory(paths.Store), log, options.Store, time);
    }
}
