using System.Diagnostics;
using CleanStreets.Benchmarks.Load;
using CleanStreets.Benchmarks.Run;

namespace CleanStreets.Benchmarks.Ingest;

/// <summary>From the reading that completes a pass being sent to its street's score being heard by a subscriber, at half the load that the city takes.</summary>
internal sealed class LatencyRow(TimeProvider time) : Row
{
    private const int Trucks = 50;
    private const int Probes = 400;
    private const int ReadingsAProbe = 60;

    /// <summary>Readings of a truck before it begins another lap: few enough to be made in seconds, enough that laps need few sessions.</summary>
    private const int ReadingsALap = 4000;
    private const double Percentile = 0.99;
    private const int LeastPasses = 50;

    private static readonly TimeSpan _duration = TimeSpan.FromSeconds(45);

    public override string Name => "ingest-latency";

    public override string About => "completing reading sent → score heard by a subscriber, 99th percentile at half load";

    public override async Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        var tail = new Line(About, "ms") { Limit = 50 };
        var middle = new Line("the same, median", "ms");
        for (var round = 0; round < settings.Runs; round++)
        {
            await using var city = await RunningCity.StartAsync(settings.Tools.Path($"{Name}-{round}"), Drive.StreetsFile);
            var full = await FullLoadAsync(settings, city, seed: 100 + round);
            var received = (await city.StatusAsync()).Received;
            var trucks = new Drive(settings.Tools, Trucks, ReadingsALap, ReadingsAMessage: 1);
            var probes = new Drive(settings.Tools, Trucks + Probes, ReadingsAProbe, ReadingsAMessage: 1);
            await trucks.PrepareAsync(seed: 200 + round);
            await probes.PrepareAsync(seed: 300 + round);
            using var paced = new PacedDrive(city.MqttPort, [.. trucks.Files, .. probes.Files.Skip(Trucks)], Probes, time.GetUtcNow().ToUnixTimeMilliseconds());
            paced.Run(_duration, full / 2);
            paced.Finish();
            await city.SettledAsync(received + paced.Sent);
            var sorted = paced.Latencies.Order().ToList();
            if (sorted.Count < LeastPasses)
            {
                throw new InvalidOperationException($"only {sorted.Count} passes of probes were scored");
            }

            tail.Ours.Add(sorted[(int)Math.Ceiling(sorted.Count * Percentile) - 1]);
            middle.Ours.Add(sorted[sorted.Count / 2]);
            tail.Note = $"half load: {full / 2:N0} readings/s; {sorted.Count} passes in the last round";
        }

        return [tail, middle];
    }

    /// <summary>Readings a second that the city takes and stores now, as the machine is loaded now.</summary>
    public static async Task<double> FullLoadAsync(RunSettings settings, RunningCity city, int seed)
    {
        var drive = new Drive(settings.Tools, Trucks, MessagesEach: 2000, ReadingsAMessage: 1);
        await drive.PrepareAsync(seed);
        var received = (await city.StatusAsync()).Received;
        var watch = Stopwatch.StartNew();
        await drive.SendAsync(city.MqttPort, inFlight: 200);
        await city.SettledAsync(received + drive.Readings);
        return drive.Readings / watch.Elapsed.TotalSeconds;
    }
}
