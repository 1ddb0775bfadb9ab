using System.Text.Json.Serialization;
using CleanStreets.Contracts;
using CleanStreets.Ingest.Pipeline;

namespace CleanStreets.Ingest.Observe;

/// <summary>For probes and for Prometheus.</summary>
internal static class HealthApi
{
    /// <summary>Load balancers and monitors probe by HEAD; the server leaves the body out.</summary>
    private static readonly string[] Probing = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Answers GET and HEAD.</summary>
    public static void MapProbe(this IEndpointRouteBuilder routes, string path, Func<IResult> answer) => routes.MapMethods(path, Probing, answer);

    public static void MapHealth(this IEndpointRouteBuilder routes, IngestPipeline pipeline, IngestMetrics metrics, TimeProvider time)
    {
        // Alive: the process answers and no stage has failed. Whether it is of use is readiness.
        routes.MapProbe("/healthz", () => pipeline.Completion.IsFaulted
            ? Results.Text("failed\n", statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text(pipeline.Room.Reason is { } reason ? $"ok, but nothing is acknowledged: {reason}\n" : "ok\n"));
        routes.MapProbe("/readyz", () =>
        {
            var readiness = Readiness.Of(pipeline, time);
            return Results.Json(
                readiness,
                ReadinessJson.Default.Readiness,
                statusCode: readiness.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });
        routes.MapProbe("/metrics", () => Results.Text(PrometheusText.Write(metrics), PrometheusText.ContentType));
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, Converters = [typeof(SnakeCaseEnumConverter<DependencyState>)])]
[JsonSerializable(typeof(Readiness))]
internal sealed partial class ReadinessJson : JsonSerializerContext;
