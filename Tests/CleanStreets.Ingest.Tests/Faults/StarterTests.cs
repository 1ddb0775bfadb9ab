using CleanStreets.Contracts.Processes;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Faults;

/// <summary>What becomes of ingest when whoever started it is gone.</summary>
public sealed class StarterTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ingest_stops_in_order_when_its_starter_is_gone_and_only_when_that_was_asked_for(bool asked)
    {
        using var folder = new TemporaryFolder();
        var pipe = folder.Combine("input");
        await using (var made = ProductProgram.StartProcess("mkfifo", [pipe]))
        {
            (await made.ExitAsync(Eventually.Patience)).ShouldBe(0, made.Output);
        }

        await using var ingest = ProductProgram.StartProcess("sh",
        [
            "-c", "exec \"$@\" < \"$0\"", pipe, "env", $"{StarterWatch.Variable}={(asked ? 1 : 0)}", "dotnet", ProductProgram.AssemblyPath("Ingest/CleanStreets.Ingest"),
            "run", "--data", folder.Combine("ingest"), "--mqtt", "127.0.0.1:0", "--read-api", "127.0.0.1:0", "--streets", "generated:7",
        ]);
        await using (await Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write), TestContext.Current.CancellationToken))
        {
            await ingest.ReadyAsync(Eventually.Patience);
            ingest.ExitCode.ShouldBeNull();
        }

        if (!asked)
        {
            (await ingest.StopAsync(Eventually.Patience)).ShouldBe(0, ingest.Output);
            return;
        }

        (await ingest.ExitAsync(IngestProcess.Patience)).ShouldBe(0, ingest.Output);
        ingest.Output.ShouldContain("Stopped:");
    }
}
