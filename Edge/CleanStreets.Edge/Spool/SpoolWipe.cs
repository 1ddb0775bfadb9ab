using CleanStreets.Contracts.Disk;

namespace CleanStreets.Edge.Spool;

/// <summary>Makes a spool unreadable for ever: first its key, which is quick and enough, then its files.</summary>
internal static class SpoolWipe
{
    /// <summary>Wipes a spool that nobody has open.</summary>
    /// <returns>Whether the key was destroyed; false when there was none, or it is not ours to destroy.</returns>
    /// <exception cref="IOException">The disk failed: files may be left, and if the key is gone nobody reads them.</exception>
    public static bool Run(SpoolOptions options)
    {
        var isKeyGone = SealingKeyFile.Wipe(options.KeyFile);
        if (!Directory.Exists(options.Folder))
        {
            return isKeyGone;
        }

        foreach (var file in Directory.EnumerateFiles(options.Folder).Where(file => Path.GetFileName(file) != FleetSpool.LockFile))
        {
            File.Delete(file);
        }

        DirectoryFlush.Flush(options.Folder);
        return isKeyGone;
    }
}
