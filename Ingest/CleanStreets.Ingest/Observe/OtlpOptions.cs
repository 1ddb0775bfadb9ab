using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Observe;

/// <summary>Metrics by OTLP, to a collector or a store that takes it. Off unless an endpoint is named.</summary>
public sealed class OtlpOptions
{
    /// <summary>Where these settings stand.</summary>
    public const string Section = "Ingest:Otlp";

    /// <summary>The collector, such as <c>http://127.0.0.1:4318</c>; for HTTP <c>/v1/metrics</c> is added where no path is given. Default: none.</summary>
    /// <remarks>Headers with secrets stand in <c>OTEL_EXPORTER_OTLP_HEADERS</c>, which the exporter reads itself.</remarks>
    public Uri? Endpoint { get; set; }

    /// <summary><c>http</c> (protobuf over HTTP) or <c>grpc</c>. Default: http.</summary>
    [RegularExpression("^(http|grpc)$")]
    public string Protocol { get; set; } = "http";

    /// <summary>Time between two exports. Default: 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);
}

[OptionsValidator]
internal sealed partial class OtlpOptionsValidator : IValidateOptions<OtlpOptions>;
