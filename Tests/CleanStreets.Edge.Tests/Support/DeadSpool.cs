using CleanStreets.Edge.Spool;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Support;

/// <summary>What lies in a spool whose program is dead; looks at a copy, so that nothing is changed.</summary>
internal static class DeadSpool
{
    /// <summary>Unstored sessions and the last sequence of each.</summary>
    public static async Task<Dictionary<(string Truck, string Session), long>> LeftoversAsync(string folder)
    {
        using var copy = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(folder, "*.chunk"))
        {
            File.Copy(file, copy.Combine(Path.GetFileName(file)));
        }

        await using var spool = FleetSpool.Open(new SpoolOptions { Folder = copy.Path, KeyFile = folder + ".key", MayMakeKey = false }, TimeProvider.System, NullLogger.Instance);
        return spool.Leftovers.ToDictionary(s => (s.TruckId.Value, s.SessionId.Value), s => s.CommittedThrough);
    }

    /// <summary>Bytes of a spool that a program may be writing.</summary>
    public static long Bytes(string folder) =>
        Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*.chunk").Sum(f => f.Length) : 0;
}
