using CleanStreets.Ingest.Store;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>Runs the pipeline inside the host, and ends the host when a stage fails.</summary>
internal sealed class IngestService(IngestPipeline pipeline, StreetSource streets, IHostApplicationLifetime lifetime, ILogger<IngestService> logger)
    : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (streets.Kept is { } kept)
        {
            logger.StreetsDamaged(kept);
        }

        if (streets.PreviousVersion is { } before)
        {
            logger.NetworkChanged(before, streets.Network.Version);
        }

        if (streets.Vanished.Count > 0)
        {
            logger.SegmentsVanished(streets.Vanished.Count);
        }

        await pipeline.StartAsync(cancellationToken);
        _ = pipeline.Completion.ContinueWith(
            _ => lifetime.StopApplication(), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    public Task StopAsync(CancellationToken cancellationToken) => pipeline.StopAsync(cancellationToken);
}
