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
        Count(meter, "captured", captured, "Readings taken since the start.");
        Count(meter, "published", () => counters.Sent, "Readings that the server took, repeats included.");
        Count(meter, "acknowledged", () => spool.Stored, "Readings that the city has stored, those of earlier starts included.");
        meter.CreateObservableCounter("cleanstreets.edge.readings.dropped", () => Dropped(spool, counters), "{reading}", "Readings that will never be sent, by reason.");
    }

    private static void Count(Meter meter, string fate, Func<long> value, string description) =>
        meter.CreateObservableCounter($"cleanstreets.edge.readings.{fate}", value, "{reading}", description);

    private static IEnumerable<Measurement<long>> Dropped(FleetSpool spool, PublishCounters counters) =>
        [
            .. Enum.GetValues<DropReason>().Select(reason => new Measurement<long>(spool.DroppedFor(reason), new KeyValuePair<string, object?>("reason", reason.Tag()))),
            new(counters.SetAside, new KeyValuePair<string, object?>("reason", "set_aside")),
        ];
}
