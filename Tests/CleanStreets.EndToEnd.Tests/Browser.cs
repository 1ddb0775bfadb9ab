using System.Collections.Concurrent;
using CleanStreets.Testing;
using Microsoft.Playwright;

namespace CleanStreets.EndToEnd.Tests;

/// <summary>Real Chromium, headless, with software WebGL; remembers what pages asked for and complained of.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const string Chromium = "/usr/bin/chromium";

    private static readonly string[] Flags =
    [
        "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Hosts that pages asked something of.</summary>
    public ConcurrentDictionary<string, byte> Hosts { get; } = new(StringComparer.Ordinal);

    /// <summary>Errors that pages wrote to their console or did not catch.</summary>
    public ConcurrentQueue<string> Errors { get; } = new();

    public static async Task<Browser> StartAsync()
    {
        Assert.SkipUnless(File.Exists(Chromium), "needs Chromium (apt: chromium)");
        Assertions.SetDefaultExpectTimeout((float)Eventually.Patience.TotalMilliseconds);
        var playwright = await Playwright.CreateAsync();
        return new Browser(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = Flags, Timeout = 120_000 }));
    }

    /// <summary>A page with a log-in of its own.</summary>
    public async Task<IPage> PageAsync(int width, int height)
    {
        var context = await _browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ReducedMotion = ReducedMotion.Reduce });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout((float)Eventually.Patience.TotalMilliseconds);
        page.Request += (_, request) => Hosts[new Uri(request.Url).Host] = 0;
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                Errors.Enqueue(message.Text);
            }
        };
        page.PageError += (_, error) => Errors.Enqueue(error);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
