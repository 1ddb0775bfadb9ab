namespace CleanStreets.Edge.Upgrade;

/// <summary>Takes a model that has come: unpacks it, tries it, and puts it in its place for the next start.</summary>
internal sealed class ModelIntake(string models, InstalledModel installed, TimeProvider clock)
{
    private const int MostTries = 3;

    /// <summary>Takes the model in a folder; one that cannot be used is not tried again.</summary>
    /// <exception cref="UpgradeException">It cannot be used.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public async Task TakeAsync(ReleaseManifest release, UpgradeFolder folder, CancellationToken stop)
    {
        var unpacked = Path.Combine(models, ".new");
        try
        {
            await ModelRelease.UnpackAsync(folder.Archive, unpacked, stop);
            await TryAsync(unpacked, folder, stop);
        }
        catch (UpgradeException ex)
        {
            folder.Refuse(release.Id, ex.Message);
            Directory.Delete(unpacked, recursive: true);
            throw;
        }

        installed.Begin(release, unpacked);
    }

    /// <summary>Tries it. What takes the agent with it, as when memory runs out, is noted before, so that it does not do so for ever.</summary>
    private async Task TryAsync(string unpacked, UpgradeFolder folder, CancellationToken stop)
    {
        var before = folder.Tried;
        if (before >= MostTries)
        {
            throw new UpgradeException($"the agent ended {MostTries} times while it was tried");
        }

        folder.NoteTries(before + 1);
        try
        {
            await ModelRelease.TryAsync(unpacked, clock, stop);
        }
        catch (OperationCanceledException)
        {
            folder.NoteTries(before); // Somebody stopped the agent: not the model's doing.
            throw;
        }
    }
}
