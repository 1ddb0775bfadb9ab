using Microsoft.Data.Sqlite;

namespace CleanStreets.Dashboard.Data;

/// <summary>The dashboard's SQLite file: users, orders with their events, and facts on their way to ingest.</summary>
/// <remarks>
/// One process per folder: a lock file is held open while it runs. Write-ahead log with a full sync at each commit,
/// so what a crew was told is kept survives a power cut.
/// </remarks>
internal sealed class DashboardDatabase : IDisposable
{
    private readonly FileStream _lockFile;
    private readonly string _connectionString;

    private DashboardDatabase(FileStream lockFile, string connectionString) => (_lockFile, _connectionString) = (lockFile, connectionString);

    /// <summary>Opens or creates the database in <paramref name="folder"/> and brings its schema up to date.</summary>
    /// <exception cref="DashboardStartException">The folder cannot be written or another dashboard uses it.</exception>
    public static DashboardDatabase Open(string folder)
    {
        var lockFile = TakeLock(folder);
        try
        {
            var connectionString = new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "dashboard.sqlite"), DefaultTimeout = 5 }.ToString();
            var database = new DashboardDatabase(lockFile, connectionString);
            using var connection = database.Connect();
            connection.Run("PRAGMA journal_mode = WAL");
            Migrations.Apply(connection);
            return database;
        }
        catch (SqliteException ex)
        {
            lockFile.Dispose();
            throw new DashboardStartException($"The dashboard's database in '{folder}' cannot be opened: {ex.Message}. Move dashboard.sqlite aside to start empty.", ex);
        }
    }

    /// <summary>The file that is held open as long as a dashboard uses the folder.</summary>
    public static string LockFileIn(string folder) => Path.Combine(folder, "dashboard.lock");

    /// <summary>A connection for one owner; dispose it after use.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        connection.Run("PRAGMA synchronous = FULL");
        return connection;
    }

    public void Dispose()
    {
        SqliteConnection.ClearPool(new SqliteConnection(_connectionString));
        _lockFile.Dispose();
    }

    private static FileStream TakeLock(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(LockFileIn(folder), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException ex) when (File.Exists(LockFileIn(folder)))
        {
            throw new DashboardStartException($"Another dashboard uses the data folder '{folder}'. Stop it or name another with --data.", ex);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new DashboardStartException($"The data folder '{folder}' cannot be written: {ex.Message} Name another with --data.", ex);
        }
    }
}
