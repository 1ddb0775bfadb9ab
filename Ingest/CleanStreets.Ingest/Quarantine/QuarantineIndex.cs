using CleanStreets.Contracts.Readings;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>What was quarantined and what became of it, in a file of its own: the newest few thousand, found by reason and truck.</summary>
/// <remarks>
/// A reading of the journal behind its own cursor, made again from it when the file is lost. One writer; readers open the file for each question.
/// </remarks>
internal sealed class QuarantineIndex : IDisposable
{
    private const string Schema = """
        PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
        CREATE TABLE IF NOT EXISTS item (
            position INTEGER NOT NULL, sequence INTEGER NOT NULL, received_at INTEGER NOT NULL, reason INTEGER NOT NULL,
            truck TEXT, session TEXT, bytes INTEGER NOT NULL, decision TEXT, decided_by TEXT, decided_at INTEGER,
            PRIMARY KEY (position, sequence)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS item_by_reason ON item (reason, position);
        CREATE INDEX IF NOT EXISTS item_by_truck ON item (truck, position);
        CREATE TABLE IF NOT EXISTS cursor (id INTEGER PRIMARY KEY CHECK (id = 0), position INTEGER NOT NULL);
        INSERT OR IGNORE INTO cursor VALUES (0, 0);
        """;

    private readonly string _path;
    private readonly int _items;
    private readonly SqliteConnection _writer;

    public QuarantineIndex(string path, QuarantineOptions options)
    {
        (_path, _items) = (path, options.ListedItems);
        _writer = Open(SqliteOpenMode.ReadWriteCreate, pooling: false);
        Run(_writer, Schema);
        using var ask = _writer.CreateCommand();
        ask.CommandText = "SELECT position FROM cursor";
        Cursor = Convert.ToInt64(ask.ExecuteScalar());
    }

    /// <summary>Everything of the journal below is in here.</summary>
    public long Cursor { get; private set; }

    /// <summary>Takes over what was found up to a position; what is there already stays as it is.</summary>
    public void Write(IReadOnlyList<QuarantineEntry> entries, long through)
    {
        using var transaction = _writer.BeginTransaction();
        foreach (var entry in entries)
        {
            if (entry.Release is { } release)
            {
                MarkReleased(release, transaction);
            }
            else
            {
                Insert(entry, transaction);
            }
        }

        Run(_writer, "UPDATE cursor SET position = max(position, $through)", transaction, ("$through", through));

        // Bounded: the oldest go, the journal keeps them.
        Run(_writer, "DELETE FROM item WHERE (position, sequence) IN (SELECT position, sequence FROM item ORDER BY position DESC, sequence DESC LIMIT -1 OFFSET $items)", transaction, ("$items", _items));
        transaction.Commit();
        Cursor = Math.Max(Cursor, through);
    }

    /// <summary>The newest, newest first.</summary>
    /// <param name="reason">Only this one; null: all.</param>
    /// <param name="truck">Only of this truck; null: all.</param>
    /// <param name="before">Only older ones; null: from the newest on.</param>
    /// <param name="limit">At most so many.</param>
    public List<QuarantineEntry> List(QuarantineReason? reason, string? truck, QuarantineId? before, int limit)
    {
        using var connection = Open(SqliteOpenMode.ReadOnly, pooling: true);
        using var ask = connection.CreateCommand();
        ask.CommandText = """
            SELECT position, sequence, received_at, reason, truck, session, bytes, decision, decided_by, decided_at FROM item
            WHERE ($reason IS NULL OR reason = $reason) AND ($truck IS NULL OR truck = $truck) AND ($position IS NULL OR (position, sequence) < ($position, $sequence))
            ORDER BY position DESC, sequence DESC LIMIT $limit
            """;
        Add(ask, ("$reason", (object?)reason is null ? null : (long)reason!), ("$truck", truck), ("$position", before?.Position), ("$sequence", before?.Sequence), ("$limit", limit));
        return Read(ask);
    }

    /// <summary>How many are listed, by reason; and of them how many were released.</summary>
    public Dictionary<QuarantineReason, (long Listed, long Released)> Count()
    {
        using var connection = Open(SqliteOpenMode.ReadOnly, pooling: true);
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
        using var connection = Open(SqliteOpenMode.ReadOnly, pooling: true);
        using var ask = connection.CreateCommand();
        ask.CommandText = """
            SELECT position, sequence, received_at, reason, truck, session, bytes, decision, decided_by, decided_at FROM item
            WHERE position = $position AND sequence = $sequence
            """;
        Add(ask, ("$position", id.Position), ("$sequence", id.Sequence));
        return Read(ask).FirstOrDefault();
    }

    public void Dispose() => _writer.Dispose();

    private void Insert(QuarantineEntry entry, SqliteTransaction transaction) => Run(
        _writer,
        "INSERT OR IGNORE INTO item (position, sequence, received_at, reason, truck, session, bytes) VALUES ($position, $sequence, $at, $reason, $truck, $session, $bytes)",
        transaction,
        ("$position", entry.Id.Position),
        ("$sequence", entry.Id.Sequence),
        ("$at", entry.ReceivedAtMs),
        ("$reason", (long)entry.Reason),
        ("$truck", entry.Truck),
        ("$session", entry.Session),
        ("$bytes", entry.Bytes));

    private void MarkReleased(ReleaseHead release, SqliteTransaction transaction)
    {
        foreach (var sequence in release.Sequences.Count == 0 ? [0L] : release.Sequences)
        {
            Run(
                _writer,
                "UPDATE item SET decision = $decision, decided_by = $by, decided_at = $at WHERE position = $position AND sequence = $sequence AND decision IS NULL",
                transaction,
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
            });
        }

        return found;
    }

    private SqliteConnection Open(SqliteOpenMode mode, bool pooling)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Mode = mode, Pooling = pooling, DefaultTimeout = 5 }.ConnectionString);
        connection.Open();
        return connection;
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
