using System.Diagnostics.Metrics;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Enroll;
using CleanStreets.Edge.IotHub;
using CleanStreets.Edge.Position;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Sensors;
using CleanStreets.Edge.Service;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Upgrade;
using CleanStreets.Edge.Vision;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Run;

/// <summary>The life of a truck's box: place and sensors (and camera) to readings, readings to the spool, the spool to the city.</summary>
internal sealed class EdgeRun(EdgeSettings settings, Seat seat, LogFile log, Func<SessionId> newSession, IMeterFactory meters, TimeProvider system, ILoggerFactory loggers, TextWriter output)
{
    /// <summary>How long readings that are not stored may still go when the agent is stopped.</summary>
    public static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan DrainLook = TimeSpan.FromMilliseconds(50);

    private readonly ILogger _logger = loggers.CreateLogger<EdgeRun>();

    /// <summary>Runs until stopped.</summary>
    /// <returns>Why it ended: somebody stopped it, or the city wants something else of the box.</returns>
    /// <exception cref="SpoolException">The disk failed, or another program has the spool.</exception>
    public async Task<RunEnd> RunAsync(CancellationToken stop)
    {
        var truck = TruckId.Parse(settings.TruckId);
        var clock = new TruckClock(system);
        var source = PositionSources.Of(settings.Position, clock, loggers);
        await using var spool = FleetSpool.Open(SpoolPlace.Of(settings, Environment.GetEnvironmentVariable(SpoolPlace.CredentialsVariable)), clock, _logger);
        var sensors = new SensorBoard(clock);
        var keeper = new PositionKeeper(clock, TimeSpan.FromSeconds(settings.Position.StaleSeconds), _logger);
        var budget = new UploadBudget(Path.Combine(settings.Data, "sent-today"), clock);
        var upgrades = BoxUpgrades.Of(settings, budget, clock, system, _logger);
        ReadingMaker? maker = null;
        ReadingMaker? trialMaker = null;
        using var camera = OpenCamera(
            upgrades,
            (reading, look) => maker!.TakeLookAsync(reading, look),
            (reading, look) => trialMaker!.TakeLookAsync(reading, look),
            keeper,
            sensors,
            clock);
        var device = settings.DeviceId ?? seat.Device?.Value;
        var lane = new LiveLane(spool, truck, newSession, (camera?.About ?? new SessionAbout()) with { DeviceId = device });
        var trial = camera?.TrialAbout is { } tried ? new LiveLane(spool, truck, newSession, tried with { DeviceId = device }) : null;
        var isJson = settings.Format is { } wanted ? wanted == "json" : settings.IotHub is not null;
        var format = isJson ? ReadingFormat.Json : ReadingFormat.Protobuf;
        maker = new ReadingMaker(lane, format, keeper, clock, sensors) { HasCamera = camera is not null, IsCameraStuck = () => camera is { IsStuck: true } };
        using var making = maker;
        using var trying = trialMaker = trial is null ? null : new ReadingMaker(trial, format, keeper, clock, new SensorBoard(clock));
        var city = new CitySettings(settings.Rate, maker, budget, _logger, Path.Combine(settings.Data, "city-settings.json")) { TakeRing = upgrades is null ? null : upgrades.TakeRing };
        var counters = new PublishCounters();
        using var renewal = RenewalOf(settings, clock, _logger);
        var health = new HealthReport(settings, spool, keeper, clock, maker, sensors, budget, renewal);
        var commands = new TruckCommands(_logger);
        var publish = LinkOptions.Of(settings) with
        {
            Simulated = source.IsRecording,
            IsClockConfirmed = () => clock.IsFromGnss,
            Camera = () => camera?.Status,
            Model = camera?.Model,
            SendsEvidence = camera is not null || spool.Evidence.Waiting.Count > 0,
            Health = health.Now,
            Settings = () => city.InForce,
            Configure = city.Take,
            Box = seat.Device is { } box ? new BoxTopics(box, commands, seat.IsEnrolled ? assignment => seat.Take(assignment, settings.TruckId) : null) : null,
            Upgrade = upgrades is null ? null : () => upgrades.Status,
            Releases = upgrades is null ? null : upgrades.Take,
        };
        if (settings.IotHub is { } hub)
        {
            publish = HubSetup.Through(publish, settings.TruckId, hub, settings.Data, commands, clock, loggers);
        }

        var links = new FleetLinks(publish.Server, clock, loggers.CreateLogger<FleetLinks>());
        await using var link = new TruckLink(
            truck, lane.Current, Behind(trial?.Current, Leftovers(spool, truck)), spool, () => keeper.Now, publish, counters, links, clock, loggers, budget, lane);
        StatusCommands.Register(commands, truck, link, clock);
        BoxCommands.Register(commands, log, renewal);
        renewal?.Reconnect = link.RenewLinkAsync;
        _ = new EdgeMetrics(meters, spool, counters, () => maker.Made);

        using var takingEnds = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var sendingEnds = new CancellationTokenSource();
        var sending = Task.Run(() => link.RunAsync(sendingEnds.Token), CancellationToken.None);
        var renewing = renewal?.RunAsync(takingEnds.Token) ?? Task.CompletedTask;
        var taking = TakeAsync(source, camera, sensors, maker, clock, takingEnds.Token);
        using var manager = ServiceManager.FromEnvironment();
        var watching = new Watchdog(manager, Parts(spool, link, camera), system, _logger).RunAsync(takingEnds.Token);
        await output.WriteLineAsync($"ready edge truck={truck}");
        await output.FlushAsync(CancellationToken.None);
        var upgrading = UpgradeAsync(upgrades, manager, name => Flows(name, link, lane, keeper, camera), link.SayStatusNow, takingEnds.Token);

        var restart = upgrades?.RestartWanted ?? new TaskCompletionSource().Task;
        var first = await Task.WhenAny(taking, sending, spool.Completion, seat.Ended, restart, upgrading);
        var end = first == seat.Ended ? await seat.Ended : first == restart && !stop.IsCancellationRequested ? RunEnd.Restart : RunEnd.Stopped;
        if (!end.IsMove)
        {
            manager.Stopping();
        }

        await takingEnds.CancelAsync();
        await watching;
        await renewing;
        await upgrading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await taking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if ((stop.IsCancellationRequested || end.IsRestart) && !spool.Completion.IsCompleted && !sending.IsCompleted)
        {
            await DrainAsync(link, clock);
        }

        await sendingEnds.CancelAsync();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first; // A broken spool, or a bug, throws here.
        return end;
    }

    /// <summary>Who looks after the certificate of an enrolled box; null: nobody.</summary>
    internal static CertificateRenewal? RenewalOf(EdgeSettings settings, TimeProvider clock, ILogger logger) =>
        settings is { City: { } city, Mqtt.Tls.RootsFile: { } authority } ? new CertificateRenewal(city, BoxIdentity.In(settings.Data), authority, clock, logger) : null;

    /// <summary>Follows upgrades until stopped; a box that takes none is ready at once.</summary>
    internal static async Task UpgradeAsync(BoxUpgrades? upgrades, ServiceManager manager, Func<string, bool> flows, Action sayStatus, CancellationToken stop)
    {
        if (upgrades is null)
        {
            manager.Ready();
            await Task.Delay(Timeout.InfiniteTimeSpan, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        upgrades.Flows = flows;
        await upgrades.RunAsync(manager, sayStatus, stop);
    }

    private static List<(string Name, Func<Progress> Look)> Parts(FleetSpool spool, TruckLink link, CameraLane? camera)
    {
        List<(string, Func<Progress>)> parts = [("The spool", () => spool.Progress), ("The link", () => link.Progress)];
        if (camera is not null)
        {
            parts.Add(("The camera", () => camera.Progress));
        }

        return parts;
    }

    private static bool Flows(string name, TruckLink link, LiveLane lane, PositionKeeper keeper, CameraLane? camera) => name switch
    {
        Trial.Link => link.IsConnected,
        Trial.Readings => keeper.Now is not null && lane.Current.StoredThrough > 0,
        _ => camera is { Status.FramesPerSecond: > 0 },
    };

    // Readings of a trial go after those of now, and before what waits from earlier.
    private static IEnumerable<SpoolSession> Behind(SpoolSession? trial, List<SpoolSession> leftovers) => trial is null ? leftovers : leftovers.Prepend(trial);

    private CameraLane? OpenCamera(
        BoxUpgrades? upgrades, Func<Reading, StreetLook, ValueTask> take, Func<Reading, StreetLook, ValueTask> takeTrial, PositionKeeper keeper, SensorBoard sensors, TruckClock clock)
    {
        if (settings.Camera is not { } file)
        {
            return null;
        }

        try
        {
            var read = CameraFile.Read(file);
            return upgrades is null ? Open(read) : upgrades.Open(read, Open);
        }
        catch (VisionException unusable)
        {
            RunLog.NoCamera(_logger, unusable.Message);
            return null;
        }

        CameraLane Open(CameraFile used) => CameraLane.Open(
            used, settings.Data, _ => keeper.Vehicle with { IsWet = sensors.IsRaining }, take, clock, loggers, takeTrial);
    }

    private List<SpoolSession> Leftovers(FleetSpool spool, TruckId truck)
    {
        if (seat.IsEnrolled)
        {
            return [.. spool.Leftovers]; // The registry knows where this box sat when, so each goes as what it was taken on.
        }

        foreach (var other in spool.Leftovers.Where(session => session.TruckId != truck).GroupBy(session => session.TruckId))
        {
            RunLog.OtherTruck(_logger, other.Sum(session => session.Unstored), other.Key.Value);
        }

        return [.. spool.Leftovers.Where(session => session.TruckId == truck)];
    }

    /// <summary>Takes until stopped. A recording that ends leaves the box running: what waits is still sent.</summary>
    private async Task TakeAsync(IPositionSource source, CameraLane? camera, SensorBoard sensors, ReadingMaker maker, TruckClock clock, CancellationToken stop)
    {
        var parts = settings.Sensors.Select(sensor => SensorRunner.RunAsync(sensor, sensors, clock, loggers, stop)).ToList();
        parts.Add(source.RunAsync(maker.TakeFixAsync, stop));
        if (camera is not null)
        {
            parts.Add(LookAsync(camera, maker, stop));
        }

        parts.Add(Task.Delay(Timeout.InfiniteTimeSpan, clock, stop));
        while (parts.Count > 0)
        {
            var ended = await Task.WhenAny(parts);
            if (ended.IsFaulted)
            {
                await ended;
            }

            parts.Remove(ended);
        }
    }

    private static async Task LookAsync(CameraLane camera, ReadingMaker maker, CancellationToken stop)
    {
        try
        {
            await camera.RunAsync(stop);
        }
        finally
        {
            maker.HasCamera = false; // A recording has ended: positions go on alone.
        }
    }

    private async Task DrainAsync(TruckLink link, TruckClock clock)
    {
        RunLog.Draining(_logger, link.Unstored, DrainPatience.TotalSeconds);
        link.Drain();
        var began = clock.GetTimestamp();
        while (link.IsConnected && link.Unstored > 0 && clock.GetElapsedTime(began) < DrainPatience)
        {
            await Task.Delay(DrainLook, clock);
        }
    }
}
