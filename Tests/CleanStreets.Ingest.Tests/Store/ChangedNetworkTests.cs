using System.Net;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Store;

/// <summary>A city draws its streets anew while trucks have a past on them.</summary>
public sealed class ChangedNetworkTests : IAsyncDisposable
{
    private static readonly long Start = DateTimeOffset.UtcNow.AddHours(-3).ToUnixTimeMilliseconds();

    private readonly TemporaryFolder _folder = new();
    private readonly IngestBench _bench = new();

    [Fact]
    public async Task Streets_that_stay_keep_their_history_and_their_passes()
    {
        var city = GeneratedCity.Create(7);
        _bench.Streets = Write("before.geojson", city.Segments);
        await _bench.StartAsync();
        await SendAsync("truck-1", Start);
        await SendAsync("truck-2", Start + 3_600_000);
        var seen = (await _bench.ScoresAsync()).Select(score => score.SegmentId).ToList();
        var before = await LinesAsync(seen, ReadApiPaths.History);
        var passes = await LinesAsync(seen, ReadApiPaths.Passes);
        before.Values.ShouldContain(points => points.Count > 1, "a history of one point would prove nothing");
        var gone = before.First(points => points.Value.Count > 1).Key;

        await _bench.StopAsync();
        _bench.Streets = Write("after.geojson", city.Segments.Where(segment => segment.Id != gone));
        await _bench.StartAsync();
        await _bench.SettledAsync();

        var after = await LinesAsync(seen.Where(segment => segment != gone), ReadApiPaths.History);
        foreach (var (segment, points) in before.Where(entry => entry.Key != gone))
        {
            points.ShouldBeSubsetOf(after[segment], $"history of {segment}");
        }

        // Readings on the vanished street may lie on its neighbours now; far from it nothing may have changed.
        var now = await LinesAsync(seen.Where(segment => segment != gone), ReadApiPaths.Passes);
        var near = city.Segments.Where(segment => Touches(city, segment, gone)).Select(segment => segment.Id).ToHashSet();
        foreach (var (segment, lines) in passes.Where(entry => !near.Contains(entry.Key)))
        {
            now[segment].ShouldBe(lines, $"passes of {segment}");
        }

        (await _bench.Http.GetAsync(new Uri(ReadApiPaths.History.Replace("{segmentId}", gone.Value, StringComparison.Ordinal), UriKind.Relative)))
            .StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        _folder.Dispose();
    }

    private static bool Touches(StreetNetwork city, StreetSegment segment, SegmentId gone)
    {
        city.TryFind(gone, out var vanished);
        int[] ends = [vanished!.FromNode, vanished.ToNode];
        return ends.Contains(segment.FromNode) || ends.Contains(segment.ToNode);
    }

    private string Write(string name, IEnumerable<StreetSegment> segments)
    {
        var path = _folder.Combine(name);
        using var file = File.Create(path);
        StreetFile.WriteGeoJson(
            StreetNetwork.Create(segments.Select(s => new StreetDefinition(s.Id, s.Name, s.Class, s.OneWay, s.Geometry))), file);
        return path;
    }

    private async Task SendAsync(string truck, long start)
    {
        var drive = new Drive(_bench.Network, truck, "s-1", seed: 4, start).Over(20);
        var client = await _bench.ConnectAsync(truck);
        foreach (var batch in drive.Batches(20, ReadingFormat.Json))
        {
            await IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse(truck)), batch);
        }

        await _bench.SettledAsync();
    }

    private async Task<Dictionary<SegmentId, List<string>>> LinesAsync(IEnumerable<SegmentId> segments, string path)
    {
        var lines = new Dictionary<SegmentId, List<string>>();
        foreach (var segment in segments)
        {
            using var answer = JsonDocument.Parse(await _bench.GetAsync(path, segment));
            lines[segment] = [.. answer.RootElement.EnumerateArray().Select(item => item.GetRawText())];
        }

        return lines;
    }
}
