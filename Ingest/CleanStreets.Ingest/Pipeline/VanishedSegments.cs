using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Disk;
using CleanStreets.Ingest.Measure;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>The file of streets that a change of the network left without a place, until their retained scores are cleared: one id a line.</summary>
/// <remarks>
/// It is on disk before the new network is: whenever the process ends in between, the next start either sees the change again or finds the file.
/// It goes when whoever retains the scores has taken their clearing. Whole or not at all; a line that is no id is passed over.
/// </remarks>
internal static class VanishedSegments
{
    /// <summary>Those whose scores are not known to be cleared.</summary>
    public static IReadOnlyList<SegmentId> Read(string path)
    {
        var segments = new List<SegmentId>();
        foreach (var line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            if (SegmentId.TryCreate(line, out var segment))
            {
                segments.Add(segment);
            }
        }

        return segments;
    }

    /// <summary>Keeps them in the place of those before.</summary>
    public static void Keep(string path, IReadOnlyList<SegmentId> segments) =>
        DurableFile.Replace(path, Encoding.UTF8.GetBytes(string.Concat(segments.Select(segment => segment.Value + "\n"))));

    /// <summary>All are cleared.</summary>
    public static void Forget(string path)
    {
        File.Delete(path);
        DirectoryFlush.Flush(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
