using System.Net;
using CleanStreets.Dashboard.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Dashboard.Tests.Web;

public sealed class WebPagesTests
{
    [Fact]
    public async Task Pages_are_served_by_name_and_assets_for_a_year()
    {
        using var folder = new TemporaryFolder();
        var pages = folder.Combine("dist");
        Directory.CreateDirectory(Path.Combine(pages, "assets"));
        File.WriteAllText(Path.Combine(pages, "index.html"), "<title>map</title>");
        File.WriteAllText(Path.Combine(pages, "crew.html"), "<title>crew</title>");
        File.WriteAllText(Path.Combine(pages, "assets", "app-1a2b.js"), "export {}");
        File.WriteAllText(folder.Combine("secret.txt"), "secret");
        await using var city = await CityStandIn.StartAsync();
        await using var dashboard = await RunningDashboard.StartAsync(city, folder.Combine("data"), options => options with { WebFolder = pages });
        using var browser = dashboard.Stranger();

        (await browser.GetStringAsync("/")).ShouldContain("map");
        (await browser.GetStringAsync("/crew")).ShouldContain("crew");
        using var asset = await browser.GetAsync("/assets/app-1a2b.js");
        asset.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        asset.Headers.CacheControl!.ToString().ShouldContain("immutable");
        foreach (var path in new[] { "/nothing", "/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt" })
        {
            using var missing = await browser.GetAsync(path);
            missing.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }
    }

    [Theory]
    [InlineData("/orders", "text/html,application/xhtml+xml", "text/html")]
    [InlineData("/orders", "application/json", "application/problem+json")]
    [InlineData("/orders", null, "application/problem+json")]
    [InlineData("/orders", ";;not a type", "application/problem+json")]
    [InlineData("/api/nothing", "text/html", "application/problem+json")]
    public async Task Unknown_address_is_a_page_for_people_and_a_problem_for_programs(string path, string? accept, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Combine("index.html"), "<title>map</title>");
        File.WriteAllText(folder.Combine("missing.html"), "<title>No such page</title>");
        await using var city = await CityStandIn.StartAsync();
        await using var dashboard = await RunningDashboard.StartAsync(city, folder.Combine("data"), options => options with { WebFolder = folder.Path });
        using var browser = dashboard.Stranger();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var answer = await browser.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(expected);
    }

    [Fact]
    public async Task Without_built_pages_the_server_says_how_to_build_them()
    {
        using var folder = new TemporaryFolder();
        await using var city = await CityStandIn.StartAsync();
        await using var dashboard = await RunningDashboard.StartAsync(city, folder.Path);
        using var browser = dashboard.Stranger();
        (await browser.GetStringAsync("/")).ShouldContain("npm run build");
    }
}
