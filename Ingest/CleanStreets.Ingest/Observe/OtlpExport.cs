using System.Reflection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace CleanStreets.Ingest.Observe;

/// <summary>Sends ingestion's metrics, and the runtime's, to a collector. A collector that is away costs a time-out on a thread of its own and nothing else.</summary>
internal sealed class OtlpExport : IDisposable
{
    private const string RuntimeMeter = "System.Runtime";

    private readonly MeterProvider? _provider;

    public OtlpExport(OtlpOptions options)
    {
        if (options.Endpoint is not { } endpoint)
        {
            return;
        }

        _provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService(
                "cleanstreets-ingest", serviceVersion: Assembly.GetExecutingAssembly().GetName().Version?.ToString(3), serviceInstanceId: Environment.MachineName))
            .AddMeter(IngestMetrics.MeterName, RuntimeMeter)
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Protocol = options.Protocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                exporter.Endpoint = WithPath(endpoint, exporter.Protocol);
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)options.Interval.TotalMilliseconds;
            })
            .Build();
    }

    public void Dispose() => _provider?.Dispose();

    private static Uri WithPath(Uri endpoint, OtlpExportProtocol protocol) =>
        protocol == OtlpExportProtocol.HttpProtobuf && endpoint.AbsolutePath == "/" ? new Uri(endpoint, "/v1/metrics") : endpoint;
}
