using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Observe;

/// <summary>Registers metrics, their exporters and the readiness answers.</summary>
internal static class ObserveSetup
{
    public static void AddObservability(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<OtlpOptions, OtlpOptionsValidator>().BindConfiguration(OtlpOptions.Section);
        services.TryAddSingleton<StageDurations>();
        services.TryAddSingleton<IngestMetrics>();
        services.TryAddSingleton(provider => new OtlpExport(provider.GetRequiredService<IOptions<OtlpOptions>>().Value));
    }
}
