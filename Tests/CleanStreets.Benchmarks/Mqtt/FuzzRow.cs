using CleanStreets.Benchmarks.Run;
using CleanStreets.Mqtt.Tests.Packets;

namespace CleanStreets.Benchmarks.Mqtt;

/// <summary>The decoder under random and mutated packets, long: anything but a value as the answer ends the run with its seed.</summary>
internal sealed class FuzzRow : Row
{
    private const int PacketsARound = 2_000_000;

    public override string Name => "fuzz";

    public override string About => $"decoder under {PacketsARound:N0} random and mutated packets a round, a new seed each: crashes";

    public override Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        var line = new Line(About, "crashes") { Limit = 0 };
        var first = Environment.TickCount;
        for (var round = 0; round < settings.Runs; round++)
        {
            new PacketFuzz(first + round).Run(PacketsARound);
            line.Ours.Add(0); // A crash would have thrown, seed in hand.
        }

        line.Note = $"seeds {first} to {first + settings.Runs - 1}";
        return Task.FromResult<IReadOnlyList<Line>>([line]);
    }
}
