using CleanStreets.Contracts.Disk;
using CleanStreets.Dashboard.Data;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Dashboard.Fleet;

/// <summary>The registry's SQLite file: boxes, codes, certificates, assignments, and what was done by whom.</summary>
/// <remarks>
/// Beside the dashboard's own file and without its lock, because the verbs of <c>fleet</c> work on it while the dashboard runs. Every change is one
/// transaction that takes the write lock first, so two programs never interleave.
/// </remarks>
internal sealed class FleetDatabase
{
    private const string Schema =
        """
        CREATE TABLE boxes (
            device_id TEXT PRIMARY KEY,
            created_at INTEGER NOT NULL,
            wipe_id TEXT,
            wiped_at INTEGER) STRICT;
        CREATE TABLE codes (
            hash BLOB PRIMARY KEY,
            device_id TEXT NOT NULL REFERENCES boxes (device_id),
            truck_id TEXT,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            used_at INTEGER,
            used_key BLOB,
            serial TEXT) STRICT;
        CREATE INDEX codes_device ON codes (device_id);
        CREATE TABLE certificates (
            serial TEXT PRIMARY KEY,
            device_id TEXT NOT NULL REFERENCES boxes (device_id),
            not_after INTEGER NOT NULL,
            issued_at INTEGER NOT NULL,
            revoked_at INTEGER,
            reason INTEGER,
            pem TEXT NOT NULL) STRICT;
        CREATE INDEX certificates_device ON certificates (device_id);
        CREATE TABLE assignments (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            device_id TEXT NOT NULL REFERENCES boxes (device_id),
            truck_id TEXT NOT NULL,
            from_ms INTEGER NOT NULL,
            to_ms INTEGER) STRICT;
        CREATE UNIQUE INDEX assignments_device_now ON assignments (device_id) WHERE to_ms IS NULL;
        CREATE UNIQUE INDEX assignments_truck_now ON assignments (truck_id) WHERE to_ms IS NULL;
        CREATE TABLE events (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            device_id TEXT NOT NULL,
            who TEXT NOT NULL,
            what TEXT NOT NULL) STRICT;
        CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        """;

    private readonly string _connectionString;

    private FleetDatabase(string folder, string connectionString) => (Folder, _connectionString) = (folder, connectionString);

    /// <summary>The registry's folder.</summary>
    public string Folder { get; }

    /// <summary>Opens or creates the registry in the dashboard's folder.</summary>
    /// <exception cref="DashboardStartException">The folder cannot be written or the file is damaged.</exception>
    public static FleetDatabase Open(string dataFolder)
    {
        var folder = Path.Combine(dataFolder, "fleet");
        try
        {
            PrivateFolder.Create(folder);
            var database = new FleetDatabase(
                folder, new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "fleet.sqlite"), DefaultTimeout = 30 }.ToString());
            using var connection = database.Connect();
            connection.Run("PRAGMA journal_mode = WAL");
            database.Change(schema =>
            {
                if (schema.Scalar("PRAGMA user_version") == 0)
                {
                    schema.Run(Schema);
                    schema.Run("PRAGMA user_version = 1");
                }

                return true;
            });
            return database;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new DashboardStartException($"The registry of boxes in '{folder}' cannot be opened: {ex.Message}.", ex);
        }
    }

    /// <summary>A connection for one owner; dispose it after use.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        connection.Run("PRAGMA synchronous = FULL");
        return connection;
    }

    /// <summary>Runs one change while nobody else can write, whole or not at all.</summary>
    public T Change<T>(Func<SqliteConnection, T> change)
    {
        using var connection = Connect();
        connection.Run("BEGIN IMMEDIATE");
        try
        {
            var result = change(connection);
            connection.Run("COMMIT");
            return result;
        }
        catch
        {
            connection.Run("ROLLBACK");
            throw;
        }
    }
}
