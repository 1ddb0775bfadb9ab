using System.Text;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Measure;
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
    /// <param name="measure">Where it is noted when a method came into force.</param>
    /// <param name="now">Now.</param>
    /// <param name="logger">Hears of a file that is damaged.</param>
    /// <exception cref="UsageException">There is no such method.</exception>
    public static CrowMethod Load(string? asked, IngestPaths paths, MeasureBook measure, DateTimeOffset now, ILogger logger)
    {
        var before = HasBegun(paths) ? Known(paths, measure, logger) : null;
        var name = asked ?? before ?? ScoreMethods.Default;
        var method = ScoreMethods.Find(name)
            ?? throw new UsageException($"There is no scoring method '{name}'. There are {string.Join(", ", ScoreMethods.Names)}: name one with --method.");
        if (!File.Exists(paths.Method) || File.ReadAllText(paths.Method) != name)
        {
            DurableFile.Replace(paths.Method, Encoding.ASCII.GetBytes(name));
        }

        if (before is not null && ScoreMethods.Find(before) is not null)
        {
            measure.NoteMethod(before, measure.History.Methods.Count == 0 ? null : now);
        }

        measure.NoteMethod(name, now);

        return method;
    }

    /// <summary>The method that ingest uses, or would use, in a folder.</summary>
    public static string InUse(IngestPaths paths) =>
        File.Exists(paths.Method) ? File.ReadAllText(paths.Method).Trim()
        : HasBegun(paths) ? First
        : ScoreMethods.Default;

    /// <summary>The method that was used last. Where its file is damaged, the notes know it too; one that neither knows stays as it is said, and is refused.</summary>
    private static string Known(IngestPaths paths, MeasureBook measure, ILogger logger)
    {
        var name = InUse(paths);
        if (ScoreMethods.Find(name) is null && measure.History.Methods is [.., var last] && ScoreMethods.Find(last.Method) is not null)
        {
            logger.MethodDamaged(paths.Method, last.Method);
            return last.Method;
        }

        return name;
    }

    private static bool HasBegun(IngestPaths paths) => File.Exists(paths.Method)
        || (Directory.Exists(paths.Journal) && Directory.EnumerateFiles(paths.Journal, "*" + JournalFormat.FileExtension).Any());
}
