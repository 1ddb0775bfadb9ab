namespace CleanStreets.Edge.Run;

/// <summary>Whether an agent runs on a folder of data: it holds the spool's lock while it does.</summary>
internal static class AgentLock
{
    /// <summary>Whether one does; no when nobody can tell.</summary>
    public static bool IsHeld(string data)
    {
        try
        {
            using var held = new FileStream(Path.Combine(data, "spool", Spool.FleetSpool.LockFile), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception ex) when (ex is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
