using System.Text;
using System.Text.Json.Nodes;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Tests.Install;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Upgrade;

/// <summary>A model whose trying takes the agent with it, as when the memory of the unit runs out.</summary>
public sealed class DeadlyModelTests : UpgradeStory
{
    [Fact]
    public async Task Model_that_ends_the_agent_each_time_it_is_tried_is_refused_after_three_tries()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs pipes with names");

        // A runtime whose loading never ends holds each try until the agent is killed. The camera's file is of no use, so the agent itself loads none.
        var runtime = Bench.Combine("libonnxruntime.so.1");
        await File.WriteAllTextAsync(Bench.Combine("camera.json"), "{}", Token);
        var file = Bench.OnBox("etc/cleanstreets-edge/edge.json");
        var settings = JsonNode.Parse(await File.ReadAllTextAsync(file, Token))!;
        settings["camera"] = Bench.Combine("camera.json");
        await File.WriteAllTextAsync(file, settings.ToJsonString(), Token);
        Directory.CreateDirectory(Bench.Combine("model"));
        foreach (var name in new[] { "model.onnx", "labels.txt", "model.card.json" })
        {
            await File.WriteAllTextAsync(Bench.Combine("model", name), "litter\n", Token);
        }

        var manifest = Bench.Make("model", "--version", "7.0.0", "--key", Bench.Combine("keys", "release.key"), "--out", Bench.Out, "--folder", Bench.Combine("model")).Trim();
        var offer = Bench.Make("offer", "--print", "--manifest", manifest, "--url", Server.Url.ToString(), "--ring", "all");
        await Desk.PublishAsync(Offer("all", "model", Encoding.UTF8.GetBytes(offer)), Token);

        var tried = Bench.OnBox("var/lib/cleanstreets-edge/upgrade/model/tried");
        for (var start = 1; start <= 3; start++)
        {
            var wanted = $"tried {start}\n";
            ReleaseBench.Run("/usr/bin/mkfifo", runtime).Code.ShouldBe(0);
            await using var agent = Start(runtime);
            await Eventually.TrueAsync($"try {start} has begun. {agent.Output}", () => File.Exists(tried) && File.ReadAllText(tried) == wanted);
            await agent.KillAsync();
            LetGo(runtime);
        }

        await using var last = Start(runtime);
        await Eventually.TrueAsync($"it is refused. {last.Output}", () => Said is { Model: { State: UpgradeState.Refused, Detail: { } why } } && why.Contains("the agent ended 3 times while it was tried", StringComparison.Ordinal));
        (await last.StopAsync(Eventually.Patience)).ShouldBe(0, last.Output);
        Server.Asked.Count.ShouldBe(1, "what has come is not fetched again");
    }

    private ProductProgram Start(string runtime) => ProductProgram.StartProcess(
        "env", ["--default-signal", $"CLEANSTREETS_ONNXRUNTIME={runtime}", Path.Combine(Bench.Home, "current", "CleanStreets.Edge"), "run", "--settings", Bench.OnBox("etc/cleanstreets-edge/edge.json")]);

    /// <summary>Ends what the killed agent left behind: it waits at the pipe until somebody opens it for writing, or comes to it later and finds none.</summary>
    private static void LetGo(string pipe)
    {
        using var both = File.OpenHandle(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        File.Delete(pipe);
    }
}
