using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Dashboard.Data;

/// <summary>Short forms for the few things we ask of SQLite.</summary>
internal static class SqliteWords
{
    /// <summary>Runs a statement and returns the rows it changed.</summary>
    public static int Run(this SqliteConnection connection, string sql, SqliteTransaction? transaction = null, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var command = connection.Prepare(sql, transaction, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>The one number a query answers; 0 when it answers nothing.</summary>
    public static long Scalar(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var command = connection.Prepare(sql, null, values);
        return command.ExecuteScalar() is long number ? number : 0;
    }

    /// <summary>Every row of a query, read by <paramref name="read"/>.</summary>
    public static List<T> Query<T>(this SqliteConnection connection, string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var command = connection.Prepare(sql, null, values);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "Every statement is a literal of this project; values travel as parameters.")]
    private static SqliteCommand Prepare(this SqliteConnection connection, string sql, SqliteTransaction? transaction, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }
}
