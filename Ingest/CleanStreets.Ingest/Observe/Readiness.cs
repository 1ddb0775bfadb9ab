using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Receive.Broker;
using CleanStreets.Ingest.Store;

namespace CleanStreets.Ingest.Observe;

/// <summary>Whether ingestion can do its work, and for each thing it needs how that is.</summary>
/// <remarks>Ready means: what is sent is taken and acknowledged, and scores are right. A store or a viewer that is behind is said and stops nobody.</remarks>
internal sealed record Readiness(bool Ready, IReadOnlyList<Dependency> Dependencies)
{
    /// <summary>A store this far behind is worth a look; a busy second is not.</summary>
    private static readonly TimeSpan StoreBehind = TimeSpan.FromSeconds(60);

    public static Readiness Of(IngestPipeline pipeline, TimeProvider time)
    {
        List<Dependency> all = [OfStages(pipeline), OfScores(pipeline), OfClock(pipeline), .. OfMqtt(pipeline), OfReceiving(pipeline), .. pipeline.Stores.Loops.Select(loop => OfStore(loop, time))];
        return new Readiness(all.TrueForAll(dependency => dependency.State != DependencyState.Down), all);
    }

    private static Dependency OfStages(IngestPipeline pipeline) => pipeline.Completion is { IsFaulted: true } ended
        ? new("journal and stages", DependencyState.Down, $"A stage failed and nothing more is acknowledged: {ended.Exception.GetBaseException().Message}")
        : pipeline.Room.Reason is { } reason
        ? new("journal and stages", DependencyState.Down, $"Nothing is acknowledged: {reason}. It goes on by itself when there is room.")
        : new("journal and stages", DependencyState.Up, $"On disk up to position {pipeline.Progress.JournalledThrough}.");

    private static Dependency OfScores(IngestPipeline pipeline) => pipeline.Ready
        ? new("scores", DependencyState.Up, $"{pipeline.Board.Seen} of {pipeline.Network.Segments.Count} street segments have a grade.")
        : new(
            "scores",
            DependencyState.Down,
            $"They catch up, {Math.Max(0, pipeline.Progress.JournalledThrough - pipeline.Progress.CaughtUp)} bytes of the journal behind (at position {pipeline.Progress.CaughtUp} of {pipeline.Progress.JournalledThrough}); what is sent is taken and acknowledged.");

    /// <summary>The ways in over MQTT: our own listener, somebody else's broker, or both.</summary>
    private static IEnumerable<Dependency> OfMqtt(IngestPipeline pipeline)
    {
        if (pipeline.Receivers.ListenerEndpoints is { Count: > 0 } endpoints)
        {
            yield return new("mqtt listener", DependencyState.Up, $"{string.Join(", ", endpoints)}, {pipeline.Receivers.Listener.Connections} connections.");
        }

        if (pipeline.Receivers.Broker is { } broker)
        {
            var (wanted, connected) = broker.Connections;
            var withheld = broker.Withheld;
            yield return new(
                "mqtt broker",
                connected == 0 || withheld.Count > 0 ? DependencyState.Down : connected < wanted ? DependencyState.Degraded : DependencyState.Up,
                $"{broker.Address}, {connected} of {wanted} connections are up{(connected == 0 ? ": nothing is received from it; trucks keep what is not marked as stored." : ".")}{Withheld(withheld)}{Outgoing(broker.Outlet)}");
        }
    }

    private static string Withheld(IReadOnlyCollection<string> filters) => filters.Count == 0
        ? string.Empty
        : $" It does not let our user subscribe {string.Join(", ", filters)}: nothing of that is received. Allow our user to read it, or, where the broker has no shared subscriptions, set Ingest__Broker__Version to 3.1.1.";

    private static string Outgoing(BrokerOutlet outlet) => outlet.RefusedTopics == 0
        ? string.Empty
        : $" It refuses {outlet.RefusedTopics} marks or scores, which are published again: allow our user to write acks and scores.";

    private static Dependency OfClock(IngestPipeline pipeline) => pipeline.Clock.Doubt is { } doubt
        ? new("clock", DependencyState.Degraded, doubt)
        : new("clock", DependencyState.Up, "The clock of this machine fits what was known before.");

    private static Dependency OfReceiving(IngestPipeline pipeline) => pipeline.FreeBatches == 0
        ? new("receiving", DependencyState.Degraded, "Every batch is in use: senders wait until a stage is done with one.")
        : new("receiving", DependencyState.Up, $"{pipeline.FreeBatches} batches are free.");

    private static Dependency OfStore(StoreLoop loop, TimeProvider time)
    {
        var name = $"store {loop.Store.Name}";
        var age = loop.Standing.OldestUnstoredAge(time.GetUtcNow());
        return loop switch
        {
            { Standing.Failure: { } failure } => new(name, DependencyState.Degraded, $"It takes no rows: {failure}. They wait in the store log."),
            { Store.IsOpen: false } => new(name, DependencyState.Degraded, "It is not open yet. Its rows wait in the store log."),
            { Marks.Gaps.Count: > 0 and var gaps } => new(
                name, DependencyState.Degraded, $"It misses {gaps} stretches of the journal: it had fallen behind the store log's cap, or the log was damaged."),
            _ when age > StoreBehind => new(
                name, DependencyState.Degraded, $"The oldest reading that is not stored came {age.TotalSeconds:0} s ago: the store log keeps it until the store takes it."),
            { Store.Refused: > 0 and var refused } => new(
                name, DependencyState.Up, $"Stored up to position {loop.Store.Cursor}, but {refused} rows that it refused since the start: the newest stand with its reason in stores/{loop.Store.Name}.refused.jsonl."),
            _ => new(name, DependencyState.Up, $"Stored up to position {loop.Store.Cursor}."),
        };
    }
}

/// <summary>Something ingestion needs.</summary>
/// <param name="Name">What it is.</param>
/// <param name="State">How it is.</param>
/// <param name="Reason">The same in a sentence, with what it means.</param>
internal sealed record Dependency(string Name, DependencyState State, string Reason);

/// <summary>How a dependency is.</summary>
internal enum DependencyState
{
    /// <summary>Well.</summary>
    Up,

    /// <summary>Behind or in trouble, and nothing is lost or stopped by it.</summary>
    Degraded,

    /// <summary>Not there: ingestion is not ready.</summary>
    Down,
}
