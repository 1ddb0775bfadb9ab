using System.Text.Json;
using System.Threading.Channels;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Dashboard.Data;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Dashboard.WorkOrders;

/// <summary>Facts on their way to ingest: kept with the event they follow from, sent until acknowledged, in order.</summary>
/// <remarks>A fact may be sent twice, never lost: its id is kept with it, and ingest counts an id once.</remarks>
internal sealed class FactOutbox(DashboardDatabase database, TimeProvider time)
{
    // One signal is enough, however many facts wait.
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public ChannelReader<bool> Signals => _signals.Reader;

    public long Waiting
    {
        get
        {
            using var connection = database.Connect();
            return connection.Scalar("SELECT count(*) FROM fact_outbox WHERE sent_at IS NULL");
        }
    }

    /// <summary>Adds a fact inside the transaction of what it follows from; a known id changes nothing.</summary>
    public static void Add(SqliteConnection connection, SqliteTransaction? transaction, Fact fact, DateTimeOffset now) => connection.Run(
        "INSERT INTO fact_outbox (fact_id, segment_id, body, created_at) VALUES ($id, $segment, $body, $now) ON CONFLICT (fact_id) DO NOTHING",
        transaction,
        ("$id", fact.FactId),
        ("$segment", fact.SegmentId.Value),
        ("$body", JsonSerializer.Serialize(fact, ContractJson.Default.Fact)),
        ("$now", now.ToUnixTimeMilliseconds()));

    /// <summary>Adds a fact on its own.</summary>
    public void Add(Fact fact)
    {
        using var connection = database.Connect();
        Add(connection, null, fact, time.GetUtcNow());
        Wake();
    }

    /// <summary>Says that something waits.</summary>
    public void Wake() => _signals.Writer.TryWrite(true);

    /// <summary>Ends the waiting of the sender.</summary>
    public void Complete() => _signals.Writer.TryComplete();

    /// <summary>The oldest facts not yet acknowledged.</summary>
    public IReadOnlyList<(string FactId, string SegmentId, string Body)> Oldest(int most)
    {
        using var connection = database.Connect();
        return connection.Query(
            "SELECT fact_id, segment_id, body FROM fact_outbox WHERE sent_at IS NULL ORDER BY number LIMIT $most",
            row => (row.GetString(0), row.GetString(1), row.GetString(2)),
            ("$most", most));
    }

    public void Sent(string factId)
    {
        using var connection = database.Connect();
        connection.Run("UPDATE fact_outbox SET sent_at = $now WHERE fact_id = $id", null, ("$now", time.GetUtcNow().ToUnixTimeMilliseconds()), ("$id", factId));
    }
}
