using System.Buffers.Binary;
using System.Net;
using System.Text;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Scores;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Dashboard.Live;
using CleanStreets.Dashboard.Map;
using CleanStreets.Dashboard.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CleanStreets.Dashboard.Tests.Live;

public sealed class LiveStreamTests : DashboardTest
{
    [Fact]
    public async Task Score_over_mqtt_reaches_the_browser_and_the_snapshot()
    {
        using var browser = await Dashboard.LogInWithStreetsAsync("viewer");
        using var stream = await EventStream.OpenAsync(browser);
        stream.ContentType.ShouldBe("text/event-stream");
        (await stream.NextAsync())!.Value.Type.ShouldBe("hello");

        var seenAt = DateTimeOffset.UtcNow.AddMinutes(-3);
        City.Publish(Streets.Score(7, Grade.D, seenAt));

        var segment = (await stream.NextAsync("seg", data => IsAbout(data, 7))).Data.GetProperty("segments")[0];
        segment.EnumerateArray().Select(number => number.GetInt64()).ShouldBe([7L, 4, 0, 450, 420, 490, seenAt.ToUnixTimeSeconds()]);

        var state = await browser.GetByteArrayAsync("/api/map/state");
        var record = state.AsSpan(MapStateCodec.HeaderSize + (7 * MapStateCodec.RecordSize));
        record[0].ShouldBe((byte)4);
        BinaryPrimitives.ReadUInt16LittleEndian(record[2..]).ShouldBe((ushort)450);
        state[MapStateCodec.HeaderSize].ShouldBe(SegmentCode.NotSeen, "street 0 was never seen");
    }

    [Fact]
    public async Task Browser_that_comes_back_gets_what_it_missed()
    {
        using var browser = await Dashboard.LogInWithStreetsAsync("viewer");
        string? last;
        using (var stream = await EventStream.OpenAsync(browser))
        {
            await stream.NextAsync("hello");
            City.Publish(Streets.Score(1, Grade.B, DateTimeOffset.UtcNow));
            last = (await stream.NextAsync("seg", data => IsAbout(data, 1))).Id;
        }

        City.Publish(Streets.Score(2, Grade.C, DateTimeOffset.UtcNow));
        await WaitForGradeAsync(browser, 2, 3);

        using var again = await EventStream.OpenAsync(browser, last);
        (await again.NextAsync())!.Value.Type.ShouldBe("hello");
        var missed = (await again.NextAsync())!.Value;
        (missed.Type, IsAbout(missed.Data, 2)).ShouldBe(("seg", true));
        long.Parse(missed.Id!).ShouldBeGreaterThan(long.Parse(last!));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("9000000000000000")]
    public async Task Browser_with_an_unknown_event_id_is_told_to_start_afresh(string lastEventId)
    {
        using var browser = await Dashboard.LogInWithStreetsAsync("viewer");
        using var stream = await EventStream.OpenAsync(browser, lastEventId);
        (await stream.NextAsync())!.Value.Type.ShouldBe("hello");
        (await stream.NextAsync())!.Value.Type.ShouldBe("reset");
    }

    [Fact]
    public async Task Trucks_move_for_those_who_watch_and_stay_hidden_from_crews()
    {
        using var viewer = await Dashboard.LogInWithStreetsAsync("viewer");
        using var crew = await Dashboard.LogInAsync("crew-1");
        using var watched = await EventStream.OpenAsync(viewer);
        using var hidden = await EventStream.OpenAsync(crew);
        await watched.NextAsync("hello");
        await hidden.NextAsync("hello");

        City.Publish(new TruckStatus
        {
            TruckId = TruckId.Parse("truck-1"),
            State = TruckState.Ready,
            At = DateTimeOffset.UtcNow,
            Position = new TruckPosition(37.81, -122.3, 90, 5),
            Simulated = true,
        });
        var truck = (await watched.NextAsync("trucks")).Data.GetProperty("trucks")[0];
        truck.GetProperty("state").GetString().ShouldBe("ready");
        truck.GetProperty("position").GetProperty("latitude").GetDouble().ShouldBe(37.81);
        (await viewer.GetJsonAsync("/api/trucks")).GetProperty("trucks")[0].GetProperty("simulated").GetBoolean().ShouldBeTrue();

        // The score comes after the truck: when the crew hears it without the truck, the truck was kept from it.
        City.Publish(Streets.Score(3, Grade.B, DateTimeOffset.UtcNow));
        while ((await hidden.NextAsync())!.Value is var next && next.Type != "seg")
        {
            next.Type.ShouldNotBe("trucks");
        }
    }

    [Fact]
    public async Task Last_score_of_a_topic_wins_and_an_empty_one_clears()
    {
        using var browser = await Dashboard.LogInWithStreetsAsync("viewer");
        var now = DateTimeOffset.UtcNow;
        City.Publish(Streets.Score(4, Grade.D, now));
        await WaitForGradeAsync(browser, 4, 4);
        City.Publish(Streets.Score(4, Grade.APlus, now.AddHours(-1)));
        await WaitForGradeAsync(browser, 4, 0);

        City.Publish(Topics.Default.Scores(SegmentId.Parse("s-4")), []);
        await WaitForGradeAsync(browser, 4, SegmentCode.NotSeen);
    }

    [Fact]
    public async Task Messages_against_the_contract_are_counted_and_harm_nobody()
    {
        using var browser = await Dashboard.LogInWithStreetsAsync("dispatcher");
        City.Publish("cleanstreets/v1/scores/s-1", Encoding.UTF8.GetBytes("{\"segmentId\":\"s-2\"}"));
        City.Publish("cleanstreets/v1/scores/s-2", Encoding.UTF8.GetBytes("<script>"));
        City.Publish("cleanstreets/v1/status/truck-1", [0xFF, 0x00]);
        City.Publish(Streets.Score(6, Grade.A, DateTimeOffset.UtcNow));
        await WaitForGradeAsync(browser, 6, 1);

        // What is retained comes in any order, and once more after each loss of the link.
        var unreadable = 0L;
        await Eventually.TrueAsync(
            "all three are counted", async () => (unreadable = (await browser.GetJsonAsync("/api/health")).GetProperty("unreadableMessages").GetInt64()) >= 3);
        (unreadable % 3).ShouldBe(0);
    }

    [Fact]
    public async Task New_street_network_is_told_and_its_old_tiles_are_gone()
    {
        using var browser = await Dashboard.LogInWithStreetsAsync("viewer");
        using var stream = await EventStream.OpenAsync(browser);
        await stream.NextAsync("hello");
        (City.StreetCount, City.NetworkVersion) = (20, "ffff00001111");

        (await stream.NextAsync("network")).Data.GetProperty("networkVersion").GetString().ShouldBe("ffff00001111");
        (await browser.GetJsonAsync("/api/map/tilejson")).GetProperty("segments").GetInt32().ShouldBe(20);
        using var old = await browser.GetAsync($"/tiles/{Streets.Version}/12/656/1582.mvt");
        old.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Stopping_ends_open_streams_at_once()
    {
        using var browser = await Dashboard.LogInWithStreetsAsync("viewer");
        using var stream = await EventStream.OpenAsync(browser);
        await stream.NextAsync("hello");
        var lifetime = Dashboard.Services.GetRequiredService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>();
        lifetime.StopApplication();
        while (await stream.NextAsync() is not null)
        {
        }
    }

    private static bool IsAbout(System.Text.Json.JsonElement data, int index) =>
        data.GetProperty("segments").EnumerateArray().Any(segment => segment[0].GetInt32() == index);

    private static async Task<byte> GradeAsync(HttpClient browser, int index) =>
        (await browser.GetByteArrayAsync("/api/map/state"))[MapStateCodec.HeaderSize + (index * MapStateCodec.RecordSize)];

    private static Task<string> WaitForGradeAsync(HttpClient browser, int index, byte grade) =>
        Eventually.GetAsync($"street {index} becomes {grade}", async () => await GradeAsync(browser, index) == grade ? "yes" : null);
}
