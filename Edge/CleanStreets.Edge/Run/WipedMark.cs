using CleanStreets.Contracts.Disk;

namespace CleanStreets.Edge.Run;

/// <summary>File <c>wiped</c> in the data folder: the box has forgotten everything, and its settings are still there because the agent may not remove them.</summary>
/// <remarks>On an installed box they are root's: <c>deploy/edge/switch wanted</c> removes them, and does not let the agent start until somebody enrols the box again.</remarks>
internal static class WipedMark
{
    /// <summary>Whether it is there.</summary>
    public static bool IsSet(string data) => File.Exists(PathIn(data));

    /// <summary>Sets it; on the disk when this returns.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Set(string data) => WholeFile.Write(PathIn(data), "the city wished it\n"u8);

    /// <summary>The box has settings of its own again, or none at all.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Remove(string data) => File.Delete(PathIn(data));

    private static string PathIn(string data) => Path.Combine(data, "wiped");
}
