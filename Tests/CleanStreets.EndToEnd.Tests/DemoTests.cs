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

    [Fact]
    public async Task Work_order_goes_through_its_life_by_clicks_and_is_verified_by_a_truck()
    {
        await using var browser = await Browser.StartAsync();
        var phone = await browser.PageAsync(390, 844);
        await phone.LogInAsync(demo.Http, "crew-2", "/crew");
        await Assertions.Expect(phone.GetByTestId("crew-order").First).ToBeVisibleAsync(new() { Timeout = 240_000 });
        await phone.GetByTestId("crew-order").First.ClickAsync();
        var order = phone.GetByTestId("crew-order-page");
        await Assertions.Expect(order).ToHaveAttributeAsync("data-state", "open");

        await phone.GetByTestId("crew-accept").ClickAsync();
        await Assertions.Expect(order).ToHaveAttributeAsync("data-state", "accepted");
        await phone.GetByTestId("crew-start").ClickAsync();
        await Assertions.Expect(order).ToHaveAttributeAsync("data-state", "in_progress");
        await phone.GetByTestId("crew-end-collected").ClickAsync();
        await Assertions.Expect(order).ToHaveAttributeAsync("data-state", "done");
        await Assertions.Expect(phone.GetByTestId("crew-verified")).ToHaveCountAsync(0);

        try
        {
            await Assertions.Expect(order).ToHaveAttributeAsync("data-state", "verified", new() { Timeout = 360_000 });
        }
        catch (PlaywrightException late)
        {
            throw new InvalidOperationException(demo.Said, late);
        }

        browser.Errors.ShouldBeEmpty();
    }
}
