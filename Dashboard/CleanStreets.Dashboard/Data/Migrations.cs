using Microsoft.Data.Sqlite;

namespace CleanStreets.Dashboard.Data;

/// <summary>The schema as numbered steps of plain SQL; <c>user_version</c> says how far a file has come.</summary>
internal static class Migrations
{
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE users (
            name TEXT PRIMARY KEY COLLATE NOCASE,
            role TEXT NOT NULL,
            crew_id TEXT,
            password_hash TEXT NOT NULL,
            created_at INTEGER NOT NULL) STRICT;
        CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
        CREATE TABLE orders (
            order_id TEXT PRIMARY KEY,
            created_at INTEGER NOT NULL,
            closed_at INTEGER) STRICT;
        CREATE INDEX orders_closed ON orders (closed_at);
        CREATE TABLE order_events (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            event_id TEXT NOT NULL UNIQUE,
            order_id TEXT NOT NULL REFERENCES orders (order_id),
            recorded_at INTEGER NOT NULL,
            body TEXT NOT NULL) STRICT;
        CREATE INDEX order_events_order ON order_events (order_id, number);
        CREATE TRIGGER order_events_stay BEFORE UPDATE ON order_events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        CREATE TRIGGER order_events_remain BEFORE DELETE ON order_events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        CREATE TABLE fact_outbox (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            fact_id TEXT NOT NULL UNIQUE,
            segment_id TEXT NOT NULL,
            body TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            sent_at INTEGER) STRICT;
        CREATE INDEX fact_outbox_waiting ON fact_outbox (number) WHERE sent_at IS NULL;
        """,
    ];

    /// <summary>Runs the steps the file has not seen, each in its own transaction.</summary>
    public static void Apply(SqliteConnection connection)
    {
        var done = connection.Scalar("PRAGMA user_version");
        for (var step = (int)done; step < Steps.Length; step++)
        {
            using var transaction = connection.BeginTransaction();
            connection.Run(Steps[step], transaction);
            connection.Run($"PRAGMA user_version = {step + 1}", transaction);
            transaction.Commit();
        }
    }
}
