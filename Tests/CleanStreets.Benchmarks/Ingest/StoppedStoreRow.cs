using CleanStreets.Benchmarks.Load;
using CleanStreets.Benchmarks.Run;
using Microsoft.Data.Sqlite;

namespace CleanStreets.Benchmarks.Ingest;

/// <summary>Peak memory of ingest with its store stopped and a million readings behind, divided by its memory after a minute at half load.</summary>
/// <remarks>The store is stopped by somebody else who holds its database's write lock for as long as that takes, as a backup that hangs would.</remarks>
internal sealed class StoppedStoreRow(TimeProvider time) : Row
{
    private const int Trucks = 50;
    private const int ReadingsBehind = 1_000_000;
    private const int ReadingsALap = 4000;

    private static readonly TimeSpan _warmUp = TimeSpan.FromMinutes(1);

    public override string Name => "ingest-stopped-store";

    public override string About => "peak memory with the store stopped and a million readings behind ÷ memory after a minute at half load";

    public override async Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        var ratio = new Line(About, "×") { Limit = 1.2 };
        var peak = new Line("the peak itself", "MB");
        for (var round = 0; round < settings.Runs; round++)
        {
            var data = settings.Tools.Path($"{Name}-{round}");
            await using var city = await RunningCity.StartAsync(data, Drive.StreetsFile);
            await WarmUpAsync(settings, city);
            var before = ProcessUse.ResidentBytes(city.IngestId);
            var drive = new Drive(settings.Tools, Trucks, ReadingsBehind / Trucks, ReadingsAMessage: 1);
            await drive.PrepareAsync(seed: 400 + round);
            await using (var held = new SqliteConnection($"Data Source={Path.Combine(data, "ingest", "segments.db")};Pooling=False"))
            {
                await held.OpenAsync();
                await using var transaction = held.BeginTransaction(deferred: false);
                await drive.SendAsync(city.MqttPort, inFlight: 200);
                peak.Ours.Add(ProcessUse.PeakBytes(city.IngestId) / 1e6);
            }

            ratio.Ours.Add(peak.Ours.Values[^1] * 1e6 / before);
        }

        return [ratio, peak];
    }

    private async Task WarmUpAsync(RunSettings settings, RunningCity city)
    {
        var half = await LatencyRow.FullLoadAsync(settings, city, seed: 500) / 2;
        var drive = new Drive(settings.Tools, Trucks, ReadingsALap, ReadingsAMessage: 1);
        await drive.PrepareAsync(seed: 501);
        var received = (await city.StatusAsync()).Received;
        using var paced = new PacedDrive(city.MqttPort, drive.Files, probes: 0, time.GetUtcNow().ToUnixTimeMilliseconds());
        paced.Run(_warmUp, half);
        paced.Finish();
        await city.SettledAsync(received + paced.Sent);
    }
}
