using System.Net;
using System.Net.Sockets;
using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Crews;
using CleanStreets.Dashboard.Data;
using CleanStreets.Dashboard.Evidence;
using CleanStreets.Dashboard.Fleet;
using CleanStreets.Dashboard.Health;
using CleanStreets.Dashboard.Ingest;
using CleanStreets.Dashboard.Live;
using CleanStreets.Dashboard.Map;
using CleanStreets.Dashboard.Quarantine;
using CleanStreets.Dashboard.Scorecards;
using CleanStreets.Dashboard.Segments;
using CleanStreets.Dashboard.Trucks;
using CleanStreets.Dashboard.Web;
using CleanStreets.Dashboard.WorkOrders;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace CleanStreets.Dashboard;

/// <summary>The program put together; what each verb means stands beside what it adds.</summary>
internal static class DashboardApp
{
    /// <summary>Builds the program; nothing runs before it is started.</summary>
    /// <exception cref="DashboardStartException">It cannot run as it was told to.</exception>
    public static WebApplication Build(DashboardOptions options, TimeProvider time)
    {
        var endpoint = options.Http.ToEndpoint() ?? throw new DashboardStartException($"'{options.Http.Host}' is not an address to listen on: give --http an IP address, localhost or *.");
        DemandFree(endpoint, options.Http, "--http");
        if (options.Fleet is { } door)
        {
            DemandFree(
                door.Door.ToEndpoint() ?? throw new DashboardStartException($"'{door.Door.Host}' is not an address to listen on: give --fleet an IP address, localhost or *."), door.Door, "--fleet");
        }

        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "CleanStreets.Dashboard", ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024; // Our largest body is a note of 500 characters.
            kestrel.Listen(endpoint);
            if (options.Fleet is { } fleet)
            {
                kestrel.ListenForBoxes(fleet, kestrel.ApplicationServices.GetRequiredService<FleetFiles>());
            }
        });
        builder.Logging.AddDashboardConsole();
        builder.Services.AddDashboard(options, time, DashboardDatabase.Open(options.DataFolder));
        builder.Services.AddFleet(options, options.Fleet is null ? null : FleetDatabase.Open(options.DataFolder), time);

        var app = builder.Build();
        PrepareDoor(app, options);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseSecurityHeaders();
        app.UseEnrolmentDoor();
        app.UseResponseCompression();
        app.UseOriginGuard();
        var pages = WebPages.FindFolder(options.WebFolder);
        app.UseWebPages(pages);
        app.UseRouting();
        app.UseUnknownPaths(pages);
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapDashboard();
        return app;
    }

    /// <summary>The address that the server listens on, with the port it was given.</summary>
    public static string AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(address => address.StartsWith("http:", StringComparison.Ordinal));

    /// <summary>The address that boxes enrol at, with the port it was given; null: there is no door.</summary>
    public static string? DoorOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.FirstOrDefault(address => address.StartsWith("https:", StringComparison.Ordinal));

    // The door's certificate and ingest's files are there before anybody asks for them.
    private static void PrepareDoor(WebApplication app, DashboardOptions options)
    {
        if (options.Fleet is { } fleet)
        {
            var files = app.Services.GetRequiredService<FleetFiles>();
            files.Write();
            files.EnsureDoor(fleet.Names);
        }
    }

    // Asked before anything is made or started, so that a port in use is one sentence and leaves nothing behind.
    private static void DemandFree(IPEndPoint endpoint, HostPort named, string option)
    {
        try
        {
            using var probe = new TcpListener(endpoint);
            probe.Start();
        }
        catch (SocketException ex)
        {
            throw new DashboardStartException(
                ex.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? $"The address {named} is in use. Stop what uses it or name another with {option}."
                    : $"Nobody can listen on {named}: {ex.Message}. Name another address with {option}.",
                ex);
        }
    }

    private static void AddDashboard(this IServiceCollection services, DashboardOptions options, TimeProvider time, DashboardDatabase database)
    {
        services.AddSingleton(options);
        services.AddSingleton(time);
        services.AddSingleton<Func<Guid>>(() => Guid.CreateVersion7(time.GetUtcNow()));
        services.AddSingleton(_ => database); // By a factory, so that it is disposed with the program.
        services.AddSingleton<DataFolderWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<DataFolderWatch>());
        services.AddSingleton(new Uptime(time.GetUtcNow()));
        services.AddSingleton<TileCache>();
        services.AddAccounts(options);
        services.AddLive();
        services.AddIngest();
        services.AddWorkOrders();
        services.AddSingleton<SegmentDetail>();
        services.AddResponseCompression(compression =>
        {
            // The event stream is not among these: its events must leave one by one.
            compression.MimeTypes = [.. Microsoft.AspNetCore.ResponseCompression.ResponseCompressionDefaults.MimeTypes, "application/octet-stream"];
            compression.EnableForHttps = true; // No secret of ours stands in an answer beside text that a stranger chose.
        });
        services.ConfigureHttpJsonOptions(json => DashboardJson.Configure(json.SerializerOptions));
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = context =>
            context.ProblemDetails.Extensions.TryAdd("code", Problems.CodeOf(context.ProblemDetails.Status)));
    }

    private static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        routes.MapSession();
        routes.MapMap();
        routes.MapLive();
        routes.MapSegments();
        routes.MapOrders();
        routes.MapCandidates();
        routes.MapConfirmations();
        routes.MapEvidence();
        routes.MapCrews();
        routes.MapTrucks();
        routes.MapFleet();
        routes.MapEnrolment();
        routes.MapQuarantine();
        routes.MapMappings();
        routes.MapScorecards();
        routes.MapHealth();
    }

    private static void AddLive(this IServiceCollection services)
    {
        services.AddSingleton<LiveBoard>();
        services.AddSingleton<LiveHub>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveHub>());
    }

    private static void AddIngest(this IServiceCollection services)
    {
        services.AddSingleton<IngestState>();
        services.AddSingleton<ReadApiClient>();
        services.AddSingleton<EvidenceQueue>();
        services.AddSingleton<EvidenceArchive>();
        services.AddSingleton<IngestLink>();
        services.AddHostedService(provider => provider.GetRequiredService<IngestLink>());
        services.AddHostedService<IngestPoll>();
        services.AddHostedService<EvidenceInbox>();
    }

    private static void AddWorkOrders(this IServiceCollection services)
    {
        services.AddSingleton<CrewRoster>();
        services.AddSingleton<OrderStore>();
        services.AddSingleton<FactOutbox>();
        services.AddSingleton<OrderDesk>();
        services.AddHostedService(provider => provider.GetRequiredService<OrderDesk>());
        services.AddHostedService<FactSender>();
    }

    // One line a message, on stderr: stdout belongs to the line that says "ready".
    private static void AddDashboardConsole(this ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "));
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error); // Keys lie in our own folder, readable by its owner only.
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
    }
}
