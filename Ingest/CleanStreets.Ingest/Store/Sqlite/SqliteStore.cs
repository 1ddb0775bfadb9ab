using System.Buffers;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using CleanStreets.Scoring.Streets;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Ingest.Store.Sqlite;

/// <summary>Keeps passes and score points in a SQLite file, with the journal position they came from in the same transaction.</summary>
/// <remarks>One owner. After a crash at any moment the rows and <see cref="Cursor"/> fit together: replay from there neither repeats nor misses one.</remarks>
internal sealed class SqliteStore : ISegmentStore
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _insertPass;
    private readonly SqliteStatement _insertScore;
    private readonly SqliteStatement _insertFact;
    private readonly ArrayBufferWriter<byte> _counts = new();
    private readonly Utf8JsonWriter _countsJson;
    private readonly SqliteCommand _setPosition;
    private readonly SqliteTidying _tidying;
    private long _newestMs;

    private SqliteStore(string name, string path, StreetNetwork network, SqliteOptions options, TimeProvider time)
    {
        Name = name;
        _connection = SqliteDatabase.OpenForWriting(path);
        try
        {
            AdoptNetwork(network);
        }
        catch
        {
            _connection.Dispose(); // It is opened again until it succeeds.
            throw;
        }

        _insertPass = new SqliteStatement(_connection, "INSERT OR IGNORE INTO pass VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        _insertScore = new SqliteStatement(_connection, "INSERT OR REPLACE INTO score_point VALUES (?, ?, ?, ?, ?, ?, ?)");
        _insertFact = new SqliteStatement(_connection, "INSERT OR IGNORE INTO fact VALUES (?, ?, ?, ?, ?, ?, ?)");
        _countsJson = new Utf8JsonWriter(_counts);
        _setPosition = Prepare("UPDATE progress SET journal_position = $position, newest_ms = $newest", "$position", "$newest");
        _tidying = new SqliteTidying(_connection, options, time);
    }

    /// <summary>Opens the file. One that is no SQLite file, or a damaged one, is moved to <c>damaged/</c> and a new one begun.</summary>
    public static SqliteStore Open(string name, string path, StreetNetwork network, SqliteOptions options, TimeProvider time, ILogger logger)
    {
        try
        {
            return new SqliteStore(name, path, network, options, time);
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB)
        {
            logger.StoreSetAside(name, fault.Message, SqliteDatabase.SetAside(path, time));
            return new SqliteStore(name, path, network, options, time);
        }
    }

    /// <summary>Opens the file beside its owner, to fill in what it misses. A file that does not read stays where it is.</summary>
    /// <exception cref="SqliteException">It does not read, or not as one of ours.</exception>
    public static SqliteStore OpenBeside(string name, string path, StreetNetwork network, SqliteOptions options, TimeProvider time) =>
        new(name, path, network, options, time);

    public string Name { get; }

    public long Cursor { get; private set; }

    public long Refused => 0;

    public ValueTask WriteAsync(StoreRows rows, CancellationToken cancellationToken)
    {
        var newestMs = Newest(rows);
        using (var transaction = _connection.BeginTransaction())
        {
            Insert(rows.Passes, rows.Points, rows.Facts);
            _setPosition.Transaction = transaction;
            _setPosition.Parameters[0].Value = rows.Through;
            _setPosition.Parameters[1].Value = newestMs;
            _setPosition.ExecuteNonQuery();
            transaction.Commit();
        }

        (Cursor, _newestMs) = (rows.Through, newestMs);
        return ValueTask.CompletedTask;
    }

    public ValueTask FillAsync(IReadOnlyList<PassRow> passes, IReadOnlyList<PointRow> points, IReadOnlyList<FactRow> facts, CancellationToken cancellationToken)
    {
        using var transaction = _connection.BeginTransaction();
        Insert(passes, points, facts);
        transaction.Commit();
        return ValueTask.CompletedTask;
    }

    public ValueTask TidyAsync(CancellationToken cancellationToken)
    {
        _tidying.Step(_newestMs);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _insertPass.Dispose();
        _insertScore.Dispose();
        _insertFact.Dispose();
        _setPosition.Dispose();
        _countsJson.Dispose();
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private long Newest(StoreRows rows)
    {
        var newestMs = _newestMs;
        foreach (var pass in rows.Passes)
        {
            newestMs = Math.Max(newestMs, pass.Pass.LeftAt.ToUnixTimeMilliseconds());
        }

        foreach (var point in rows.Points)
        {
            newestMs = Math.Max(newestMs, point.Point.AsOf.ToUnixTimeMilliseconds());
        }

        return newestMs;
    }

    /// <summary>Within a transaction.</summary>
    private void Insert(IReadOnlyList<PassRow> passes, IReadOnlyList<PointRow> points, IReadOnlyList<FactRow> facts)
    {
        foreach (var pass in passes)
        {
            Insert(in pass);
        }

        foreach (var point in points)
        {
            Insert(in point);
        }

        foreach (var fact in facts)
        {
            Insert(in fact);
        }
    }

    private void Insert(in PassRow row)
    {
        var pass = row.Pass;
        _insertPass
            .Bind(row.Position)
            .Bind(row.Ordinal)
            .Bind(row.Segment.Value)
            .Bind(pass.TruckId.Value)
            .Bind(pass.EnteredAt.ToUnixTimeMilliseconds())
            .Bind(pass.LeftAt.ToUnixTimeMilliseconds())
            .Bind(pass.Forward ? 1L : 0L)
            .Bind(pass.Coverage)
            .Bind(pass.ExposureMetres)
            .Bind(CountsOf(in row))
            .Bind((long)pass.Light)
            .Bind(pass.CameraId)
            .Bind(pass.ModelVersion)
            .Bind(pass.Grade?.Name())
            .Bind(pass.Index)
            .Bind(pass.ExposureSquareMetres)
            .Bind(pass.OrderId?.Value)
            .Bind(pass.IsTrial ? 1L : (long?)null)
            .Run();
    }

    private void Insert(in PointRow row) => _insertScore
        .Bind(row.Segment.Value)
        .Bind(row.Point.AsOf.ToUnixTimeMilliseconds())
        .Bind(row.Point.Index)
        .Bind(row.Point.Low)
        .Bind(row.Point.High)
        .Bind(row.Point.Grade.Name())
        .Bind((long)row.Point.SampleSize)
        .Run();

    private void Insert(in FactRow row) => _insertFact
        .Bind(row.Segment.Value)
        .Bind(row.FactId)
        .Bind(row.At.ToUnixTimeMilliseconds())
        .Bind((long)row.Kind)
        .Bind((long)row.Side)
        .Bind(row.Truck?.Value)
        .Bind(row.Order?.Value)
        .Run();

    private ReadOnlySpan<byte> CountsOf(in PassRow row)
    {
        _counts.ResetWrittenCount();
        _countsJson.Reset();
        _countsJson.WriteStartObject();
        foreach (var (kind, count) in row.BoundedCounts())
        {
            _countsJson.WriteNumber(kind, count);
        }

        _countsJson.WriteEndObject();
        _countsJson.Flush();
        return _counts.WrittenSpan;
    }

    // On other streets the history of segments that stay is kept. Passes are matched anew by replay, which need not find the same ones.
    private void AdoptNetwork(StreetNetwork network)
    {
        using var transaction = _connection.BeginTransaction();
        using var read = _connection.CreateCommand();
        read.Transaction = transaction;
        read.CommandText = "SELECT journal_position, network_version, newest_ms FROM progress";
        var isOther = false;
        using (var row = read.ExecuteReader())
        {
            if (row.Read())
            {
                Cursor = row.GetInt64(0);
                isOther = row.GetString(1) != network.Version;
                _newestMs = row.GetInt64(2);
            }
        }

        if (isOther)
        {
            ForgetVanished(network, transaction);
            SqliteDatabase.Execute(_connection, "DELETE FROM pass; DELETE FROM progress;", transaction);
            Cursor = 0;
        }

        using var insert = _connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = "INSERT OR IGNORE INTO progress VALUES (1, 0, $version, $newest)";
        insert.Parameters.AddWithValue("$version", network.Version);
        insert.Parameters.AddWithValue("$newest", _newestMs);
        insert.ExecuteNonQuery();
        transaction.Commit();
    }

    private void ForgetVanished(StreetNetwork network, SqliteTransaction transaction)
    {
        var gone = new List<string>();
        using (var read = _connection.CreateCommand())
        {
            read.Transaction = transaction;
            read.CommandText = "SELECT DISTINCT segment_id FROM score_point";
            using var row = read.ExecuteReader();
            while (row.Read())
            {
                if (!SegmentId.TryCreate(row.GetString(0), out var id) || !network.TryFind(id, out _))
                {
                    gone.Add(row.GetString(0));
                }
            }
        }

        using var delete = _connection.CreateCommand();
        delete.Transaction = transaction;
        delete.CommandText = "DELETE FROM score_point WHERE segment_id = $segment";
        var segment = delete.Parameters.Add(new SqliteParameter("$segment", value: null));
        foreach (var id in gone)
        {
            segment.Value = id;
            delete.ExecuteNonQuery();
        }
    }

    private SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter(name, value: null));
        }

        return command;
    }
}
