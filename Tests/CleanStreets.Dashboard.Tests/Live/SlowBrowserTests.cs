using System.Net.Sockets;
using System.Text;
using CleanStreets.Contracts.Scores;
using CleanStreets.Dashboard.Live;
using CleanStreets.Dashboard.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CleanStreets.Dashboard.Tests.Live;

public sealed class SlowBrowserTests
{
    [Fact]
    public async Task Browser_that_stops_reading_is_cut_off_while_others_go_on()
    {
        using var folder = new TemporaryFolder();
        await using var city = await CityStandIn.StartAsync();
        city.StreetCount = 4000;
        await using var dashboard = await RunningDashboard.StartAsync(city, folder.Path, options => options with { LiveInterval = TimeSpan.FromMilliseconds(2) });
        using var browser = await dashboard.LogInWithStreetsAsync("viewer");
        var hub = dashboard.Services.GetRequiredService<LiveHub>();

        using var stuck = new TcpClient { ReceiveBufferSize = 2048 };
        await stuck.ConnectAsync("127.0.0.1", dashboard.Address.Port);
        using (var login = await browser.GetAsync("/api/session"))
        {
            login.EnsureSuccessStatusCode();
        }

        var cookie = await CookieAsync(dashboard);
        await stuck.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /api/live HTTP/1.1\r\nHost: {dashboard.Address.Authority}\r\nCookie: {cookie}\r\n\r\n"));
        await Eventually.TrueAsync("the stuck browser listens", () => hub.Clients == 1);

        using var stream = await EventStream.OpenAsync(browser);
        await stream.NextAsync("hello");
        var start = DateTimeOffset.UtcNow;
        for (var round = 0; hub.Evicted == 0; round++)
        {
            (DateTimeOffset.UtcNow - start).ShouldBeLessThan(Eventually.Patience, "the stuck browser is let go");
            for (var i = 0; i < 4000; i += 7)
            {
                await hub.PostAsync(new LiveInput.ScoreArrived(Streets.Score(i, (Grade)(round % 5), start.AddMilliseconds(round))));
            }

            // The other one reads all of it: an event may go out after every few scores.
            await stream.NextAsync("seg", data => data.GetProperty("segments").EnumerateArray().Any(segment => segment[0].GetInt32() == 3997));
        }

        hub.Evicted.ShouldBe(1);
        await hub.PostAsync(new LiveInput.ScoreArrived(Streets.Score(1, Grade.D, start.AddYears(1))));
        await stream.NextAsync("seg", data => data.GetProperty("segments").EnumerateArray().Any(segment => segment[0].GetInt32() == 1));
    }

    private static async Task<string> CookieAsync(RunningDashboard dashboard)
    {
        using var client = dashboard.Stranger();
        using var response = await client.PostAsync("/api/session", new StringContent("{\"user\":\"viewer\",\"password\":\"viewer\"}", Encoding.UTF8, "application/json"));
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }
}
