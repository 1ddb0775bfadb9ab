using System.Text;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Mqtt.Listener;

namespace CleanStreets.Ingest.ReadApi;

/// <summary>The status as Prometheus reads it (text format 0.0.4).</summary>
internal static class PrometheusText
{
    public static string Write(IngestStatus status, MqttListenerCounters listener, long facts)
    {
        var text = new StringBuilder(2048);
        Counter(text, "readings_received_total", "Readings received; an undecodable message counts as one.", status.Received);
        Counter(text, "readings_accepted_total", "Readings accepted.", status.Accepted);
        Counter(text, "readings_duplicate_total", "Readings that were there already.", status.Duplicates);
        Counter(text, "readings_dropped_total", "Readings neither journalled nor acknowledged.", status.Dropped);
        Head(text, "readings_quarantined_total", "Readings quarantined, by reason.", "counter");
        foreach (var (reason, count) in status.QuarantinedByReason)
        {
            text.Append($"cleanstreets_ingest_readings_quarantined_total{{reason=\"{reason}\"}} {count}\n");
        }

        Counter(text, "facts_total", "Facts taken from the dashboard.", facts);
        Gauge(text, "ready", "1 when publishes are taken and scores are recovered.", status.Ready ? 1 : 0);
        Gauge(text, "oldest_unstored_age_seconds", "Age of the oldest reading not yet in the store.", status.OldestUnstoredAgeSeconds);
        Gauge(text, "journal_size_bytes", "Size of the journal.", status.JournalBytes);
        Gauge(text, "segments_seen", "Segments with a grade.", status.SegmentsSeen);
        Gauge(text, "segments", "Segments of the network.", status.SegmentsTotal);
        Head(text, "stage_depth", "Batches waiting before a stage.", "gauge");
        foreach (var stage in status.Stages)
        {
            text.Append($"cleanstreets_ingest_stage_depth{{stage=\"{stage.Stage}\"}} {stage.Depth}\n");
        }

        Gauge(text, "connections", "MQTT connections open.", listener.Connections);
        Counter(text, "connections_accepted_total", "MQTT connections accepted.", listener.ConnectionsAccepted);
        Head(text, "connections_cut_total", "MQTT connections cut or refused because of their peer, by reason.", "counter");
        foreach (var (reason, count) in status.ConnectionsCut ?? new Dictionary<string, long>())
        {
            text.Append($"cleanstreets_ingest_connections_cut_total{{reason=\"{reason}\"}} {count}\n");
        }

        Counter(text, "receive_busy_total", "Times receiving had to wait for the pipeline.", listener.HookBusy);
        return text.ToString();
    }

    private static void Counter(StringBuilder text, string name, string help, double value) => One(text, name, help, "counter", value);

    private static void Gauge(StringBuilder text, string name, string help, double value) => One(text, name, help, "gauge", value);

    private static void One(StringBuilder text, string name, string help, string type, double value)
    {
        Head(text, name, help, type);
        text.Append($"cleanstreets_ingest_{name} {value:R}\n");
    }

    private static void Head(StringBuilder text, string name, string help, string type) =>
        text.Append($"# HELP cleanstreets_ingest_{name} {help}\n# TYPE cleanstreets_ingest_{name} {type}\n");
}
