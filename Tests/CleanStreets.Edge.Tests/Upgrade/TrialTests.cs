using CleanStreets.Edge.Service;
using CleanStreets.Edge.Upgrade;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Upgrade;

/// <summary>What a release on trial leaves for root's half.</summary>
public sealed class TrialTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Trial_notes_whether_it_ever_had_a_link_and_that_it_is_healthy_only_when_all_flows()
    {
        await File.WriteAllTextAsync(_folder.Combine("trial"), "id a1b2\nversion 0.2.0\n", TestContext.Current.CancellationToken);
        var fetched = new UpgradeFolder(_folder.Combine("program"));
        fetched.MakeReady([Trial.Readings]);
        var (link, healthy) = (_folder.Combine("state", "link"), _folder.Combine("state", "healthy"));
        var flowing = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        using var manager = ServiceManager.FromEnvironment();
        var trial = new Trial(new InstalledProgram(_folder.Path), fetched, _folder.Combine("state"), flowing.ContainsKey, TimeProvider.System, NullLogger.Instance);
        using (var stop = new CancellationTokenSource())
        {
            var first = trial.SayReadyAsync(manager, stop.Token);
            await Eventually.TrueAsync("it says that it had no link", () => StateFile.Value(link, "a1b2") == "none");
            flowing[Trial.Link] = true;
            await Eventually.TrueAsync("it says that it had one", () => StateFile.Value(link, "a1b2") == "had");
            File.Exists(healthy).ShouldBeFalse("no reading is stored");
            await stop.CancelAsync();
            await first;
        }

        // Another start of the same trial, without one: what was said stays.
        flowing.Clear();
        var second = trial.SayReadyAsync(manager, TestContext.Current.CancellationToken);
        StateFile.Value(link, "a1b2").ShouldBe("had");
        flowing[Trial.Link] = flowing[Trial.Readings] = true;
        await second.WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        (await File.ReadAllTextAsync(healthy, TestContext.Current.CancellationToken)).ShouldStartWith("a1b2");
    }
}
