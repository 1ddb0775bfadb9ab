using System.Globalization;
using CleanStreets.Benchmarks.Load;
using CleanStreets.Benchmarks.Run;
using CleanStreets.Testing;

namespace CleanStreets.Benchmarks.Mqtt;

/// <summary>Bytes that our listener allocates for a message, over a million of them after a million of warm-up.</summary>
internal sealed class AllocationRow : Row
{
    private const int Connections = 50;

    public override string Name => "mqtt-allocation";

    public override string About => "allocated bytes for a message received and acknowledged, over a million after warm-up";

    public override async Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        var line = new Line(About, "bytes a message") { Limit = 1 };
        var blast = new Blast(settings.Tools, Connections, inFlight: 200);
        await using var server = await Server.ReceiverAsync();
        for (var round = 0; round <= settings.Runs; round++)
        {
            await blast.RunAsync(server, (int)(ReceiverProcess.Milestone / Connections));
            var milestone = round + 1;
            await Eventually.TrueAsync("the receiver says its next million", () => Said(server).Count >= milestone);
        }

        foreach (var (before, after) in Said(server).Zip(Said(server).Skip(1)))
        {
            line.Ours.Add((after - before) / (double)ReceiverProcess.Milestone);
        }

        return [line];
    }

    private static List<long> Said(Server server) =>
        [.. server.Output.Split('\n').Where(said => said.StartsWith(ReceiverProcess.Allocated, StringComparison.Ordinal))
            .Select(said => long.Parse(said.AsSpan(ReceiverProcess.Allocated.Length), CultureInfo.InvariantCulture))];
}
