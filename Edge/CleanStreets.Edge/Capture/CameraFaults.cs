namespace CleanStreets.Edge.Capture;

/// <summary>What is wrong with a camera.</summary>
[Flags]
internal enum CameraFaults
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>No frames come.</summary>
    Unplugged = 1,

    /// <summary>The same frame again and again.</summary>
    Frozen = 2,

    /// <summary>Too dark to see anything: covered, or no light.</summary>
    Dark = 4,

    /// <summary>Part of the lens shows the same whatever passes, or all of it has gone soft.</summary>
    Dirty = 8,

    /// <summary>It looks elsewhere than when it was measured: the calibration no longer holds.</summary>
    Moved = 16,
}

/// <summary>What follows from them.</summary>
internal static class CameraFaultsExtensions
{
    /// <summary>Whether nothing that the camera shows may count as seen.</summary>
    public static bool IsBlind(this CameraFaults faults) => (faults & (CameraFaults.Unplugged | CameraFaults.Frozen | CameraFaults.Dark | CameraFaults.Moved)) != CameraFaults.None;

    /// <summary>The single words, for logs and status.</summary>
    public static IReadOnlyList<string> Words(this CameraFaults faults) =>
        [.. Enum.GetValues<CameraFaults>().Where(fault => fault != CameraFaults.None && faults.HasFlag(fault)).Select(fault => fault.ToString().ToLowerInvariant())];
}
