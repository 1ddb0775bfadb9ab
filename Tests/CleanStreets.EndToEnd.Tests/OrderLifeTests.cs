using Microsoft.Playwright;

namespace CleanStreets.EndToEnd.Tests;

/// <summary>The demo, worked in by a crew on a phone; beside <see cref="DemoTests"/>, with a demo of its own, because it waits for a truck.</summary>
public sealed class OrderLifeTests(DemoRun demo) : IClassFixture<DemoRun>
{
    [Fact]
    public async Task Work_order_goes_through_its_life_by_clicks_and_is_verified_by_a_truck()
    {
        await using var browser = await Browser.StartAsync();
        var phone = await browser.PageAsync(390, 844);
        await phone.LogInAsync(demo.Http, "crew-2", "/crew");
        await Assertions.Expect(phone.GetByTestId("crew-order").First).ToBeVisibleAsync(new() { Timeout = 900_000 });
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
            await Assertions.Expect(order).ToHaveAttributeAsync("data-state", "verified", new() { Timeout = 900_000 });
        }
        catch (PlaywrightException late)
        {
            throw new InvalidOperationException(demo.Said, late);
        }

        browser.Errors.ShouldBeEmpty();
    }
}
