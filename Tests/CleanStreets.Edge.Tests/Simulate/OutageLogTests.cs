using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Simulate;

public sealed class OutageLogTests : IDisposable
{
    private const string LostLine = "has no link to";
    private const string BackLine = "All trucks have their link";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Fleet_says_once_that_its_broker_is_away_and_once_that_it_is_back()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.GoAwayAsync();
        await using var edge = ProductProgram.Start(
            "Edge/CleanStreets.Edge", "simulate", "--mqtt", $"127.0.0.1:{broker.Port}", "--data", _folder.Combine("edge"), "--trucks", "132", "--speed", "1");
        await Lines(edge, LostLine, 1);
        await broker.ComeBackAsync();
        await edge.ReadyAsync(Eventually.Patience);
        await Lines(edge, BackLine, 1);
        await broker.GoAwayAsync();
        await Lines(edge, LostLine, 2);
        await broker.ComeBackAsync();
        await Lines(edge, BackLine, 2);
        (await edge.StopAsync(Eventually.Patience)).ShouldBe(0, edge.Output);

        Count(edge, LostLine).ShouldBe(2, edge.Output);
        Count(edge, BackLine).ShouldBe(2, edge.Output);
        Count(edge, "warn:").ShouldBe(2, edge.Output);
        Count(edge, "fail:").ShouldBe(0, edge.Output);
    }

    private static Task Lines(ProductProgram edge, string text, int count) =>
        Eventually.TrueAsync($"{count} times '{text}'", () => Count(edge, text) >= count);

    private static int Count(ProductProgram edge, string text) =>
        edge.Output.Split(Environment.NewLine).Count(line => line.Contains(text, StringComparison.Ordinal));
}
