using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CleanStreets.Ingest.Store.Sqlite;

/// <summary>A prepared statement that is run for row after row: values are bound as bytes and numbers, and nothing is allocated.</summary>
/// <remarks>
/// The way of the driver (parameters as objects, a reader for each run) costs as much as the insert itself. One owner, like the connection;
/// to be run within a transaction that holds the write lock, so that no run meets somebody else's.
/// </remarks>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private byte[] _text = new byte[256];
    private int _next = 1;

    /// <param name="connection">An open connection, which outlives the statement.</param>
    /// <param name="sql">One statement with <c>?</c> for each value.</param>
    /// <exception cref="SqliteException">It does not fit the schema.</exception>
    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        Demand(raw.sqlite3_prepare_v2(_database, sql, out _statement));
    }

    /// <summary>Binds the next value.</summary>
    public SqliteStatement Bind(long value)
    {
        Demand(raw.sqlite3_bind_int64(_statement, _next++, value));
        return this;
    }

    /// <inheritdoc cref="Bind(long)"/>
    public SqliteStatement Bind(double value)
    {
        Demand(raw.sqlite3_bind_double(_statement, _next++, value));
        return this;
    }

    /// <inheritdoc cref="Bind(long)"/>
    public SqliteStatement Bind(double? value) => value is { } known ? Bind(known) : BindNull();

    /// <inheritdoc cref="Bind(long)"/>
    public SqliteStatement Bind(long? value) => value is { } known ? Bind(known) : BindNull();

    /// <inheritdoc cref="Bind(long)"/>
    public SqliteStatement Bind(ReadOnlySpan<byte> utf8)
    {
        Demand(raw.sqlite3_bind_text(_statement, _next++, utf8));
        return this;
    }

    /// <inheritdoc cref="Bind(long)"/>
    public SqliteStatement Bind(string? value)
    {
        if (value is null)
        {
            return BindNull();
        }

        if (value.Length == 0)
        {
            Demand(raw.sqlite3_bind_text(_statement, _next++, value)); // No bytes at all would be taken for NULL.
            return this;
        }

        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        if (most > _text.Length)
        {
            _text = new byte[most];
        }

        return Bind(_text.AsSpan(0, Encoding.UTF8.GetBytes(value, _text)));
    }

    /// <summary>Runs the statement with the values bound since the last run.</summary>
    /// <exception cref="SqliteException">The database refuses.</exception>
    public void Run()
    {
        _next = 1;
        var result = raw.sqlite3_step(_statement);
        raw.sqlite3_reset(_statement); // Says the same once more.
        if (result != raw.SQLITE_DONE)
        {
            Demand(result);
        }
    }

    public void Dispose() => _statement.Dispose();

    private SqliteStatement BindNull()
    {
        Demand(raw.sqlite3_bind_null(_statement, _next++));
        return this;
    }

    private void Demand(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            _next = 1; // The next row begins anew.
            SqliteException.ThrowExceptionForRC(result, _database);
        }
    }
}
