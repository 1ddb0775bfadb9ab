using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Rescore;

/// <summary>Finds what a replay needs, without writing anything.</summary>
internal static class RescoreFolder
{
    /// <summary>Ingest's folder, given itself or the data folder that holds it.</summary>
    /// <exception cref="UsageException">There is no journal in it.</exception>
    public static IngestPaths Find(string data) =>
        new[] { data, Path.Combine(data, "ingest") }.Select(folder => new IngestPaths(folder))
            .FirstOrDefault(paths => Directory.Exists(paths.Journal) && Directory.EnumerateFiles(paths.Journal, "*" + JournalFormat.FileExtension).Any())
        ?? throw new UsageException($"There is no journal in {data}: name the folder that was given to --data.");

    /// <summary>The streets named, or those that ingest uses.</summary>
    /// <exception cref="UsageException">They cannot be read.</exception>
    public static StreetNetwork Network(string? streets, IngestPaths paths) => streets is null && !File.Exists(paths.Streets)
        ? throw new UsageException($"There are no streets in {paths.Data}: name them with --streets.")
        : StreetSource.Read(streets ?? paths.Streets);

    /// <summary>The settings that ingest would have in this environment.</summary>
    public static IngestOptions Options() => IngestServices.ReadOptions(new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true).AddEnvironmentVariables().Build());
}
