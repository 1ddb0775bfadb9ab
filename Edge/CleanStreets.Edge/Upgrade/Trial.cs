using CleanStreets.Edge.Service;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Upgrade;

/// <summary>The first minutes of a new release: it says that it is ready only when it has shown that it works.</summary>
/// <remarks>
/// Healthy is: a link, and whatever flowed before the upgrade (readings stored by the city, the camera's frames). Until then systemd counts it as starting and ends it in time;
/// root's half counts the starts and goes back.
/// </remarks>
internal sealed class Trial(InstalledProgram program, UpgradeFolder folder, string healthyFile, Func<string, bool> flows, TimeProvider time, ILogger logger)
{
    /// <summary>What can flow.</summary>
    public const string Link = "link", Readings = "readings", Camera = "camera";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>Says that the program is ready: at once, or when a release on trial is healthy.</summary>
    public async Task SayReadyAsync(ServiceManager manager, CancellationToken stop)
    {
        if (program.TrialId is not { } id)
        {
            manager.Ready();
            return;
        }

        List<string> wanted = [Link, .. folder.Flows];
        UpgradeLog.OnTrial(logger, string.Join(", ", wanted));
        using var timer = new PeriodicTimer(Look, time);
        try
        {
            while (!wanted.TrueForAll(name => flows(name)))
            {
                await timer.WaitForNextTickAsync(stop);
            }

            StateFile.Write(healthyFile, id); // Before READY=1: systemd asks root's half then, and that looks for it.
            UpgradeLog.Healthy(logger);
            manager.Ready();
        }
        catch (OperationCanceledException)
        {
            // Stopped before it was.
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            UpgradeLog.Disk(logger, ex.Message);
        }
    }
}
