using System.Text.Json;
using CleanStreets.Contracts.Facts;
using CleanStreets.Dashboard.Data;
using CleanStreets.WorkOrders;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Dashboard.WorkOrders;

/// <summary>Keeps orders as their events, append-only, together with the facts that follow from them.</summary>
/// <remarks>One owner, the desk. An append is one transaction, synced to disk when it returns: all of it is kept or nothing.</remarks>
internal sealed class OrderStore(DashboardDatabase database) : IDisposable
{
    private const int UniqueViolation = 2067;

    private readonly SqliteConnection _connection = database.Connect();

    /// <summary>The first event of an order carries what it is about; the others are steps.</summary>
    private sealed record StoredEvent(OrderOpening? Opening, OrderEvent? Step);

    /// <summary>Orders that are live or ended after <paramref name="since"/>, by applying their events again.</summary>
    public IReadOnlyList<WorkOrder> Load(DateTimeOffset since)
    {
        var rows = _connection.Query(
            """
            SELECT order_id, body FROM order_events JOIN orders USING (order_id)
            WHERE closed_at IS NULL OR closed_at > $since ORDER BY number
            """,
            row => (Id: row.GetString(0), Event: JsonSerializer.Deserialize<StoredEvent>(row.GetString(1), DashboardJson.Options)!),
            ("$since", since.ToUnixTimeMilliseconds()));
        return [.. rows.GroupBy(row => row.Id).Select(order => Replay(order.Select(row => row.Event)))];
    }

    /// <summary>The number of the newest order ever made.</summary>
    public long NewestNumber => _connection.Scalar("SELECT count(*) FROM orders");

    public int? Capacity
    {
        get => (int?)_connection.Query("SELECT value FROM settings WHERE name = 'capacity'", row => int.Parse(row.GetString(0))).Cast<int?>().FirstOrDefault();
        set => _connection.Run("INSERT INTO settings VALUES ('capacity', $value) ON CONFLICT (name) DO UPDATE SET value = excluded.value", null, ("$value", $"{value}"));
    }

    /// <summary>Keeps a new order.</summary>
    public void Open(WorkOrder order, OrderOpening opening)
    {
        using var transaction = _connection.BeginTransaction();
        _connection.Run(
            "INSERT INTO orders (order_id, created_at) VALUES ($id, $at)", transaction, ("$id", order.Id.Value), ("$at", order.OpenedAt.ToUnixTimeMilliseconds()));
        AddEvent(transaction, order, opening.EventId, opening.At, new StoredEvent(opening, null));
        transaction.Commit();
    }

    /// <summary>Keeps a step and the fact that follows from it; false when the event id was used by another order.</summary>
    public bool TryAppend(WorkOrder order, OrderEvent step, Fact? fact)
    {
        using var transaction = _connection.BeginTransaction();
        try
        {
            AddEvent(transaction, order, step.EventId, step.RecordedAt, new StoredEvent(null, step));
        }
        catch (SqliteException ex) when (ex.SqliteExtendedErrorCode == UniqueViolation)
        {
            return false;
        }

        if (fact is not null)
        {
            FactOutbox.Add(_connection, transaction, fact, step.RecordedAt);
        }

        transaction.Commit();
        return true;
    }

    public void Dispose() => _connection.Dispose();

    private void AddEvent(SqliteTransaction transaction, WorkOrder order, string eventId, DateTimeOffset recordedAt, StoredEvent stored)
    {
        _connection.Run(
            "INSERT INTO order_events (event_id, order_id, recorded_at, body) VALUES ($event, $order, $at, $body)",
            transaction,
            ("$event", eventId), ("$order", order.Id.Value), ("$at", recordedAt.ToUnixTimeMilliseconds()), ("$body", DashboardJson.Text(stored)));
        _connection.Run(
            "UPDATE orders SET closed_at = $closed WHERE order_id = $order",
            transaction,
            ("$closed", order.IsLive ? null : order.ChangedAt.ToUnixTimeMilliseconds()), ("$order", order.Id.Value));
    }

    private static WorkOrder Replay(IEnumerable<StoredEvent> events)
    {
        WorkOrder? order = null;
        foreach (var stored in events)
        {
            order = order is null ? WorkOrder.Open(stored.Opening!) : order.Apply(stored.Step!).Order;
        }

        return order!;
    }
}
