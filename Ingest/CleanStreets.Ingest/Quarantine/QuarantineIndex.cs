using System.Globalization;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>What was quarantined and what became of it, in a file of its own: the newest few thousand, found by reason and truck.</summary>
/// <remarks>
/// A reading of the journal behind its own cursor, made again from it when the file is lost, damaged or of another version. One writer; readers
/// open the file for each question.
/// </remarks>
internal sealed class QuarantineIndex(string path, QuarantineOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    private const long Version = 2;

    private const string Schema = """
        CREATE TABLE item (
            position INTEGER NOT NULL, sequence INTEGER NOT NULL, received_at INTEGER NOT NULL, reason INTEGER NOT NULL,
            truck TEXT, session TEXT, bytes INTEGER NOT NULL, decision TEXT, decided_by TEXT, decided_at INTEGER, released_truck TEXT, released_session TEXT,
            PRIMARY KEY (position, sequence)) WITHOUT ROWID;
        CREATE INDEX item_by_reason ON item (reason, position);
        CREATE INDEX item_by_truck ON item (truck, position);
        CREATE TABLE cursor (id INTEGER PRIMARY KEY CHECK (id = 0), position INTEGER NOT NULL);
        INSERT INTO cursor VALUES (0, 0);
        """;

    private const string Columns = "position, sequence, received_at, reason, truck, session, bytes, decision, decided_by, decided_at, released_truck, released_session";

    private SqliteConnection? _writer;
    private long _cursor;

    /// <summary>Everything of the journal below is in here; 0 before <see cref="Open"/>.</summary>
    public long Cursor => Volatile.Read(ref _cursor);

    /// <summary>Opens the file for writing, if it is not open. A damaged one, or one that is none, is set aside and a new one begun.</summary>
    /// <exception cref="SqliteException">It cannot be written now: the disk is full, for example. It may be tried again.</exception>
    public void Open()
    {
        try
        {
            _writer ??= OpenWriter();
        }
        catch (SqliteException fault) when (IsDamage(fault))
        {
            SetAside(fault);
            _writer = OpenWriter();
        }
    }

    /// <summary>Opens it at once, so that the first question finds a list; where it cannot be, the stage says so and tries again.</summary>
    public void TryOpen()
    {
        try
        {
            Open();
        }
        catch (Exception fault) when (fault is SqliteException or IOException)
        {
            // The stage meets the same.
        }
    }

    /// <summary>Whether a fault says that the file cannot be trusted any more; then it is set aside, and made again from the journal.</summary>
    public static bool IsDamage(SqliteException fault) => fault.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB;

    /// <summary>Moves a damaged file away; the next <see cref="Open"/> begins a new one.</summary>
    public void SetAside(SqliteException fault)
    {
        _writer?.Dispose();
        _writer = null;
        Volatile.Write(ref _cursor, 0);
        logger.QuarantineSetAside(fault.Message, SqliteDatabase.SetAside(path, time));
    }

    /// <summary>Takes over what was found up to a position; what is there already stays as it is.</summary>
    public void Write(IReadOnlyList<QuarantineEntry> entries, long through)
    {
        Open();
        var writer = _writer!;
        using var transaction = writer.BeginTransaction();
        foreach (var entry in entries)
        {
            if (entry.Release is { } release)
            {
                MarkReleased(writer, entry, release, transaction);
            }
            else
            {
                Insert(writer, entry, transaction);
            }
        }

        Run(writer, "UPDATE cursor SET position = max(position, $through)", transaction, ("$through", through));

        if (entries.Count > 0)
        {
            // Bounded: the oldest go, the journal keeps them.
            Run(writer, "DELETE FROM item WHERE (position, sequence) IN (SELECT position, sequence FROM item ORDER BY position DESC, sequence DESC LIMIT -1 OFFSET $items)", transaction, ("$items", options.ListedItems));
        }

        transaction.Commit();
        Volatile.Write(ref _cursor, Math.Max(_cursor, through));
    }

    /// <summary>The newest, newest first.</summary>
    /// <param name="reason">Only this one; null: all.</param>
    /// <param name="truck">Only of this truck; null: all.</param>
    /// <param name="before">Only older ones; null: from the newest on.</param>
    /// <param name="limit">At most so many.</param>
    public List<QuarantineEntry> List(QuarantineReason? reason, string? truck, QuarantineId? before, int limit)
    {
        using var connection = Connect(SqliteOpenMode.ReadOnly);
        using var ask = connection.CreateCommand();
        ask.CommandText = $"""
            SELECT {Columns} FROM item
            WHERE ($reason IS NULL OR reason = $reason) AND ($truck IS NULL OR truck = $truck) AND ($position IS NULL OR (position, sequence) < ($position, $sequence))
            ORDER BY position DESC, sequence DESC LIMIT $limit
            """;
        Add(ask, ("$reason", (object?)reason is null ? null : (long)reason!), ("$truck", truck), ("$position", before?.Position), ("$sequence", before?.Sequence), ("$limit", limit));
        return Read(ask);
    }

    /// <summary>The newest that nobody has released, newest first.</summary>
    /// <param name="reason">Only this one; null: all.</param>
    /// <param name="truck">Only of this truck; null: all.</param>
    /// <param name="limit">At most so many.</param>
    public List<QuarantineEntry> Waiting(QuarantineReason? reason, string? truck, int limit)
    {
        using var connection = Connect(SqliteOpenMode.ReadOnly);
        using var ask = connection.CreateCommand();
        ask.CommandText = $"""
            SELECT {Columns} FROM item
            WHERE ($reason IS NULL OR reason = $reason) AND ($truck IS NULL OR truck = $truck) AND decision IS NULL
            ORDER BY position DESC, sequence DESC LIMIT $limit
            """;
        Add(ask, ("$reason", (object?)reason is null ? null : (long)reason!), ("$truck", truck), ("$limit", limit));
        return Read(ask);
    }

    /// <summary>How many are listed, by reason; and of them how many were released.</summary>
    public Dictionary<QuarantineReason, (long Listed, long Released)> Count()
    {
        using var connection = Connect(SqliteOpenMode.ReadOnly);
        using var ask = connection.CreateCommand();
        ask.CommandText = "SELECT reason, count(*), count(decision) FROM item GROUP BY reason";
        using var row = ask.ExecuteReader();
        var counts = new Dictionary<QuarantineReason, (long, long)>();
        while (row.Read())
        {
            counts[(QuarantineReason)row.GetInt64(0)] = (row.GetInt64(1), row.GetInt64(2));
        }

        return counts;
    }

    public QuarantineEntry? Find(QuarantineId id)
    {
        using var connection = Connect(SqliteOpenMode.ReadOnly);
        using var ask = connection.CreateCommand();
        ask.CommandText = $"""
            SELECT {Columns} FROM item
            WHERE position = $position AND sequence = $sequence
            """;
        Add(ask, ("$position", id.Position), ("$sequence", id.Sequence));
        return Read(ask).FirstOrDefault();
    }

    public void Dispose() => _writer?.Dispose();

    private SqliteConnection OpenWriter()
    {
        var connection = Connect(SqliteOpenMode.ReadWriteCreate);
        try
        {
            if (Ask(connection, "PRAGMA quick_check(1)") is string and not "ok" and var damage)
            {
                throw new SqliteException(damage, SQLitePCL.raw.SQLITE_CORRUPT);
            }

            Run(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
            if (Convert.ToInt64(Ask(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture) != Version)
            {
                Run(connection, $"BEGIN; DROP TABLE IF EXISTS item; DROP TABLE IF EXISTS cursor; {Schema} PRAGMA user_version = {Version}; COMMIT;");
            }

            Volatile.Write(ref _cursor, Convert.ToInt64(Ask(connection, "SELECT position FROM cursor"), CultureInfo.InvariantCulture));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Insert(SqliteConnection writer, QuarantineEntry entry, SqliteTransaction transaction) => Run(
        writer,
        "INSERT OR IGNORE INTO item (position, sequence, received_at, reason, truck, session, bytes) VALUES ($position, $sequence, $at, $reason, $truck, $session, $bytes)",
        transaction,
        ("$position", entry.Id.Position),
        ("$sequence", entry.Id.Sequence),
        ("$at", entry.ReceivedAtMs),
        ("$reason", (long)entry.Reason),
        ("$truck", entry.Truck),
        ("$session", entry.Session),
        ("$bytes", entry.Bytes));

    private static void MarkReleased(SqliteConnection writer, QuarantineEntry entry, ReleaseHead release, SqliteTransaction transaction)
    {
        foreach (var sequence in release.Sequences.Count == 0 ? [0L] : release.Sequences)
        {
            Run(
                writer,
                "UPDATE item SET decision = $decision, decided_by = $by, decided_at = $at, released_truck = $truck, released_session = $session WHERE position = $position AND sequence = $sequence AND decision IS NULL",
                transaction,
                ("$truck", entry.Truck),
                ("$session", entry.Session),
                ("$decision", release.DecisionId),
                ("$by", release.By),
                ("$at", release.AtMs),
                ("$position", release.Position),
                ("$sequence", sequence));
        }
    }

    private static List<QuarantineEntry> Read(SqliteCommand ask)
    {
        using var row = ask.ExecuteReader();
        var found = new List<QuarantineEntry>();
        while (row.Read())
        {
            found.Add(new QuarantineEntry(
                new QuarantineId(row.GetInt64(0), row.GetInt64(1)),
                row.GetInt64(2),
                (QuarantineReason)row.GetInt64(3),
                row.IsDBNull(4) ? null : row.GetString(4),
                row.IsDBNull(5) ? null : row.GetString(5),
                row.GetInt32(6))
            {
                Release = row.IsDBNull(7) ? null : new ReleaseHead(row.GetString(7), row.GetString(8), row.GetInt64(9), row.GetInt64(0), []),
                ReleasedAs = row.IsDBNull(7) ? null : (row.IsDBNull(10) ? null : row.GetString(10), row.IsDBNull(11) ? null : row.GetString(11)),
            });
        }

        return found;
    }

    // Not pooled: a file that was set aside must not be asked any more.
    private SqliteConnection Connect(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 5 }.ConnectionString);
        connection.Open();
        return connection;
    }

    private static object? Ask(SqliteConnection connection, string sql)
    {
        using var ask = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file only.
        ask.CommandText = sql;
#pragma warning restore CA2100
        return ask.ExecuteScalar();
    }

    private static void Run(SqliteConnection connection, string sql, SqliteTransaction? transaction = null, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file only.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = transaction;
        Add(command, values);
        command.ExecuteNonQuery();
    }

    private static void Add(SqliteCommand command, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }
    }
}
