using CleanStreets.Edge.Spool;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Publish;

/// <summary>Keeps a reading that the city never stores, encoded as it lay on the spool, in a sealed file of its own.</summary>
internal static class SetAside
{
    /// <summary>Writes the file, whose name says neither truck nor session; false when the disk does not take it: then the reading has to stay on the spool.</summary>
    public static bool TryKeep(string folder, SealingKey key, SpoolSession session, SpooledReading reading, ILogger logger)
    {
        var (truck, name) = (session.TruckId.Value, session.SessionId.Value);
        try
        {
            Directory.CreateDirectory(folder);
            SealedFile.Write(Path.Combine(folder, key.NameOf($"{truck}~{name}~{reading.Sequence}") + ".reading"), key, reading.Encoded.Span);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            PublishLog.SetAsideFailed(logger, truck, name, reading.Sequence, folder, ex.Message);
            return false;
        }

        PublishLog.SetAside(logger, truck, name, reading.Sequence, folder);
        return true;
    }
}
