using System.Diagnostics.Metrics;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Spool;

namespace CleanStreets.Edge;

/// <summary>The agent's instruments. They observe what spool and links count anyway, so measuring costs them nothing.</summary>
internal sealed class EdgeMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "CleanStreets.Edge";

    /// <param name="meters">Makes the meter.</param>
    /// <param name="spool">The spool.</param>
    /// <param name="counters">What was sent.</param>
    /// <param name="captured">Readings taken since the start.</param>
    public EdgeMetrics(IMeterFactory meters, FleetSpool spool, PublishCounters counters, Func<long> captured)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("cleanstreets.edge.spool.size", () => spool.Bytes, "By", "Bytes of the spool on disk.");
        meter.CreateObservableGauge("cleanstreets.edge.process.resident", () => Environment.WorkingSet, "By", "Memory of the agent that is resident, shared pages of files included.");
        meter.CreateObservableGauge("cleanstreets.edge.evidence.waiting", () => (long)spool.Evidence.Waiting.Count, "{picture}", "Evidence pictures that the city has not stored.");
        meter.CreateObservableCounter("cleanstreets.edge.evidence.stored", () => spool.Evidence.Stored, "{picture}", "Evidence pictures that the city has stored.");
        meter.CreateObservableCounter(
            "cleanstreets.edge.evidence.dropped", () => Enum.GetValues<DropReason>().Select(reason => Tagged(spool.Evidence.Dropped(reason), reason)), "{picture}",
            "Evidence pictures that will never be sent, by reason.");
        Count(meter, "captured", captured, "Readings taken since the start.");
        Count(meter, "published", () => counters.Sent, "Readings that the server took, repeats included.");
        Count(meter, "acknowledged", () => spool.Stored, "Readings that the city has stored, those of earlier starts included.");
        meter.CreateObservableCounter("cleanstreets.edge.readings.dropped", () => Dropped(spool, counters), "{reading}", "Readings that will never be sent, by reason.");
    }

    private static Measurement<long> Tagged(long value, DropReason reason) => new(value, new KeyValuePair<string, object?>("reason", reason.Tag()));

    private static void Count(Meter meter, string fate, Func<long> value, string description) =>
        meter.CreateObservableCounter($"cleanstreets.edge.readings.{fate}", value, "{reading}", description);

    private static IEnumerable<Measurement<long>> Dropped(FleetSpool spool, PublishCounters counters) =>
        [
            .. DropReasons.OfReadings.Select(reason => Tagged(spool.DroppedFor(reason), reason)),
            new(counters.SetAside, new KeyValuePair<string, object?>("reason", "set_aside")),
        ];
}
