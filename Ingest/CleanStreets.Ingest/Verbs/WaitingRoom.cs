using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Mqtt.Listener;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Ingest.Verbs;

/// <summary>Where a start waits while the disk of its data folder is full: it answers whoever asks, takes nothing, and goes on by itself when there is room.</summary>
/// <remarks>
/// MQTT clients hear Server busy and come again. <c>/healthz</c> says that the process is alive, <c>/readyz</c> and everything else that it is not
/// ready, and why. An address of its own for events is not listened on: Event Grid keeps what it cannot deliver. A disk that becomes full half way through a
/// start brings it back here: what it has written by then it finds at the next try.
/// </remarks>
internal sealed class WaitingRoom(RunSettings settings, TimeProvider time)
{
    /// <summary>What a start writes at most, without a copy of the streets: databases, the heads of files, a lock.</summary>
    private const long NeededBytes = 1 << 20;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly IngestPaths _paths = new(settings.Data);
    private string? _full;
    private string? _said;

    /// <summary>A start that this room had let pass found no room for one of its writes; it is back here, and waits at least a moment.</summary>
    public void FoundFull(string reason) => _full = reason;

    /// <summary>Returns once there is room, which is nearly always at once; false when it was told to stop before.</summary>
    /// <exception cref="MqttListenerException">An address cannot be listened on.</exception>
    public async Task<bool> PassAsync(CancellationToken cancellationToken)
    {
        if ((_full ?? Refusal()) is not { } reason)
        {
            return true;
        }

        _full = null;
        var sentence = $"The disk of {_paths.Data} is full ({reason})";
        await using var app = Build(sentence);
        await using var listener = settings.Listener is { } options
            ? new MqttListener(options with { ServerBusy = true, DataFolder = null }, hook: null, time, NullLogger<MqttListener>.Instance)
            : null;
        await (listener?.StartAsync(cancellationToken) ?? Task.CompletedTask);
        await app.StartAsync(cancellationToken);
        var isNews = _said != sentence;
        if (isNews)
        {
            // Once an episode, however often it is tried.
            _said = sentence;
            app.Logger.WaitsForRoom(sentence);
            Console.WriteLine($"waiting ingest{Addresses(listener, app)}: {sentence}. It starts by itself when there is room.");
        }

        if (!await RoomAsync(app, cancellationToken))
        {
            return false;
        }

        if (isNews)
        {
            app.Logger.HasRoomToStart();
            Console.WriteLine("starting ingest: there is room now.");
        }

        await app.StopAsync(CancellationToken.None);
        return true;
    }

    /// <summary>False: it was told to stop.</summary>
    private async Task<bool> RoomAsync(WebApplication app, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(app.Lifetime.ApplicationStopping, cancellationToken);
        try
        {
            do
            {
                await Task.Delay(Pause, time, stop.Token);
            }
            while (Refusal() is not null);

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private string? Refusal() => RoomProbe.Refusal(_paths.Data, NeededBytes + CopyOfStreetsBytes());

    /// <summary>The first start keeps a copy of the streets that it was given.</summary>
    private long CopyOfStreetsBytes() => settings.Streets is { } streets && File.Exists(streets) && !File.Exists(_paths.Streets) ? new FileInfo(streets).Length : 0;

    private WebApplication Build(string sentence)
    {
        var builder = IngestApp.CreateBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(settings.ReadApi));
        var app = builder.Build();
        var readiness = new Readiness(Ready: false, [new Dependency("journal and stages", DependencyState.Down, $"Nothing is acknowledged: {sentence}. It starts by itself when there is room.")]);
        app.MapProbe("/healthz", () => Results.Text($"ok, but waiting to start: {sentence}\n"));
        app.MapProbe("/readyz", () => Results.Json(readiness, ReadinessJson.Default.Readiness, statusCode: StatusCodes.Status503ServiceUnavailable));
        app.MapProbe("/metrics", () => Results.Text("# TYPE cleanstreets_ingest_journal_full gauge\ncleanstreets_ingest_journal_full 1\n", PrometheusText.ContentType));
        app.MapFallback(context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "10";
            return context.Response.WriteAsync($"{sentence}. It starts by itself when there is room.\n");
        });
        return app;
    }

    private static string Addresses(MqttListener? listener, WebApplication app) =>
        string.Concat(listener?.LocalEndpoints.Select(endpoint => $" {endpoint.Scheme}={endpoint.Address}") ?? [])
        + $" read-api={app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()}";
}
