using System.CommandLine;
using System.Net;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Rescore;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Streets;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Verbs;

/// <summary><c>rescore</c>: what another method or setting would change, out of the journal. Ingest may run meanwhile; nothing of its folder is written, but by <c>--backfill</c>.</summary>
internal static class RescoreCommand
{
    private static readonly Option<string> Data = new("--data") { Description = "Ingest's folder, or the data folder that holds it.", Required = true };

    private static readonly Option<string?> Streets = new("--streets") { Description = "GeoJSON of the streets, or generated:SEED. Default: those that ingest uses." };

    private static readonly Option<string?> Method = new("--method") { Description = $"The method that may take the place of the one in use. Default: {ScoreMethods.Default}." };

    private static readonly Option<string?> Against = new("--against") { Description = "The method to compare it with. Default: the one in use." };

    private static readonly Option<string[]> Set = new("--set")
    {
        Description = "Another setting, KEY=VALUE, as often as wanted: crow.overdispersion=2, crow.litter.HalfLifeHours=72, observing.recall=0.9, matching.Lag=8.",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<DateTimeOffset?> AsOf = new("--as-of") { Description = "The moment of all scores, for example 2026-11-01T00:00Z. Default: that of the newest evidence." };

    private static readonly Option<string?> Areas = new("--areas") { Description = "GeoJSON of Polygons or MultiPolygons: what would change by area, too." };

    private static readonly Option<string?> AreaName = new("--area-name") { Description = "Property that names an area. Default: name, district or id." };

    private static readonly Option<string?> Out = new("--out") { Description = "File to write: every street as .csv, or everything as .json." };

    private static readonly Option<string?> Backfill = new("--backfill")
    {
        Description = "Instead: fill what this store misses (its name: sqlite, influx, victoria) from the journal, and take its mark away. With --read-api while ingest runs.",
    };

    private static readonly Option<string[]> Stores = new("--store") { Description = "With --backfill: the stores, as for run. Default: sqlite.", DefaultValueFactory = _ => [] };

    private static readonly Option<IPEndPoint?> ReadApi = EndpointOption.CreateOptional(
        "--read-api", "Where a running ingest answers: the replay is then compared with the scores it shows, to the last bit.", "127.0.0.1:8090");

    public static Command Create(TimeProvider time)
    {
        var command = new Command("rescore", "Say what another method or setting would change, before anyone switches.")
        {
            Data, Streets, Method, Against, Set, AsOf, Areas, AreaName, Out, ReadApi, Backfill, Stores,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, time, Console.Out, Console.Error, cancellationToken));
        return command;
    }

    /// <summary>0 when it is told, 1 when the journal cannot be read or differs from what ingest shows, 2 on wrong use.</summary>
    internal static async Task<int> RunAsync(ParseResult parsed, TimeProvider time, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            return parsed.GetValue(Backfill) is { } store
                ? await FillAsync(parsed, store, time, output, cancellationToken)
                : await CompareAsync(parsed, output, cancellationToken);
        }
        catch (Exception wrong) when (wrong is UsageException or StreetFileException)
        {
            await error.WriteLineAsync($"rescore: {wrong.Message}");
            return Misuse.ExitCode;
        }
        catch (OptionsValidationException invalid)
        {
            await error.WriteLineAsync($"rescore: A setting is out of its range: {string.Join(' ', invalid.Failures)}");
            return Misuse.ExitCode;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or HttpRequestException)
        {
            await error.WriteLineAsync($"rescore: {failed.Message} Run it again; ingest may have removed what it was reading.");
            return 1;
        }
    }

    private static Task<int> FillAsync(ParseResult parsed, string store, TimeProvider time, TextWriter output, CancellationToken cancellationToken)
    {
        // A store holds what the live method says of the streets in use, and nothing else.
        var other = new Option[] { Streets, Method, Against, Set, AsOf, Areas, AreaName, Out }.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false });
        return other is null
            ? new BackfillCommand(parsed.GetRequiredValue(Data), store, parsed.GetValue(Stores)!, parsed.GetValue(ReadApi), time).RunAsync(output, cancellationToken)
            : throw new UsageException($"{other.Name} does not go with --backfill: a store is filled with what the method and the streets in use give.");
    }

    private static async Task<int> CompareAsync(ParseResult parsed, TextWriter output, CancellationToken cancellationToken)
    {
        var file = parsed.GetValue(Out);
        if (file is not null)
        {
            RescoreFile.DemandEnding(file);
        }

        var paths = RescoreFolder.Find(parsed.GetRequiredValue(Data));
        var network = RescoreFolder.Network(parsed.GetValue(Streets), paths);
        var after = ScoringChoice.Of(parsed.GetValue(Method) ?? ScoreMethods.Default, parsed.GetValue(Set)!);
        var before = ScoringChoice.Live(parsed.GetValue(Against) ?? MethodChoice.InUse(paths));
        var areas = ReadAreas(parsed.GetValue(Areas), parsed.GetValue(AreaName));
        var rescorer = new Rescorer(paths, network, RescoreFolder.Options());

        // Asked before the journal is read: what is read then holds everything that these scores are of.
        var live = parsed.GetValue(ReadApi) is { } address ? await ReadLiveAsync(address, cancellationToken) : null;
        var result = ReplayProgress.Run(
            "reading the journal", progress => rescorer.Run(before, after, parsed.GetValue(AsOf)?.ToUnixTimeMilliseconds(), areas, progress));
        RescoreText.Write(result, output);
        var unlike = 0;
        if (live is not null)
        {
            unlike = rescorer.Unlike(result, live).Count;
            await output.WriteLineAsync(unlike == 0
                ? $"The replay gives all {live.Count} scores that ingest shows, to the last bit."
                : $"The replay differs from what ingest shows in {unlike} of {live.Count} scores: readings came in late meanwhile, or ingest runs with other settings or streets.");
        }

        if (file is not null)
        {
            RescoreFile.Write(result, file);
            await output.WriteLineAsync($"Written to {file}");
        }

        return unlike == 0 ? 0 : 1;
    }

    private static IReadOnlyList<Area> ReadAreas(string? path, string? nameProperty)
    {
        if (path is null)
        {
            return [];
        }

        try
        {
            using var stream = File.OpenRead(path);
            return AreaFile.Read(stream, path, nameProperty);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--areas {path}: cannot be read ({problem.Message.TrimEnd('.')}). Name a GeoJSON file of areas.", problem);
        }
    }

    private static async Task<IReadOnlyList<Contracts.Scores.SegmentScore>> ReadLiveAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://{address}") };
        return (await http.GetFromJsonAsync(ReadApiPaths.Scores, ContractJson.Default.IReadOnlyListSegmentScore, cancellationToken))!;
    }
}
