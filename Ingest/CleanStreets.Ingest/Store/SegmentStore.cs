using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Ingest.Store;

/// <summary>Writes passes and score points to SQLite, with the journal position they came from in the same transaction.</summary>
/// <remarks>One owner. After a crash at any moment the rows and <see cref="Position"/> fit together: replay from there neither repeats nor misses one.</remarks>
internal sealed class SegmentStore : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insertPass;
    private readonly SqliteCommand _insertScore;
    private readonly SqliteCommand _setPosition;
    private readonly Dictionary<SegmentId, SegmentScore> _lastStored = [];

    public SegmentStore(string path, string networkVersion)
    {
        _connection = SqliteDatabase.OpenForWriting(path);
        OtherNetwork = AdoptNetwork(networkVersion);
        _insertPass = Prepare(
            "INSERT OR IGNORE INTO pass VALUES ($position, $ordinal, $segment, $truck, $entered, $left, $forward, $coverage, " +
            "$exposure, $counts, $light, $camera, $model, $grade, $index)",
            "$position", "$ordinal", "$segment", "$truck", "$entered", "$left", "$forward", "$coverage",
            "$exposure", "$counts", "$light", "$camera", "$model", "$grade", "$index");
        _insertScore = Prepare(
            "INSERT OR REPLACE INTO score_point VALUES ($segment, $asOf, $index, $low, $high, $grade, $sample)",
            "$segment", "$asOf", "$index", "$low", "$high", "$grade", "$sample");
        _setPosition = Prepare("UPDATE progress SET journal_position = $position", "$position");
    }

    /// <summary>Everything of the journal below this position is stored.</summary>
    public long Position { get; private set; }

    /// <summary>Version of the network that the rows had spoken of, when it was another one: they were removed, and replay writes them anew.</summary>
    public string? OtherNetwork { get; }

    /// <summary>Stores all batches, or none of them.</summary>
    public void Write(IReadOnlyList<StoreBatch> batches)
    {
        var position = Position;
        var stored = new List<SegmentScore>();
        using (var transaction = _connection.BeginTransaction())
        {
            _insertPass.Transaction = _insertScore.Transaction = _setPosition.Transaction = transaction;
            foreach (var batch in batches)
            {
                position = Math.Max(position, batch.ThroughPosition);
                foreach (var pass in batch.Passes)
                {
                    Insert(in pass);
                }

                foreach (var score in batch.Scores)
                {
                    if (IsNews(score))
                    {
                        Insert(score);
                        stored.Add(score);
                    }
                }
            }

            _setPosition.Parameters[0].Value = position;
            _setPosition.ExecuteNonQuery();
            transaction.Commit();
        }

        Position = position;
        foreach (var score in stored)
        {
            _lastStored[score.SegmentId] = score;
        }
    }

    public void Dispose()
    {
        _insertPass.Dispose();
        _insertScore.Dispose();
        _setPosition.Dispose();
        _connection.Dispose();
    }

    private bool IsNews(SegmentScore score) => score is { State: ScoreState.Seen, Grade: not null, Index: not null } &&
        (!_lastStored.TryGetValue(score.SegmentId, out var last) || ScoreRow.Differ(last, score));

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
        values[9].Value = JsonSerializer.Serialize(pass.Counts, CountsJson.Default.IReadOnlyDictionaryStringInt32);
        values[10].Value = (int)pass.Light;
        values[11].Value = (object?)pass.CameraId ?? DBNull.Value;
        values[12].Value = (object?)pass.ModelVersion ?? DBNull.Value;
        values[13].Value = (object?)pass.Grade?.Name() ?? DBNull.Value;
        values[14].Value = (object?)pass.Index ?? DBNull.Value;
        _insertPass.ExecuteNonQuery();
    }

    private void Insert(SegmentScore score)
    {
        var values = _insertScore.Parameters;
        values[0].Value = score.SegmentId.Value;
        values[1].Value = score.AsOf.ToUnixTimeMilliseconds();
        values[2].Value = score.Index!.Value;
        values[3].Value = score.Low ?? score.Index.Value;
        values[4].Value = score.High ?? score.Index.Value;
        values[5].Value = score.Grade!.Value.Name();
        values[6].Value = score.SampleSize;
        _insertScore.ExecuteNonQuery();
    }

    private string? AdoptNetwork(string networkVersion)
    {
        using var transaction = _connection.BeginTransaction();
        using var read = _connection.CreateCommand();
        read.Transaction = transaction;
        read.CommandText = "SELECT journal_position, network_version FROM progress";
        string? other = null;
        using (var row = read.ExecuteReader())
        {
            if (row.Read())
            {
                Position = row.GetInt64(0);
                other = row.GetString(1) == networkVersion ? null : row.GetString(1);
            }
        }

        if (other is not null)
        {
            SqliteDatabase.Execute(_connection, "DELETE FROM pass; DELETE FROM score_point; DELETE FROM progress;", transaction);
            Position = 0;
        }

        using var insert = _connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = "INSERT OR IGNORE INTO progress VALUES (1, 0, $version)";
        insert.Parameters.AddWithValue("$version", networkVersion);
        insert.ExecuteNonQuery();
        transaction.Commit();
        return other;
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
