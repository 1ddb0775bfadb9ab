using CleanStreets.Contracts.Disk;

namespace CleanStreets.Ingest.Measure;

/// <summary>A small file that is there whole or not at all, also after a power cut.</summary>
internal static class DurableFile
{
    /// <summary>Puts <paramref name="bytes"/> in the place of what the file held.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        var next = path + ".next";
        using (var stream = File.Create(next))
        {
            stream.Write(bytes);
            stream.Flush();
            FileFlush.Flush(stream.SafeFileHandle);
        }

        File.Move(next, path, overwrite: true);
        DirectoryFlush.Flush(folder);
    }
}
