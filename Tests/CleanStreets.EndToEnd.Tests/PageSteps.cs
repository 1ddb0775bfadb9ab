using System.Text.Json;
using CleanStreets.Testing;
using Microsoft.Playwright;

namespace CleanStreets.EndToEnd.Tests;

/// <summary>What a test does on the pages, in a person's words.</summary>
internal static class PageSteps
{
    /// <summary>Logs in through the log-in page and arrives at <paramref name="path"/>.</summary>
    public static async Task LogInAsync(this IPage page, string http, string user, string path)
    {
        await page.GotoAsync($"{http}/login?next={Uri.EscapeDataString(path)}");
        await page.GetByTestId("login-user").FillAsync(user);
        await page.GetByTestId("login-password").FillAsync(user);
        await page.GetByTestId("login-submit").ClickAsync();
        await page.WaitForURLAsync(url => new Uri(url).AbsolutePath == path);
    }

    /// <summary>Letter by segment id, as the page knows and paints it; null for a street that has not been seen.</summary>
    public static async Task<Dictionary<string, string?>> LettersAsync(this IPage page)
    {
        var json = await page.EvaluateAsync<string>("""
            async () => {
              const answer = await fetch('/api/segments?limit=60000');
              const { segments } = await answer.json();
              const letters = {};
              for (const { segmentId } of segments) {
                const state = window.cleanstreets?.stateOf(segmentId);
                if (state) letters[segmentId] = JSON.stringify(state.painted) === JSON.stringify(state.expected) ? state.letter : null;
              }
              return JSON.stringify(letters);
            }
            """);
        return JsonSerializer.Deserialize<Dictionary<string, string?>>(json)!;
    }

    /// <summary>Closes the tour of the first visit.</summary>
    public static async Task SkipTourAsync(this IPage page)
    {
        await page.GetByTestId("tour-skip").ClickAsync();
        await Assertions.Expect(page.GetByTestId("tour-skip")).ToHaveCountAsync(0);
    }

    /// <summary>Waits until a street has changed from <paramref name="before"/> and returns its id.</summary>
    public static Task<string> ChangedStreetAsync(this IPage page, IReadOnlyDictionary<string, string?> before, string said) =>
        Eventually.GetAsync(
            $"a street changes colour on the page. {said}",
            async () => (await page.LettersAsync()).FirstOrDefault(now => now.Value is not null && before.GetValueOrDefault(now.Key) != now.Value).Key,
            TimeSpan.FromMinutes(10));
}
