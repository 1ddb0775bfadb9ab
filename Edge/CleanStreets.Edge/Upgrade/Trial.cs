using CleanStreets.Edge.Service;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Upgrade;

/// <summary>The first minutes of a new release: it says that it is ready only when it has shown that it works.</summary>
/// <remarks>
/// Healthy is: a link, and whatever flowed before the upgrade (readings stored by the city, the camera's frames). Until then systemd counts it as starting and ends it in time;
/// root's half counts the starts and goes back. File <c>link</c> says whether it ever had a link: a release that had none, as in a place without a net, is tried again later.
/// </remarks>
internal sealed class Trial(InstalledProgram program, UpgradeFolder folder, string state, Func<string, bool> flows, TimeProvider time, ILogger logger)
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
            var hadLink = Note(id, hasLink: false);
            while (!wanted.TrueForAll(name => flows(name)))
            {
                hadLink = hadLink || (flows(Link) && Note(id, hasLink: true));
                await timer.WaitForNextTickAsync(stop);
            }

            StateFile.Write(Path.Combine(state, "healthy"), id); // Before READY=1: systemd asks root's half then, and that looks for it.
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

    /// <summary>Notes for root's half whether this trial has had a link, in this start or in one before.</summary>
    /// <returns>Whether it has.</returns>
    private bool Note(string id, bool hasLink)
    {
        var file = Path.Combine(state, "link");
        if (StateFile.Value(file, id) == "had")
        {
            return true;
        }

        StateFile.Write(file, [$"{id} {(hasLink ? "had" : "none")}"]);
        return hasLink;
    }
}
