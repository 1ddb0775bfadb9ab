using Microsoft.Data.Sqlite;

namespace CleanStreets.Ingest.Store.Sqlite;

/// <summary>Keeps the file from growing for ever: thins out old score points to the last of each hour, then of each day, and forgets old passes.</summary>
/// <remarks>
/// Some segments at a time, between two writes, so that no write waits for all of them. What is freed is given back to the disk. The clock must never be
/// ahead of what is believed.
/// </remarks>
internal sealed class SqliteTidying(SqliteConnection connection, SqliteOptions options, TimeProvider time)
{
    private const long HourMs = 3_600_000;
    private const long DayMs = 24 * HourMs;

    private const string Some = "segment_id > $after AND segment_id <= $last";

    private const string Thin =
        "DELETE FROM score_point WHERE " + Some + " AND as_of_ms < $before AND EXISTS (SELECT 1 FROM score_point AS later " +
        "WHERE later.segment_id = score_point.segment_id AND later.as_of_ms > score_point.as_of_ms " +
        "AND later.as_of_ms < (score_point.as_of_ms / $unit + 1) * $unit)";

    private const string ForgetPoints = "DELETE FROM score_point WHERE " + Some + " AND as_of_ms < $before";
    private const string ForgetPasses = "DELETE FROM pass WHERE " + Some + " AND left_at_ms < $before";

    private const string NextSegments =
        "SELECT MAX(segment_id) FROM (SELECT segment_id FROM (SELECT segment_id FROM score_point WHERE segment_id > $after " +
        "UNION SELECT segment_id FROM pass WHERE segment_id > $after) ORDER BY segment_id LIMIT $count)";

    private string _after = string.Empty;
    private long? _restsSince;

    /// <summary>Does a part of the work, when it is time.</summary>
    /// <param name="newestMs">Time of the newest row.</param>
    public void Step(long newestMs)
    {
        // By the clock that only runs: one that is put back would stop the work until it is there again.
        if (_restsSince is { } since && time.GetElapsedTime(since) < options.TidyInterval)
        {
            return;
        }

        _restsSince = null;
        var now = time.GetUtcNow();

        var last = Ask(NextSegments, ("$after", _after), ("$count", options.TidySegments)) as string;
        if (last is null)
        {
            ForgetFacts(Math.Min(newestMs, now.ToUnixTimeMilliseconds()) - (long)options.KeepPasses.TotalMilliseconds);
            (_after, _restsSince) = (string.Empty, time.GetTimestamp());
            SqliteDatabase.Execute(connection, "PRAGMA incremental_vacuum(4096)");
            return;
        }

        Tidy(last, Math.Min(newestMs, now.ToUnixTimeMilliseconds()));
        _after = last;
    }

    /// <summary>Facts about segments that have gone as well.</summary>
    private void ForgetFacts(long beforeMs)
    {
        using var command = Prepare("DELETE FROM fact WHERE at_ms < $before", [("$before", beforeMs)]);
        command.ExecuteNonQuery();
    }

    private void Tidy(string last, long nowMs)
    {
        long Before(TimeSpan kept) => nowMs - (long)kept.TotalMilliseconds;

        using var transaction = connection.BeginTransaction();
        Do(transaction, Thin, last, Before(options.KeepPoints), ("$unit", HourMs));
        Do(transaction, Thin, last, Before(options.KeepHours), ("$unit", DayMs));
        Do(transaction, ForgetPoints, last, Before(options.KeepDays));
        Do(transaction, ForgetPasses, last, Before(options.KeepPasses));
        transaction.Commit();
    }

    private void Do(SqliteTransaction transaction, string sql, string last, long beforeMs, params ReadOnlySpan<(string Name, object Value)> more)
    {
        using var command = Prepare(sql, [("$after", _after), ("$last", last), ("$before", beforeMs), .. more]);
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }

    private object? Ask(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Prepare(sql, parameters);
        return command.ExecuteScalar();
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
