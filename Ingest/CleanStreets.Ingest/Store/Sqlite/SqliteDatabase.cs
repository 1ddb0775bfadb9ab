using System.Globalization;
using System.Reflection;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Ingest.Store.Sqlite;

/// <summary>The SQLite file: how it is opened, and its schema brought up to date.</summary>
internal static class SqliteDatabase
{
    /// <summary>How long a write waits for somebody else's lock before it counts as refused: a stop must not wait longer.</summary>
    private const int BusySeconds = 2;

    private const int IncrementalVacuum = 2;

    /// <summary>Opens the file for its one writer.</summary>
    public static SqliteConnection OpenForWriting(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = BusySeconds }.ConnectionString);
        connection.Open();
        try
        {
            Prepare(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Moves a file that cannot be used out of the way; answers where it is.</summary>
    public static string SetAside(string path, TimeProvider time)
    {
        var folder = Path.Combine(Path.GetDirectoryName(path)!, "damaged");
        Directory.CreateDirectory(folder);
        var kept = Path.Combine(folder, $"{Path.GetFileName(path)}-{time.GetUtcNow():yyyyMMddHHmmssfff}");
        foreach (var part in new[] { string.Empty, "-wal", "-shm" }.Where(part => File.Exists(path + part)))
        {
            File.Move(path + part, kept + part, overwrite: true);
        }

        return kept;
    }

    private static void Prepare(SqliteConnection connection)
    {
        // Pages that tidying frees can be given back to the disk. A file from before is rewritten once for it.
        if (Convert.ToInt32(Ask(connection, "PRAGMA auto_vacuum"), CultureInfo.InvariantCulture) != IncrementalVacuum)
        {
            Execute(connection, "PRAGMA auto_vacuum = INCREMENTAL; VACUUM;");
        }

        // WAL lets readers read while the writer writes. NORMAL does not wait for the disk at every commit: a power cut may take
        // the last transactions, their cursor with them, and replay writes them again.
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
        Migrate(connection);
    }

    /// <summary>Opens the file for one question.</summary>
    public static SqliteConnection OpenForReading(string path)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = true }.ConnectionString);
        connection.Open();
        return connection;
    }

    /// <summary>The cursor of a file that cannot be opened for writing now; 0 when there is none or it speaks of another network, null when it cannot be read either.</summary>
    public static long? AskCursor(string path, string networkVersion)
    {
        try
        {
            if (!File.Exists(path))
            {
                return 0;
            }

            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Mode = SqliteOpenMode.ReadOnly,
                Pooling = false,
                DefaultTimeout = BusySeconds,
            }.ConnectionString);
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT journal_position FROM progress WHERE network_version = $version";
            command.Parameters.AddWithValue("$version", networkVersion);
            return command.ExecuteScalar() is long cursor ? cursor : 0;
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Text of this folder only: migrations and constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }

    private static object? Ask(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    private static void Migrate(SqliteConnection connection)
    {
        var version = Convert.ToInt32(Ask(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
        var assembly = Assembly.GetExecutingAssembly();
        var names = assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        for (var next = version; next < names.Length; next++)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(names[next])!);
            using var transaction = connection.BeginTransaction();
            Execute(connection, reader.ReadToEnd(), transaction);
            Execute(connection, $"PRAGMA user_version = {next + 1}", transaction);
            transaction.Commit();
        }
    }
}
