using CleanStreets.Edge.Spool;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Support;

/// <summary>Waiting for the end of a commit.</summary>
internal static class SpoolRest
{
    /// <summary>
    /// Waits until a commit of which something has been seen is over. Its readings show first; pictures, chunks that begin and end, and what goes for want of room come behind.
    /// </summary>
    public static Task RestsAsync(this FleetSpool spool) => Eventually.TrueAsync("the commit is over", () => spool.Progress.IsResting);
}
