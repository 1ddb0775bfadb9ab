using System.Diagnostics.Metrics;
using System.Text.Json;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Receive.Events;
using CleanStreets.Ingest.Store;

namespace CleanStreets.Ingest.Observe;

/// <summary>Every metric of ingestion. They read what the stages count anyway, so measuring costs the stages nothing; only durations are recorded.</summary>
internal sealed class IngestMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "CleanStreets.Ingest";

    private const string Prefix = "cleanstreets.ingest.";

    public IngestMetrics(IMeterFactory meters, IngestPipeline pipeline, StageDurations durations, EventCounters events, TimeProvider time)
    {
        Durations = durations;
        All =
        [
            .. Fates(pipeline.Fates),
            .. Trucks(pipeline.Roster),
            .. Receiving(pipeline, events),
            .. Queues(pipeline),
            .. Progress(pipeline, time),
            .. Stores(pipeline, time),
            new(StageDurations.DurationName, MetricKind.Histogram, "s", "Time a stage works on a batch, a commit or a round.", "stage", () => []),
            new(StageDurations.LatencyName, MetricKind.Histogram, "s", "Time from the receipt of a batch's first message to its acknowledgement.", null, () => []),
        ];
        var meter = meters.Create(MeterName);
        foreach (var metric in All)
        {
            Register(meter, metric);
        }
    }

    /// <summary>All of them, in the order in which they are shown.</summary>
    public IReadOnlyList<Metric> All { get; }

    public StageDurations Durations { get; }

    private static IEnumerable<Metric> Fates(Fates fates) =>
    [
        Counter("readings.received", "{reading}", "Readings received; a message that cannot be decoded counts as one.", () => fates.Received),
        Counter("readings.accepted", "{reading}", "Readings accepted.", () => fates.Accepted),
        Counter("readings.mended", "{reading}", "Of the accepted those that a standing mapping mended.", () => fates.Mended),
        Counter("readings.duplicate", "{reading}", "Readings that were there already.", () => fates.Duplicates),
        Counter("readings.dropped", "{reading}", "Readings neither journalled nor acknowledged.", () => fates.Dropped),
        new(Prefix + "readings.quarantined", MetricKind.Counter, "{reading}", "Readings quarantined, by reason.", "reason", () =>
            fates.QuarantinedByReason().Select(reason => new MetricValue(reason.Value, reason.Key))),
        Counter("facts", "{fact}", "Facts taken from the dashboard, repeats included.", () => fates.Facts),
    ];

    private static IEnumerable<Metric> Trucks(RosterWatch roster) =>
    [
        Gauge("trucks", "{truck}", "Trucks that have a place among those that are known.", () => roster.Trucks),
        Gauge("trucks.forgotten", "{truck}", "Trucks that gave up their place, and of which is still known what they sent.", () => roster.Forgotten),
        Counter("trucks.displaced", "{truck}", "Times a truck gave up its place to a new one.", () => roster.Displaced),
        Counter("trucks.dropped", "{truck}", "Trucks of which it is not known any more what they sent, because too many gave up their place.", () => roster.Dropped),
    ];

    private static IEnumerable<Metric> Receiving(IngestPipeline pipeline, EventCounters events) =>
    [
        Gauge("connections", "{connection}", "MQTT connections open.", () => pipeline.Receivers.Listener.Connections),
        Counter("connections.accepted", "{connection}", "MQTT connections accepted.", () => pipeline.Receivers.Listener.ConnectionsAccepted),
        new(Prefix + "connections.cut", MetricKind.Counter, "{connection}", "MQTT connections cut or refused because of their peer, by reason.", "reason", () =>
            pipeline.Receivers.Listener.CutByReason.Select(cut => new MetricValue(cut.Value, Tag(cut.Key)))),
        Counter("publishes.refused", "{publish}", "Publishes refused because their sender may not write to the topic.", () => pipeline.Receivers.Listener.PublishesRefused),
        Counter("receive.busy", "{wait}", "Times receiving had to wait for the pipeline.", () => pipeline.Receivers.Listener.HookBusy),
        Gauge("budget.held", "{connection}", "MQTT connections not read now because their device has spent its budget.", () => pipeline.Receivers.Listener.BudgetHeld),
        Counter("budget.holds", "{hold}", "Times a connection was held for that.", () => pipeline.Receivers.Listener.BudgetHolds),
        Counter("budget.received", "By", "Bytes received at the speed of a budget: of the reads by which one was spent.", () => pipeline.Receivers.Listener.BudgetBytes),
        new(Prefix + "events.requests", MetricKind.Counter, "{request}", "HTTP requests for events, by how they ended.", "outcome", () =>
            Enum.GetValues<EventOutcome>().Select(outcome => new MetricValue(events[outcome], Tag(outcome)))),
        Gauge("broker.connections", "{connection}", "Connections up that receive from a broker of others.", () => pipeline.Receivers.Broker?.Connections.Connected ?? 0),
        Counter("broker.connections.lost", "{connection}", "Connections to that broker that were lost.", () => pipeline.Receivers.Broker?.Lost ?? 0),
        Counter("broker.messages", "{message}", "Messages received from that broker.", () => pipeline.Receivers.Broker?.Receiver.Messages ?? 0),
        Gauge("broker.outgoing", "{message}", "Marks and scores that wait for that broker, at most one a topic.", () => pipeline.Receivers.Broker?.Outlet.Waiting ?? 0),
        Counter("broker.clears.dropped", "{topic}", "Topics of trucks long gone whose clearing was given up before that broker took it.", () => pipeline.Receivers.Broker?.Outlet.ClearsGivenUp ?? 0),
        Counter("broker.refused", "{message}", "Marks and scores that that broker refused, repeats included.", () => pipeline.Receivers.Broker?.Outlet.Refused ?? 0),
    ];

    private static IEnumerable<Metric> Queues(IngestPipeline pipeline) =>
    [
        new(Prefix + "stage.depth", MetricKind.Gauge, "{batch}", "Batches waiting before a stage.", "stage", () =>
            pipeline.Channels.Depths().Select(stage => new MetricValue(stage.Depth, stage.Stage))),
        new(Prefix + "stage.capacity", MetricKind.Gauge, "{batch}", "Most batches that may wait before a stage.", "stage", () =>
            pipeline.Channels.Depths().Select(stage => new MetricValue(stage.Capacity, stage.Stage))),
        Gauge("pool.free", "{batch}", "Batches nobody holds; at 0 receiving waits.", () => pipeline.FreeBatches),
    ];

    private static IEnumerable<Metric> Progress(IngestPipeline pipeline, TimeProvider time) =>
    [
        Gauge("unstored.age", "s", "Age of the oldest reading that is not yet in every store.", () => pipeline.OldestUnstoredAge(time.GetUtcNow()).TotalSeconds),
        Gauge("journal.size", "By", "Size of the journal.", () => pipeline.Progress.Bytes),
        Gauge("journal.position", "By", "Position up to which the journal is on disk.", () => pipeline.Progress.JournalledThrough),
        Gauge("journal.full", "1", "1 while nothing is acknowledged because the disk or the journal's cap leaves no room.", () => pipeline.Room.Reason is null ? 0 : 1),
        Counter("journal.full.episodes", "{episode}", "Times the journal had no room.", () => pipeline.Room.Episodes),
        Gauge("clock.doubted", "1", "1 while the machine's clock is not believed: nothing is deleted for its age by it and no period is closed.", () => pipeline.Clock.Doubt is null ? 0 : 1),
        Gauge("snapshot.position", "By", "Position of the newest snapshot since the start: a new start reads the journal from there.", () => pipeline.SnapshotPosition),
        Gauge("segments", "{segment}", "Street segments of the network.", () => pipeline.Network.Segments.Count),
        Gauge("segments.seen", "{segment}", "Street segments with a grade.", () => pipeline.Board.Seen),
        Gauge("ready", "1", "1 when publishes are taken and scores are recovered.", () => pipeline.Ready ? 1 : 0),
    ];

    private static IEnumerable<Metric> Stores(IngestPipeline pipeline, TimeProvider time)
    {
        Metric Store(string name, MetricKind kind, string unit, string help, Func<StoreLoop, double> read) => new(
            $"{Prefix}store.{name}", kind, unit, help, "store", () => pipeline.Stores.Loops.Select(loop => new MetricValue(read(loop), loop.Store.Name)));

        // A store whose cursor nobody knows is no store that has nothing.
        Metric Position(string name, string help, Func<StoreLoop, double> read) => new(
            $"{Prefix}store.{name}", MetricKind.Gauge, "By", help, "store", () =>
                pipeline.Stores.Loops.Where(loop => loop.Store.KnowsCursor).Select(loop => new MetricValue(read(loop), loop.Store.Name)));

        return
        [
            Position("cursor", "Position of the journal up to which the store has everything; none while it is not open and cannot be asked.", loop => loop.Store.Cursor),
            Position("lag", "Bytes of the journal behind the store's cursor; none while that is not known.", loop => pipeline.LagOf(loop.Store)),
            Store("unstored.age", MetricKind.Gauge, "s", "Age of the oldest reading that waits for the store in the store log.", loop =>
                loop.Standing.OldestUnstoredAge(time.GetUtcNow()).TotalSeconds),
            Store("failing", MetricKind.Gauge, "1", "1 while the store takes no rows.", loop => loop.Standing.Failure is null ? 0 : 1),
            Store("gaps", MetricKind.Gauge, "{gap}", "Stretches of the journal whose rows the store never got.", loop => loop.Marks.Gaps.Count),
            Store("rows", MetricKind.Counter, "{row}", "Passes and points stored, those that came again included.", loop => loop.Standing.Rows),
            Store("refused", MetricKind.Counter, "{row}", "Passes and points that the store refused for good.", loop => loop.Store.Refused),
            Counter("store.log.dropped", "By", "Bytes of the store log given up because of its cap before every store had them.", () => pipeline.Stores.Log.DroppedBytes),
        ];
    }

    private static Metric Counter(string name, string unit, string help, Func<double> read) =>
        new(Prefix + name, MetricKind.Counter, unit, help, null, () => [new MetricValue(read())]);

    private static Metric Gauge(string name, string unit, string help, Func<double> read) =>
        new(Prefix + name, MetricKind.Gauge, unit, help, null, () => [new MetricValue(read())]);

    private static void Register(Meter meter, Metric metric)
    {
        switch (metric.Kind)
        {
            case MetricKind.Counter:
                meter.CreateObservableCounter(metric.Name, () => Measure(metric, value => (long)value), metric.Unit, metric.Help);
                break;
            case MetricKind.Gauge:
                meter.CreateObservableGauge(metric.Name, () => Measure(metric, value => value), metric.Unit, metric.Help);
                break;
            default:
                // Recorded where it happens, by StageDurations.
                break;
        }
    }

    private static IEnumerable<Measurement<T>> Measure<T>(Metric metric, Func<double, T> convert)
        where T : struct =>
        metric.Read().Select(value => value.TagValue is null
            ? new Measurement<T>(convert(value.Value))
            : new Measurement<T>(convert(value.Value), new KeyValuePair<string, object?>(metric.Tag!, value.TagValue)));

    private static string Tag<TEnum>(TEnum value)
        where TEnum : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
