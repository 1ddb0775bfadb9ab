using System.Text;
using CleanStreets.Contracts.Disk;
using CleanStreets.Ingest.Journal;
using CleanStreets.Scoring.Index;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>By which method a city is scored. It stays what it was: only a person changes it, never an upgrade.</summary>
internal static class MethodChoice
{
    /// <summary>The method of a city that began before there was a choice.</summary>
    private const string First = "crow-1";

    /// <summary>The method in use, kept in ingest's folder.</summary>
    /// <param name="asked">Its name, or null: what was used last, or else the default of a new city.</param>
    /// <param name="paths">Ingest's folder.</param>
    /// <exception cref="UsageException">There is no such method.</exception>
    public static CrowMethod Load(string? asked, IngestPaths paths)
    {
        var name = asked ?? InUse(paths);
        var method = ScoreMethods.Find(name)
            ?? throw new UsageException($"There is no scoring method '{name}'. There are {string.Join(", ", ScoreMethods.Names)}: name one with --method.");
        if (!File.Exists(paths.Method) || File.ReadAllText(paths.Method) != name)
        {
            Keep(name, paths.Method);
        }

        return method;
    }

    /// <summary>The method that ingest uses, or would use, in a folder.</summary>
    public static string InUse(IngestPaths paths) =>
        File.Exists(paths.Method) ? File.ReadAllText(paths.Method).Trim()
        : Directory.Exists(paths.Journal) && Directory.EnumerateFiles(paths.Journal, "*" + JournalFormat.FileExtension).Any() ? First
        : ScoreMethods.Default;

    private static void Keep(string name, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var next = path + ".next";
        using (var stream = File.Create(next))
        {
            stream.Write(Encoding.ASCII.GetBytes(name));
            stream.Flush();
            FileFlush.Flush(stream.SafeFileHandle);
        }

        File.Move(next, path, overwrite: true);
    }
}
