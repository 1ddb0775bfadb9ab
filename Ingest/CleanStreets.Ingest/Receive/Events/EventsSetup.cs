using System.Net;
using CleanStreets.Ingest.Pipeline;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Receive.Events;

/// <summary>Joins the endpoint for events to the host.</summary>
internal static class EventsSetup
{
    public static void AddEvents(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<EventsOptions>>().Value);
        services.TryAddSingleton<EventCounters>();
        services.TryAddSingleton<EventKeys>();
        services.TryAddSingleton(provider => new EventBudget(provider.GetRequiredService<IOptions<BudgetOptions>>().Value));
        services.TryAddSingleton(provider => provider.GetRequiredService<IngestPipeline>().Receivers.Events);
        services.TryAddSingleton<EventsApi>();
    }

    /// <summary>Listens for events on an address of their own.</summary>
    /// <exception cref="UsageException">Others would reach it without a key or in clear text, or the certificate cannot be used.</exception>
    public static void ListenForEvents(this KestrelServerOptions kestrel, RunSettings settings)
    {
        if (settings.Events is not { } endpoint)
        {
            return;
        }

        var options = kestrel.ApplicationServices.GetRequiredService<EventsOptions>();
        var keys = kestrel.ApplicationServices.GetRequiredService<EventKeys>();
        var certificate = options.CertificateFile is { } path ? new EventsCertificate(path, options.CertificateKeyFile) : null;
        if (!IPAddress.IsLoopback(endpoint.Address) && !settings.Insecure && (!keys.Any || certificate is null))
        {
            throw new UsageException(
                $"--events {endpoint}: other machines would send {(keys.Any ? "in clear text: name a certificate with Ingest__Events__CertificateFile" : "without a key: set one with Ingest__Events__Key")}, keep to 127.0.0.1, or say --insecure-beyond-loopback.");
        }

        kestrel.Listen(endpoint, listen =>
        {
            listen.Use(next => connection =>
            {
                connection.Features.Set(EventsOnly.Mark);
                return next(connection);
            });
            if (certificate is not null)
            {
                listen.UseHttps(https => https.ServerCertificateSelector = (_, _) => certificate.Current);
            }
        });
    }

    /// <summary>Serves the endpoint; on an address of its own nothing else is served.</summary>
    public static void MapEvents(this WebApplication app, IngestPipeline pipeline)
    {
        app.Use((context, next) =>
        {
            if (context.Features.Get<EventsOnly>() is null || context.Request.Path == EventsApi.Path)
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        app.Services.GetRequiredService<EventsApi>().Map(app, pipeline.Completion);
    }

    /// <summary>Stands on connections that came in where only events are taken.</summary>
    private sealed class EventsOnly
    {
        public static readonly EventsOnly Mark = new();
    }
}
