using System.Buffers;
using CleanStreets.Benchmarks.Run;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Spool;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Benchmarks.Agent;

/// <summary>What the truck's sealed store costs a reading: written and synced in groups, and read back as a backlog that drains. In the bench's own process, all its threads counted.</summary>
internal sealed class SpoolRow(TimeProvider time) : Row
{
    private const int Readings = 200_000, ReadAtOnce = 400;
    private const double Micro = 1e6;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    public override string Name => "spool";

    public override string About => "CPU of the truck's sealed spool: a reading appended and synced, and read back";

    public override async Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        var encoded = Encoded();
        var append = new Line($"spool: a reading of {encoded.Length} bytes sealed, appended and synced in groups, {Readings:N0} in bulk", "CPU-µs a reading");
        var drain = new Line("spool: the same read back, opened and marked as stored", "CPU-µs a reading");
        await RoundAsync(encoded, null, null);
        for (var round = 0; round < settings.Runs; round++)
        {
            await RoundAsync(encoded, append, drain);
        }

        return [append, drain];
    }

    private async Task RoundAsync(byte[] encoded, Line? append, Line? drain)
    {
        using var folder = new TemporaryFolder();
        await using var spool = FleetSpool.Open(new SpoolOptions { Folder = folder.Combine("spool") }, time, NullLogger.Instance);
        var session = spool.Begin(TruckId.Parse("truck-1"), SessionId.Parse("s-1"));
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 1; i <= Readings; i++)
        {
            await spool.AppendAsync(session, ReadingFormat.Protobuf, i, encoded);
        }

        while (session.CommittedThrough < Readings)
        {
            await Task.Delay(Look, time);
        }

        append?.Ours.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds * Micro / Readings);
        before = Environment.CpuUsage.TotalTime;
        var reader = new SpoolReader(session, spool.Key);
        var batch = new List<SpooledReading>();
        for (long next = 1; next <= Readings; next = batch[^1].Sequence + 1)
        {
            batch.Clear();
            reader.Read(next, ReadAtOnce, Readings, batch);
            await spool.StoredAsync(session, batch[^1].Sequence);
        }

        drain?.Ours.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds * Micro / Readings);
    }

    private static byte[] Encoded()
    {
        var encoded = new ArrayBufferWriter<byte>();
        var reading = new Reading { CapturedAtMs = 1_800_000_000_000, LatitudeE7 = 378_123_456, LongitudeE7 = -1_223_012_345, HeadingDegrees = 87, SpeedMetresPerSecond = 5.4f, Coverage = 0.8f };
        ReadingEncoder.WriteReading(
            encoded, ReadingFormat.Protobuf, in reading, [new Detection("loose_litter", 3, 0.82f, Side.Right), new Detection("bulky_item", 1, 0.91f, Side.Right, 6.5f, 71)], default);
        return encoded.WrittenSpan.ToArray();
    }
}
