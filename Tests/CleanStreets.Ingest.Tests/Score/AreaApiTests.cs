using System.Net;
using System.Text;
using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;
using CleanStreets.Ingest.Tests.Pipeline;

namespace CleanStreets.Ingest.Tests.Score;

/// <summary>Districts and zones, asked of a running ingest.</summary>
public sealed class AreaApiTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UtcNow.AddHours(-3);

    private readonly IngestBench _bench = new();

    [Fact]
    public async Task Districts_and_a_zone_over_everything_agree_with_the_map_and_with_each_other()
    {
        await DriveAsync();
        var seen = (await _bench.ScoresAsync()).Where(score => score.State == ScoreState.Seen).ToDictionary(score => score.SegmentId);

        var districts = await AskAsync(ReadApiPaths.Areas);
        var everything = (await PostAsync(new AreaQuestion(Zone: All())))!;

        (districts.Question, districts.Method).ShouldBe(("now", "crow-2"));
        districts.Areas.Count.ShouldBe(6);
        var zone = everything.Areas.Single();
        zone.SeenStreets.ShouldBe(seen.Count);
        zone.Streets.ShouldBe(_bench.Network.Segments.Count);
        var mean = seen.Values.Sum(score => score.Index!.Value * Length(score.SegmentId)) / seen.Keys.Sum(Length);
        zone.Index!.Value.ShouldBe(mean, 0.05); // Faded a little since the newest pass of each street.
        zone.Index.Low.ShouldBeLessThan(zone.Index.Value);
        districts.Areas.Sum(area => area.LengthMetres).ShouldBe(zone.LengthMetres, 1);
        districts.Areas.Where(area => area.Index is not null).ShouldAllBe(area => area.Grade != null && area.Passes > 0);
        JsonDocument.Parse(await _bench.GetAsync(ReadApiPaths.AreaOutlines, default)).RootElement.GetProperty("features").GetArrayLength().ShouldBe(6);
    }

    [Fact]
    public async Task Clock_that_is_put_back_by_years_does_not_keep_what_was_reckoned_before()
    {
        var clock = new MovedClock { Offset = TimeSpan.FromDays(7300) };
        _bench.Time = clock;
        await _bench.StartAsync();
        var ahead = await AskAsync(ReadApiPaths.Areas);
        (await AskAsync(ReadApiPaths.Areas)).ComputedAt.ShouldBe(ahead.ComputedAt, "it is kept for some minutes");

        clock.Offset = TimeSpan.Zero;

        (await AskAsync(ReadApiPaths.Areas)).ComputedAt.ShouldBeLessThan(ahead.ComputedAt.AddDays(-7000));
    }

    [Fact]
    public async Task Period_tells_each_truck_and_leaves_out_the_pass_of_one_that_was_sent()
    {
        await DriveAsync();
        var question = new AreaQuestion(Zone: All(), From: Start.AddDays(-1), To: Start.AddDays(1), LeaveOneOut: true);

        var report = (await PostAsync(question))!;

        report.Question.ShouldBe("period");
        report.Areas.Single().Trucks.ShouldBe(1);
        report.Trucks!.Single().ShouldBe(new AreaTruckEffect(TruckId.Parse("truck-1"), null, null, 0));
        report.Areas.Single().SingleSourceShare.ShouldBe(1);

        var passes = report.Areas.Single().Passes;
        var street = (await _bench.ScoresAsync()).First(score => score.State == ScoreState.Seen).SegmentId;
        await SendFactAsync(street);
        (await PostAsync(question))!.Areas.Single().Passes.ShouldBeLessThan(passes);
        var told = JsonSerializer.Deserialize(await _bench.GetAsync(ReadApiPaths.Explain, street), ContractJson.Default.ScoreExplanation)!;
        told.Sentences.ShouldContain(sentence => sentence.Contains("because of work order W-0001", StringComparison.Ordinal));
        told.Passes.ShouldContain(pass => pass.OrderId == OrderId.Parse("W-0001"));
    }

    [Theory]
    [InlineData("", "one of the two")]
    [InlineData("{}", "one of the two")]
    [InlineData("""{"area":"Northwest","zone":[[1,2],[2,3],[3,4]]}""", "one of the two")]
    [InlineData("""{"zone":[[1,2],[2,3]]}""", "3 to 500 corners")]
    [InlineData("""{"zone":[[1,2],[1,2],[1,2]]}""", "3 to 500 corners")]
    [InlineData("""{"zone":[[1,2],[2,300],[3,4]]}""", "3 to 500 corners")]
    [InlineData("""{"zone":[[1,2],[2],[3,4]]}""", "3 to 500 corners")]
    [InlineData("""{"area":"Northwest","from":"2026-11-20T00:00:00Z"}""", "both ends")]
    [InlineData("""{"area":"Northwest","from":"2026-11-20T00:00:00Z","to":"2026-11-20T00:00:00Z"}""", "begins before it ends")]
    [InlineData("""{"area":"Northwest","leaveOneOut":true}""", "asked of a period")]
    public async Task What_cannot_be_asked_is_refused_with_a_sentence(string body, string says)
    {
        await _bench.StartAsync();

        var (status, text) = await PostAsync(body);

        status.ShouldBe(HttpStatusCode.BadRequest);
        text.ShouldContain(says);
        (await PostAsync("""{"area":"nowhere"}""")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private async Task DriveAsync()
    {
        await _bench.StartAsync();
        var client = await _bench.ConnectAsync("truck-1");
        foreach (var batch in new Drive(_bench.Network, "truck-1", "s-1", seed: 4, Start.ToUnixTimeMilliseconds()).Over(15).Batches(20, ReadingFormat.Json))
        {
            await IngestBench.PublishAsync(client, Topics.Default.Readings(TruckId.Parse("truck-1")), batch);
        }

        await _bench.SettledAsync();
    }

    private async Task SendFactAsync(SegmentId street)
    {
        var client = await _bench.ConnectAsync("desk");
        var fact = $$"""{"factId":"f-1","segmentId":"{{street}}","kind":"truck_sent","at":"{{Start.AddMinutes(-1).UtcDateTime:O}}","truckId":"truck-1","orderId":"W-0001"}""";
        await IngestBench.PublishAsync(client, Topics.Default.Facts(street), Encoding.UTF8.GetBytes(fact));
        await _bench.SettledAsync();
    }

    private double Length(SegmentId id) => _bench.Network.TryFind(id, out var segment) ? segment.LengthMetres : 0;

    private double[][] All()
    {
        var points = _bench.Network.Segments.SelectMany(segment => segment.Geometry).ToList();
        var (south, north) = (points.Min(point => point.Latitude) - 0.01, points.Max(point => point.Latitude) + 0.01);
        var (west, east) = (points.Min(point => point.Longitude) - 0.01, points.Max(point => point.Longitude) + 0.01);
        return [[west, south], [east, south], [east, north], [west, north]];
    }

    private async Task<AreaReport> AskAsync(string path) => JsonSerializer.Deserialize(await _bench.GetAsync(path, default), ContractJson.Default.AreaReport)!;

    private async Task<AreaReport?> PostAsync(AreaQuestion question)
    {
        var (status, text) = await PostAsync(JsonSerializer.Serialize(question, ContractJson.Default.AreaQuestion));
        status.ShouldBe(HttpStatusCode.OK, text);
        return JsonSerializer.Deserialize(text, ContractJson.Default.AreaReport);
    }

    private async Task<(HttpStatusCode Status, string Text)> PostAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _bench.Http.PostAsync(new Uri(ReadApiPaths.AreaIndex, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private sealed class MovedClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
