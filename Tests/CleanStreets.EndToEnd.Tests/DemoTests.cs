using CleanStreets.Testing;
using Microsoft.Playwright;

namespace CleanStreets.EndToEnd.Tests;

/// <summary>The demo, looked at in a real browser.</summary>
public sealed class DemoTests(DemoRun demo) : IClassFixture<DemoRun>
{
    [Fact]
    public async Task Street_changes_colour_on_the_page_without_a_reload()
    {
        await using var browser = await Browser.StartAsync();
        var page = await browser.PageAsync(1440, 900);
        await page.LogInAsync(demo.Http, "dispatcher", "/");
        await page.SkipTourAsync();
        await Assertions.Expect(page.GetByTestId("connection")).ToHaveAttributeAsync("data-state", "live");
        await page.EvaluateAsync("() => { window.sameDocument = true; }");
        var before = await Eventually.GetAsync("the map knows its streets", async () => await page.LettersAsync() is { Count: > 100 } letters ? letters : null);

        var changed = await page.ChangedStreetAsync(before, demo.Said);

        (await page.EvaluateAsync<bool>("() => window.sameDocument === true")).ShouldBeTrue("the page must not have been loaded again");
        await page.EvaluateAsync($"() => {{ location.hash = '#segment={changed}'; }}");
        await Assertions.Expect(page.GetByTestId("drawer")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByTestId("why")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByTestId("passes")).ToBeVisibleAsync();
        browser.Hosts.Keys.ShouldBe(["127.0.0.1"], "pages must not ask any other host");
        browser.Errors.ShouldBeEmpty();
    }
}
