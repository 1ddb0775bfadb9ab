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
    private readonly SqliteCommand _insertPass;
    private readonly SqliteCommand _insertScore;
    private readonly SqliteCommand _setPosition;
    private readonly SqliteTidying _tidying;
    private long _newestMs;

    private SqliteStore(string name, string path, StreetNetwork network, SqliteOptions options, TimeProvider time)
    {
        Name = name;
        _connection = SqliteDatabase.OpenForWriting(path);
        AdoptNetwork(network);
        _insertPass = Prepare(
            "INSERT OR IGNORE INTO pass VALUES ($position, $ordinal, $segment, $truck, $entered, $left, $forward, $coverage, " +
            "$exposure, $counts, $light, $camera, $model, $grade, $index, $squareMetres, $order)",
            "$position", "$ordinal", "$segment", "$truck", "$entered", "$left", "$forward", "$coverage",
            "$exposure", "$counts", "$light", "$camera", "$model", "$grade", "$index", "$squareMetres", "$order");
        _insertScore = Prepare(
            "INSERT OR REPLACE INTO score_point VALUES ($segment, $asOf, $index, $low, $high, $grade, $sample)",
            "$segment", "$asOf", "$index", "$low", "$high", "$grade", "$sample");
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
            Insert(rows.Passes, rows.Points, transaction);
            _setPosition.Transaction = transaction;
            _setPosition.Parameters[0].Value = rows.Through;
            _setPosition.Parameters[1].Value = newestMs;
            _setPosition.ExecuteNonQuery();
            transaction.Commit();
        }

        (Cursor, _newestMs) = (rows.Through, newestMs);
        return ValueTask.CompletedTask;
    }

    public ValueTask FillAsync(IReadOnlyList<PassRow> passes, IReadOnlyList<PointRow> points, CancellationToken cancellationToken)
    {
        using var transaction = _connection.BeginTransaction();
        Insert(passes, points, transaction);
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
        _setPosition.Dispose();
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

    private void Insert(IReadOnlyList<PassRow> passes, IReadOnlyList<PointRow> points, SqliteTransaction transaction)
    {
        _insertPass.Transaction = _insertScore.Transaction = transaction;
        foreach (var pass in passes)
        {
            Insert(in pass);
        }

        foreach (var point in points)
        {
            Insert(in point);
        }
    }

    private void Insert(in PassRow row)
    {
        var pass = row.Pass;
        var values = _insertPass.Parameters;
        values[0].Value = row.Position;
        values[1].Value = row.Ordinal;
        values[2].Value = row.Segment.Value;
        values[3].Value = pass.TruckId.Value;
        values[4].Value = pass.EnteredAt.ToUnixTimeMilliseconds();
        values[5].Value = pass.LeftAt.ToUnixTimeMilliseconds();
        values[6].Value = pass.Forward ? 1 : 0;
        values[7].Value = pass.Coverage;
        values[8].Value = pass.ExposureMetres;
        values[9].Value = JsonSerializer.Serialize(row.BoundedCounts(), CountsJson.Default.IReadOnlyDictionaryStringInt32);
        values[10].Value = (int)pass.Light;
        values[11].Value = (object?)pass.CameraId ?? DBNull.Value;
        values[12].Value = (object?)pass.ModelVersion ?? DBNull.Value;
        values[13].Value = (object?)pass.Grade?.Name() ?? DBNull.Value;
        values[14].Value = (object?)pass.Index ?? DBNull.Value;
        values[15].Value = (object?)pass.ExposureSquareMetres ?? DBNull.Value;
        values[16].Value = (object?)pass.OrderId?.Value ?? DBNull.Value;
        _insertPass.ExecuteNonQuery();
    }

    private void Insert(in PointRow row)
    {
        var values = _insertScore.Parameters;
        values[0].Value = row.Segment.Value;
        values[1].Value = row.Point.AsOf.ToUnixTimeMilliseconds();
        values[2].Value = row.Point.Index;
        values[3].Value = row.Point.Low;
        values[4].Value = row.Point.High;
        values[5].Value = row.Point.Grade.Name();
        values[6].Value = row.Point.SampleSize;
        _insertScore.ExecuteNonQuery();
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
