using CleanStreets.Benchmarks.Load;
using CleanStreets.Benchmarks.Run;

namespace CleanStreets.Benchmarks.Ingest;

/// <summary>The whole road from MQTT to journal, scores and store, every program of <c>up</c> counted, beside Mosquitto, which only receives the same messages.</summary>
internal sealed class PipelineRow : Row
{
    private readonly string _load;
    private readonly int _trucks;
    private readonly int _messagesEach;
    private readonly int _readingsAMessage;
    private readonly int _inFlight;
    private readonly double? _limit;
    private readonly double? _acknowledgedLimit;
    private readonly double? _mosquittoLimit;

    private PipelineRow(
        string name, string load, int trucks, int messagesEach, int readingsAMessage, int inFlight, double? limit, double? acknowledgedLimit, double? mosquittoLimit)
    {
        (Name, _load, _trucks, _messagesEach, _readingsAMessage, _inFlight) = (name, load, trucks, messagesEach, readingsAMessage, inFlight);
        (_limit, _acknowledgedLimit, _mosquittoLimit) = (limit, acknowledgedLimit, mosquittoLimit);
    }

    public static PipelineRow Bulk { get; } = new(
        "ingest-bulk", "one JSON reading a message, 50 trucks, 200 in flight each", 50, 4000, 1, 200, limit: 3, acknowledgedLimit: null, mosquittoLimit: 0.5);

    public static PipelineRow Many { get; } = new(
        "ingest-many", "one JSON reading a message, 1,000 trucks, one in flight each", 1000, 150, 1, 1, limit: null, acknowledgedLimit: null, mosquittoLimit: 1);

    public static PipelineRow Batches { get; } = new(
        "ingest-batches", "20 readings a message in Protobuf, 50 trucks, 200 in flight each", 50, 200, 20, 200, limit: 2.5, acknowledgedLimit: 1, mosquittoLimit: null);

    public override string Name { get; }

    public override string About => $"whole pipeline, {_load}";

    public override async Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        var drive = new Drive(settings.Tools, _trucks, _messagesEach, _readingsAMessage);
        var all = new Line($"{About}: in all", "CPU-µs a reading") { Limit = _limit };
        var acknowledged = new Line($"{About}: until the last is acknowledged, matching and scoring that ran meanwhile included", "CPU-µs a reading") { Limit = _acknowledgedLimit };
        var switches = new Line($"{About}: context switches", "a reading");
        var allocated = new Line($"{About}: allocated by ingest, passes, scores and store included", "bytes a reading") { Limit = 1 };
        await using var city = await RunningCity.StartAsync(settings.Tools.Path(Name), Drive.StreetsFile);
        await using var mosquitto = await Server.MosquittoAsync();
        all.Next(mosquitto.Name, _mosquittoLimit);
        for (var round = -1; round < settings.Runs; round++)
        {
            await drive.PrepareAsync(seed: round + 2);
            var figures = await MeasureAsync(city, drive);
            var before = mosquitto.Use;
            await drive.SendAsync(mosquitto.Port, _inFlight);
            var theirs = mosquitto.Use - before;
            if (round < 0)
            {
                continue; // Code is compiled, caches are filled.
            }

            acknowledged.Ours.Add(figures.Acknowledged);
            all.Ours.Add(figures.All.CpuSeconds * 1e6 / drive.Readings);
            all.Next(mosquitto.Name).Add(theirs.CpuSeconds * 1e6 / drive.Readings);
            switches.Ours.Add(figures.All.Switches / (double)drive.Readings);
            switches.Next(mosquitto.Name).Add(theirs.Switches / (double)drive.Readings);
            allocated.Ours.Add(figures.Allocated);
        }

        return [all, acknowledged, switches, allocated];
    }

    private async Task<(ProcessUse All, double Acknowledged, double Allocated)> MeasureAsync(RunningCity city, Drive drive)
    {
        var received = (await city.StatusAsync()).Received;
        var bytes = await city.AllocatedAsync();
        var before = city.Use;
        await drive.SendAsync(city.MqttPort, _inFlight);
        var acknowledged = city.Use - before;
        await city.SettledAsync(received + drive.Readings);
        var all = city.Use - before;
        var status = await city.StatusAsync();
        if (status.Duplicates + status.Quarantined + status.Dropped > 0)
        {
            throw new InvalidOperationException($"{status.Duplicates} duplicates, {status.Quarantined} quarantined, {status.Dropped} dropped: the load is not what it should be");
        }

        return (all, acknowledged.CpuSeconds * 1e6 / drive.Readings, (await city.AllocatedAsync() - bytes) / drive.Readings);
    }
}
