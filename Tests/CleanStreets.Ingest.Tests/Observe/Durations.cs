using System.Diagnostics.Metrics;
using CleanStreets.Ingest.Observe;
using Microsoft.Extensions.DependencyInjection;

namespace CleanStreets.Ingest.Tests.Observe;

/// <summary>Durations for a stage that a test runs by itself.</summary>
internal static class Durations
{
    public static StageDurations New() =>
        new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>(), TimeProvider.System);
}
