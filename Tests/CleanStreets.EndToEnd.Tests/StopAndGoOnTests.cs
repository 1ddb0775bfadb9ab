using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CleanStreets.Testing;

namespace CleanStreets.EndToEnd.Tests;

public sealed class StopAndGoOnTests
{
    [Fact]
    public async Task Demo_stops_cleanly_on_ctrl_c_and_goes_on_from_the_data_it_had()
    {
        await using var demo = new DemoRun();
        await demo.StartAsync("--trucks", "6", "--no-story", "--streets", "generated:7");
        var seenBefore = await Eventually.GetAsync(
            $"some streets are seen. {demo.Said}",
            async () => await SeenAsync(demo.Http) is { Count: >= 20 } seen ? seen : null,
            TimeSpan.FromMinutes(10));
        (await demo.InterruptAsync()).ShouldBe(0, demo.Said);

        await demo.StartAsync("--trucks", "1", "--no-story", "--streets", "generated:7");
        await Eventually.GetAsync(
            $"every street seen before is seen again. {demo.Said}",
            async () => (await SeenAsync(demo.Http)).IsSupersetOf(seenBefore) ? "yes" : null,
            TimeSpan.FromMinutes(10));
        (await demo.InterruptAsync()).ShouldBe(0, demo.Said);
    }

    [Fact]
    public async Task Demo_that_is_killed_leaves_no_program_running_and_goes_on_when_started_again()
    {
        await using var demo = new DemoRun();
        await demo.StartAsync("--trucks", "3", "--no-story", "--streets", "generated:7");
        var programs = demo.Programs;
        programs.Count.ShouldBe(3, "ingest, dashboard, trucks");

        await demo.KillAsync();

        await Eventually.TrueAsync($"every program has ended. {demo.Said}", () => !programs.Any(DemoRun.Runs), TimeSpan.FromMinutes(10));
        await demo.StartAsync("--trucks", "1", "--no-story", "--streets", "generated:7");
        (await demo.InterruptAsync()).ShouldBe(0, demo.Said);
    }

    private static async Task<HashSet<string>> SeenAsync(string http)
    {
        using var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(http) };
        client.DefaultRequestHeaders.Add("Origin", http);
        using var login = await client.PostAsJsonAsync("/api/session", new { user = "viewer", password = "viewer" });
        login.EnsureSuccessStatusCode();
        using var rows = JsonDocument.Parse(await client.GetStringAsync("/api/segments?state=seen&limit=60000"));
        return [.. rows.RootElement.GetProperty("segments").EnumerateArray().Select(row => row.GetProperty("segmentId").GetString()!)];
    }
}
