using CleanStreets.Edge.Spool;

namespace CleanStreets.Edge.Publish;

/// <summary>Keeps a reading that the city never stores, as a batch of one in a file of its own.</summary>
internal static class SetAside
{
    public static void Keep(string folder, SpoolSession session, SpooledReading reading)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{session.TruckId}.{session.SessionId}.{reading.Sequence}.reading");
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        file.Write(reading.Encoded.Span);
        file.Flush(flushToDisk: true);
    }
}
