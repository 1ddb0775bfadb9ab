using System.Globalization;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Disk;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>The street network in use, and what became of the one before.</summary>
/// <param name="Network">The network.</param>
/// <param name="PreviousVersion">Version of the network used before, when it was another one.</param>
/// <param name="Vanished">Segments that one before had and its successor had not, and whose retained scores are not known to be cleared.</param>
internal sealed record StreetSource(StreetNetwork Network, string? PreviousVersion, IReadOnlyList<SegmentId> Vanished)
{
    private const string GeneratedPrefix = "generated:";

    /// <summary>Where a copy of the streets in use was kept that could not be read; null: there was none.</summary>
    public string? Kept { get; private init; }

    /// <summary>Reads the network that was asked for and keeps a copy of it in ingest's own folder.</summary>
    /// <param name="streets">A GeoJSON file, <c>generated:SEED</c>, or null: what was used last, or else a generated city.</param>
    /// <param name="paths">Ingest's folder.</param>
    /// <exception cref="UsageException">The file is missing or is no street network.</exception>
    public static StreetSource Load(string? streets, IngestPaths paths)
    {
        try
        {
            var (before, damage) = LastUsed(paths.Streets);
            if (streets is null && damage is not null)
            {
                throw new UsageException($"{damage.Message} It is ingest's own copy of the streets in use, and is damaged: name the streets with --streets, and it is made anew.", damage);
            }

            var network = streets is null ? before ?? GeneratedCity.Create(seed: 1) : Read(streets);
            var vanished = VanishedSegments.Read(paths.Vanished);
            if (before?.Version == network.Version)
            {
                return new StreetSource(network, null, vanished);
            }

            var kept = damage is null ? null : paths.Streets + ".damaged";
            if (kept is not null)
            {
                File.Move(paths.Streets, kept, overwrite: true);
            }

            // Before the network: after a crash in between, nobody could say any more which streets were there.
            vanished = [.. vanished.Union((before?.Segments ?? []).Where(segment => !network.TryFind(segment.Id, out _)).Select(segment => segment.Id))];
            if (vanished.Count > 0)
            {
                VanishedSegments.Keep(paths.Vanished, vanished);
            }

            Keep(network, paths.Streets);
            return new StreetSource(network, before?.Version, vanished) { Kept = kept };
        }
        catch (StreetFileException ex)
        {
            throw new UsageException(ex.Message, ex);
        }
    }

    private static (StreetNetwork? Network, StreetFileException? Damage) LastUsed(string path)
    {
        try
        {
            return (File.Exists(path) ? StreetFile.Read(path) : null, null);
        }
        catch (StreetFileException damage)
        {
            return (null, damage);
        }
    }

    /// <summary>Reads a network and keeps no copy.</summary>
    /// <param name="streets">A GeoJSON file, or <c>generated:SEED</c>.</param>
    /// <exception cref="UsageException">The seed is no number.</exception>
    /// <exception cref="StreetFileException">The file is missing or is no street network.</exception>
    public static StreetNetwork Read(string streets) => streets.StartsWith(GeneratedPrefix, StringComparison.Ordinal)
        ? Generate(streets[GeneratedPrefix.Length..])
        : StreetFile.Read(streets);

    private static StreetNetwork Generate(string seed) => int.TryParse(seed, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
        ? GeneratedCity.Create(number)
        : throw new UsageException($"'{GeneratedPrefix}{seed}' names no generated city: the seed is a whole number, as in generated:7.");

    private static void Keep(StreetNetwork network, string path)
    {
        var next = path + ".next";
        using (var stream = File.Create(next))
        {
            StreetFile.WriteGeoJson(network, stream);
            stream.Flush();
            FileFlush.Flush(stream.SafeFileHandle);
        }

        File.Move(next, path, overwrite: true);
        DirectoryFlush.Flush(Path.GetDirectoryName(path)!);
    }
}
