using CleanStreets.Ingest.Areas;
using CleanStreets.Ingest.Measure;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Quarantine;
using CleanStreets.Ingest.ReadApi;
using CleanStreets.Ingest.Receive.Events;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Verbs;

/// <summary>Builds the whole service: pipeline and read API in one host.</summary>
internal static class IngestApp
{
    /// <summary>Builds the service; nothing is opened before it is started, except the folder, the streets, the store and the journal.</summary>
    /// <exception cref="UsageException">One of them cannot be used.</exception>
    public static WebApplication Build(RunSettings settings, TimeProvider time, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = CreateBuilder();

        // A stop drains the pipeline and flushes the store: seconds, with a full queue and a slow disk.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(settings.ReadApi);
            kestrel.ListenForEvents(settings);
        });
        builder.Services.AddIngestPipeline(settings, time);
        builder.Services.AddEvents();
        builder.Services.AddObservability();
        builder.Services.AddQuarantine();
        builder.Services.AddSingleton(provider =>
        {
            var running = provider.GetRequiredService<IngestPipeline>();
            var closed = new ClosedPeriods(new IngestPaths(settings.Data).Periods);
            return new AreaDesk(running, AreaSource.Load(settings.Areas, settings.Streets, running.Network), closed, running.Clock);
        });
        builder.Services.AddHostedService(provider => new PeriodClerk(
            provider.GetRequiredService<AreaDesk>(), provider.GetRequiredService<IngestPipeline>(), provider.GetRequiredService<ILogger<PeriodClerk>>()));
        builder.Services.AddSingleton(provider => new MeasureDesk(provider.GetRequiredService<IngestPipeline>(), provider.GetRequiredService<IngestPipeline>().Clock));
        configure?.Invoke(builder);

        var app = builder.Build();
        try
        {
            Map(app, time);
            return app;
        }
        catch
        {
            // What was opened is closed: the disk may have been full, and then it is tried again.
            app.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
    }

    private static void Map(WebApplication app, TimeProvider time)
    {
        var pipeline = app.Services.GetRequiredService<IngestPipeline>();
        app.Services.GetRequiredService<OtlpExport>();
        app.MapEvents(pipeline);
        app.MapSegments(pipeline);
        app.MapAreas(app.Services.GetRequiredService<AreaDesk>());
        app.MapMeasure(app.Services.GetRequiredService<MeasureDesk>());
        app.MapStatus(pipeline, time);
        app.MapQuarantine(pipeline, app.Services.GetRequiredService<QuarantineReleaser>(), app.Services.GetRequiredService<JournalLookup>());
        app.MapMappings(pipeline, app.Services.GetRequiredService<MappingDesk>(), app.Services.GetRequiredService<QuarantineReleaser>(), app.Services.GetRequiredService<IOptions<QuarantineOptions>>());
        app.MapHealth(pipeline, app.Services.GetRequiredService<IngestMetrics>(), time);
    }

    /// <summary>A host that logs to the error stream as all of ingest does.</summary>
    public static WebApplicationBuilder CreateBuilder()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.ColorBehavior = LoggerColorBehavior.Disabled;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);

        // The host prints a stack trace when it cannot start; the person who started it gets our one sentence instead.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        return builder;
    }
}
