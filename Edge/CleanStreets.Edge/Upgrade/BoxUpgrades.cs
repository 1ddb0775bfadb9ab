using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Run;
using CleanStreets.Edge.Service;
using CleanStreets.Edge.Vision;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Upgrade;

/// <summary>Upgrades in one run of the agent: the loop that follows offers, the trial of this release, and the trial of its model.</summary>
internal sealed class BoxUpgrades
{
    /// <summary>The exit code that says: a release or a model waits to be started.</summary>
    public const int RestartCode = 75;

    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly Upgrader _upgrader;
    private readonly InstalledModel _model;
    private readonly UpgradeFolder _modelFolder;
    private readonly Trial _trial;
    private readonly TimeProvider _system;
    private readonly ILogger _logger;

    private BoxUpgrades(EdgeSettings settings, UpgradeSettings upgrade, UploadBudget budget, TimeProvider clock, TimeProvider system, ILogger logger, bool isOnTruck)
    {
        (_system, _logger) = (system, logger);
        var folder = Path.Combine(settings.Data, "upgrade");
        var models = Path.Combine(settings.Data, "models");
        _model = new InstalledModel(models, StateFile.Lines(BootIdFile) is [var boot, ..] ? boot : "unknown");
        _modelFolder = new UpgradeFolder(Path.Combine(folder, Upgrader.Model));
        var program = new InstalledProgram(upgrade.Install);
        _upgrader = new Upgrader(
            new UpgradeOptions
            {
                Ring = upgrade.Ring,
                Folder = folder,
                Models = models,
                Keys = upgrade.Keys,
                Program = program,
                Model = _model,
                HasCamera = settings.Camera is not null,
                BytesASecond = upgrade.BytesASecond,
                Http = () => CityHttp.Create(settings.Mqtt?.Tls),
                MayReceive = () => budget.HasDayLeft,
                Received = budget.Received,
                Flows = () => [.. new[] { Trial.Readings, Trial.Camera }.Where(name => Flows(name))],
            },
            clock,
            logger);
        _trial = new Trial(program, new UpgradeFolder(Path.Combine(folder, Upgrader.Program)), folder, name => (!isOnTruck && name != Trial.Link) || Flows(name), system, logger);
    }

    /// <summary>Whether something flows now: link, readings, camera. Set once the agent stands.</summary>
    public Func<string, bool> Flows { get; set; } = _ => false;

    /// <summary>For the status. Any thread.</summary>
    public UpgradeStatus Status => _upgrader.Status;

    /// <summary>Completes when the agent should stop with <see cref="RestartCode"/>.</summary>
    public Task RestartWanted => _upgrader.RestartWanted;

    /// <summary>Upgrades as the settings want them; null when they want none.</summary>
    /// <param name="settings">The box's settings.</param>
    /// <param name="budget">The day's bytes.</param>
    /// <param name="clock">The truck's clock.</param>
    /// <param name="system">The system's clock, for what is only waited for.</param>
    /// <param name="logger">For the log.</param>
    /// <param name="isOnTruck">Whether readings and pictures can flow; of a box that sits on no truck a link is all that a new release must show.</param>
    public static BoxUpgrades? Of(EdgeSettings settings, UploadBudget budget, TimeProvider clock, TimeProvider system, ILogger logger, bool isOnTruck = true) =>
        settings.Upgrade is { } upgrade ? new BoxUpgrades(settings, upgrade, budget, clock, system, logger, isOnTruck) : null;

    /// <summary>Takes an offer. Any thread.</summary>
    public void Take(string ring, string kind, ReadOnlyMemory<byte> offer) => _upgrader.Take(ring, kind, offer);

    /// <summary>Takes the ring that the city wants. Any thread.</summary>
    public void TakeRing(string? ring) => _upgrader.SetRing(ring);

    /// <summary>Follows offers until stopped, and says that the program is ready when it may.</summary>
    public Task RunAsync(ServiceManager manager, Action sayStatus, CancellationToken stop)
    {
        _upgrader.StatusChanged = sayStatus;
        return Task.WhenAll(_trial.SayReadyAsync(manager, stop), ConfirmModelAsync(stop), _upgrader.RunAsync(stop));
    }

    /// <summary>Opens the camera with the model in use; one on trial that cannot be opened, or has had its starts, gives way to the one before.</summary>
    /// <param name="file">The camera's file.</param>
    /// <param name="open">Opens it.</param>
    /// <exception cref="VisionException">It cannot be opened with the model before either.</exception>
    public CameraLane Open(CameraFile file, Func<CameraFile, CameraLane> open)
    {
        try
        {
            if (_model.Trial is { } manifest && (_modelFolder.RefusalOf(manifest) ?? _model.CountStart()) is { } reason)
            {
                GiveUpModel(manifest, reason);
            }
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            UpgradeLog.Disk(_logger, ex.Message);
        }

        try
        {
            return open(_model.Applied(file));
        }
        catch (VisionException ex) when (_model.Trial is { } manifest)
        {
            GiveUpModel(manifest, ex.Message.TrimEnd('.'));
            return open(_model.Applied(file));
        }
    }

    /// <summary>First it is noted that it is not tried again, then the one before is used: a power cut in between leads back here.</summary>
    private void GiveUpModel(string manifest, string reason)
    {
        UpgradeLog.ModelGivenUp(_logger, reason);
        _modelFolder.Refuse(manifest, reason);
        _model.GoBack(reason);
    }

    private async Task ConfirmModelAsync(CancellationToken stop)
    {
        if (_model.Trial is null)
        {
            return;
        }

        using var timer = new PeriodicTimer(Look, _system);
        try
        {
            while (!Flows(Trial.Camera))
            {
                await timer.WaitForNextTickAsync(stop);
            }

            _model.Confirm();
            UpgradeLog.ModelConfirmed(_logger);
        }
        catch (OperationCanceledException)
        {
            // Stopped before it looked.
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            UpgradeLog.Disk(_logger, ex.Message);
        }
    }
}
