using System.Globalization;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;
using CleanStreets.Scoring.Observations;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Ingest.Store.Sqlite;

/// <summary>Reads history from the SQLite file. Each question has a connection of its own; WAL keeps it out of the writer's way.</summary>
internal sealed class SqliteHistory(string path) : ISegmentHistory
{
    /// <summary>The work order that brought the truck, however late that was told; as it was known when the pass was stored where no fact is held.</summary>
    private static readonly string Order = string.Create(
        CultureInfo.InvariantCulture,
        $"COALESCE((SELECT f.order_id FROM fact AS f WHERE f.segment_id = pass.segment_id AND f.kind = {(int)FactKind.TruckSent} AND f.truck_id = pass.truck_id AND f.at_ms <= pass.entered_at_ms " +
        $"AND f.at_ms >= pass.entered_at_ms - {(long)ViewRule.Default.SentWithin.TotalMilliseconds} ORDER BY f.at_ms DESC, f.order_id DESC LIMIT 1), order_id)");

    public Task<IReadOnlyList<ScorePoint>> PointsAsync(
        SegmentId segment, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(Thinning.Choose(Points(segment, from, to, Thinning.MostFetched), limit));

    public Task<IReadOnlyList<PassSummary>> PassesAsync(SegmentId segment, DateTimeOffset since, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PassSummary>>(Passes(segment, since, limit));

    /// <summary>Every pass that was entered between two moments, <paramref name="to"/> outside, in order of time: those that are evidence, or those on trial.</summary>
    public IEnumerable<(SegmentId Segment, PassSummary Pass)> Between(DateTimeOffset from, DateTimeOffset to, bool trials = false)
    {
        using var connection = SqliteDatabase.OpenForReading(path);
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT truck_id, entered_at_ms, left_at_ms, forward, coverage, exposure_metres, counts, light, camera_id, model_version, " +
            "grade, cleanliness_index, exposure_square_metres, " + Order + ", segment_id FROM pass WHERE entered_at_ms >= $from AND entered_at_ms < $to AND trial IS " + (trials ? "NOT " : string.Empty) + "NULL " +
            "ORDER BY entered_at_ms, journal_position, ordinal";
        command.Parameters.AddWithValue("$from", from.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$to", to.ToUnixTimeMilliseconds());
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            yield return (SegmentId.Parse(row.GetString(14)), ReadPass(row));
        }
    }

    /// <summary>Who entered which segment when, between two moments, <paramref name="to"/> outside, the newest first.</summary>
    public IEnumerable<(SegmentId Segment, TruckId Truck, DateTimeOffset EnteredAt)> EntriesNewestFirst(DateTimeOffset from, DateTimeOffset to)
    {
        using var connection = SqliteDatabase.OpenForReading(path);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT segment_id, truck_id, entered_at_ms FROM pass WHERE entered_at_ms >= $from AND entered_at_ms < $to AND trial IS NULL ORDER BY entered_at_ms DESC";
        command.Parameters.AddWithValue("$from", from.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$to", to.ToUnixTimeMilliseconds());
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            yield return (SegmentId.Parse(row.GetString(0)), TruckId.Parse(row.GetString(1)), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)));
        }
    }

    /// <summary>Verified cleanings and trucks that were sent, from <paramref name="from"/> until <paramref name="to"/>, in order of time.</summary>
    public IEnumerable<FactRow> Facts(DateTimeOffset from, DateTimeOffset to)
    {
        using var connection = SqliteDatabase.OpenForReading(path);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT segment_id, fact_id, kind, at_ms, side, truck_id, order_id FROM fact WHERE at_ms >= $from AND at_ms < $to ORDER BY at_ms, segment_id, fact_id";
        command.Parameters.AddWithValue("$from", from.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$to", to.ToUnixTimeMilliseconds());
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            yield return new FactRow(
                SegmentId.Parse(row.GetString(0)),
                row.GetString(1),
                (FactKind)row.GetInt32(2),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)),
                (Side)row.GetInt32(4),
                row.IsDBNull(5) ? null : TruckId.Parse(row.GetString(5)),
                row.IsDBNull(6) ? null : OrderId.Parse(row.GetString(6)));
        }
    }

    private List<ScorePoint> Points(SegmentId segment, DateTimeOffset from, DateTimeOffset to, int limit)
    {
        using var connection = SqliteDatabase.OpenForReading(path);
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT as_of_ms, cleanliness_index, low, high, grade, sample_size FROM score_point " +
            "WHERE segment_id = $segment AND as_of_ms BETWEEN $from AND $to ORDER BY as_of_ms DESC LIMIT $limit";
        command.Parameters.AddWithValue("$segment", segment.Value);
        command.Parameters.AddWithValue("$from", from.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$to", to.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$limit", limit);
        var points = new List<ScorePoint>();
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            points.Add(new ScorePoint(
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)),
                row.GetDouble(1),
                row.GetDouble(2),
                row.GetDouble(3),
                Grades.TryParse(row.GetString(4), out var grade) ? grade : default,
                row.GetInt32(5)));
        }

        points.Reverse();
        return points;
    }

    private List<PassSummary> Passes(SegmentId segment, DateTimeOffset since, int limit)
    {
        using var connection = SqliteDatabase.OpenForReading(path);
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT truck_id, entered_at_ms, left_at_ms, forward, coverage, exposure_metres, counts, light, camera_id, model_version, " +
            "grade, cleanliness_index, exposure_square_metres, " + Order + " FROM pass WHERE segment_id = $segment AND left_at_ms >= $since AND trial IS NULL " +
            "ORDER BY left_at_ms DESC, journal_position DESC, ordinal DESC LIMIT $limit";
        command.Parameters.AddWithValue("$segment", segment.Value);
        command.Parameters.AddWithValue("$since", since.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$limit", limit);
        var passes = new List<PassSummary>();
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            passes.Add(ReadPass(row));
        }

        return passes;
    }

    private static PassSummary ReadPass(SqliteDataReader row) => new(
        TruckId.Parse(row.GetString(0)),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)),
        row.GetInt64(3) != 0,
        row.GetDouble(4),
        row.GetDouble(5),
        JsonSerializer.Deserialize(row.GetString(6), CountsJson.Default.DictionaryStringInt32) ?? [],
        (Light)row.GetInt32(7),
        row.IsDBNull(8) ? null : row.GetString(8),
        row.IsDBNull(9) ? null : row.GetString(9),
        !row.IsDBNull(10) && Grades.TryParse(row.GetString(10), out var grade) ? grade : null,
        row.IsDBNull(11) ? null : row.GetDouble(11),
        row.IsDBNull(12) ? null : row.GetDouble(12),
        !row.IsDBNull(13) && OrderId.TryCreate(row.GetString(13), out var order) ? order : null);
}
