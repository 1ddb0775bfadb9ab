using CleanStreets.Ingest.Acknowledge;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Clock;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Quarantine;
using CleanStreets.Ingest.Receive;
using CleanStreets.Ingest.Receive.Broker;
using CleanStreets.Ingest.Receive.Events;
using CleanStreets.Ingest.Score;
using CleanStreets.Ingest.Snapshot;
using CleanStreets.Ingest.Store;
using CleanStreets.Ingest.Store.Log;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>Registers the pipeline.</summary>
internal static class IngestServices
{
    public static IServiceCollection AddIngestPipeline(this IServiceCollection services, RunSettings settings, TimeProvider time)
    {
        services.TryAddSingleton(time);
        services.AddAllStageOptions();
        services.TryAddSingleton(settings);
        services.TryAddSingleton(new IngestPaths(settings.Data));
        services.TryAddSingleton(provider => StreetSource.Load(settings.Streets, provider.GetRequiredService<IngestPaths>()));
        services.TryAddSingleton<IngestPipeline>();
        services.AddHostedService<IngestService>();
        return services;
    }

    /// <summary>The options of all stages as a service with this configuration would have them, for commands that run without one.</summary>
    public static IngestOptions ReadOptions(IConfiguration configuration)
    {
        var services = new ServiceCollection();
        services.AddSingleton(configuration);
        services.AddAllStageOptions();
        return services.BuildServiceProvider().GetRequiredService<IngestOptions>();
    }

    private static void AddAllStageOptions(this IServiceCollection services)
    {
        services.AddStageOptions<PipelineOptions, PipelineOptionsValidator>(PipelineOptions.Section);
        services.AddStageOptions<AdmissionOptions, AdmissionOptionsValidator>(AdmissionOptions.Section);
        services.AddStageOptions<JournalOptions, JournalOptionsValidator>(JournalOptions.Section);
        services.AddStageOptions<AcknowledgeOptions, AcknowledgeOptionsValidator>(AcknowledgeOptions.Section);
        services.AddStageOptions<MatchStageOptions, MatchStageOptionsValidator>(MatchStageOptions.Section);
        services.AddStageOptions<ScoreStageOptions, ScoreStageOptionsValidator>(ScoreStageOptions.Section);
        services.AddStageOptions<StoreOptions, StoreOptionsValidator>(StoreOptions.Section);
        services.AddStageOptions<StoreLogOptions, StoreLogOptionsValidator>(StoreLogOptions.Section);
        services.AddStageOptions<QuarantineOptions, QuarantineOptionsValidator>(QuarantineOptions.Section);
        services.AddStageOptions<BrokerOptions, BrokerOptionsValidator>(BrokerOptions.Section);
        services.AddStageOptions<BudgetOptions, BudgetOptionsValidator>(BudgetOptions.Section);
        services.AddStageOptions<EventsOptions, EventsOptionsValidator>(EventsOptions.Section);
        services.AddStageOptions<SnapshotOptions, SnapshotOptionsValidator>(SnapshotOptions.Section);
        services.AddStageOptions<ClockOptions, ClockOptionsValidator>(ClockOptions.Section);
        services.TryAddSingleton<IngestOptions>();
    }

    private static void AddStageOptions<TOptions, TValidator>(this IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddOptionsWithValidateOnStart<TOptions, TValidator>().BindConfiguration(section);
    }
}
