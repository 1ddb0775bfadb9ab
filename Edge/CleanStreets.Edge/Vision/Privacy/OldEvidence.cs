using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Vision.Privacy;

/// <summary>Removes the pictures that agents before kept in clear text in a folder of their own: they lack what the city wants to know of a picture, and nothing is left in clear text.</summary>
internal static class OldEvidence
{
    /// <summary>Removes the folder with its pictures, if there is one.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public static void Remove(string folder, ILogger logger)
    {
        if (Directory.Exists(folder))
        {
            var pictures = Directory.GetFiles(folder).Length;
            Directory.Delete(folder, recursive: true);
            VisionLog.OldEvidenceRemoved(logger, folder, pictures);
        }
    }
}
