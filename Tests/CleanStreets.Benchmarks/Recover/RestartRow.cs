using System.Text;
using CleanStreets.Benchmarks.Run;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Benchmarks.Recover;

/// <summary>From the start of a killed Ingest to its first PUBACK, and until its scores are those from before.</summary>
/// <remarks>
/// The journal is written directly: most of its readings twenty to a record, then a real snapshot, then a million one to a record. That is
/// what a kill just before the next snapshot leaves.
/// </remarks>
internal sealed class RestartRow(TimeProvider time, long readings, long behindSnapshot) : Row
{
    private const int Trucks = 200;
    private const int InARecord = 20;
    private const string Snapshot = "Snapshot at position";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    public override string Name => "restart";

    public override string About => $"restart with {readings:N0} readings in the journal, killed just before a snapshot";

    public override async Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        using var folder = new TemporaryFolder();
        var data = folder.Combine("ingest");
        var snapshot = await PrepareAsync(data);
        var acknowledged = new Line($"{About}: until PUBACKs flow", "s") { Limit = Limit.TotalSeconds };
        var recovered = new Line($"{About}: until scores are those from before", "s") { Note = snapshot };
        var cpu = new Line($"{About}: CPU until PUBACKs flow, Match and Score catching up beside it included", "CPU-s");
        for (var round = 0; round < settings.Runs; round++)
        {
            var begun = time.GetTimestamp();
            await using var ingest = Start(data, "Ingest__Snapshot__Interval=1.00:00:00", "Ingest__Snapshot__Readings=1000000000");
            await FirstAcknowledgementAsync(ingest, round);
            acknowledged.Ours.Add(time.GetElapsedTime(begun).TotalSeconds);
            cpu.Ours.Add(ProcessUse.Of(ingest.Id).CpuSeconds);
            await RecoveredAsync(ingest);
            recovered.Ours.Add(time.GetElapsedTime(begun).TotalSeconds);
            await ingest.KillAsync();
        }

        return [acknowledged, cpu, recovered];
    }

    /// <summary>Answers what Ingest said of the snapshot: its size, and for how long it stopped the stages.</summary>
    private async Task<string> PrepareAsync(string data)
    {
        var load = new Load(time.GetUtcNow().AddDays(-1).ToUnixTimeMilliseconds());
        load.Append(data, time, readings - behindSnapshot, InARecord);
        string said;
        await using (var ingest = Start(data, "Ingest__Snapshot__Interval=00:00:01"))
        {
            await RecoveredAsync(ingest);
            await FirstAcknowledgementAsync(ingest, round: -1);
            await Eventually.TrueAsync("a snapshot is taken", () => ingest.Output.Contains(Snapshot), Patience);
            said = Snapshot + ingest.Output.Split(Snapshot)[1].Split(Environment.NewLine)[0];
            await ingest.KillAsync();
        }

        load.Append(data, time, behindSnapshot, inARecord: 1);
        return said;
    }

    private static ProductProgram Start(string data, params string[] settings) => ProductProgram.StartProcess("env",
    [
        .. settings, "dotnet", ProductProgram.AssemblyPath("Ingest/CleanStreets.Ingest"),
        "run", "--data", data, "--mqtt", "127.0.0.1:0", "--read-api", "127.0.0.1:0", "--streets", "generated:7",
    ]);

    private static async Task RecoveredAsync(ProductProgram ingest) =>
        await Recovered.AtAsync(new Uri(ProductProgram.ValueOf(await ingest.ReadyAsync(Patience), "read-api")), Patience);

    private async Task FirstAcknowledgementAsync(ProductProgram ingest, int round)
    {
        const string listens = "MQTT listens on ";
        await Eventually.TrueAsync("it listens", () => ingest.Output.Contains(listens), Patience);
        var port = int.Parse(ingest.Output.Split(listens)[1].Split(Environment.NewLine)[0].Split(':')[^1]);
        await using var client = new MqttClient(new MqttClientOptions { Port = port, ClientId = "prober" }, time, NullLogger<MqttClient>.Instance);
        await client.StartAsync(CancellationToken.None);
        await client.WaitConnectedAsync(CancellationToken.None);
        await client.PublishAsync(
            new MqttMessage
            {
                Topic = Topics.Default.Readings(TruckId.Parse("prober")),
                Payload = Encoding.UTF8.GetBytes($$"""{"truckId":"prober","sessionId":"s{{round + 2}}","firstSequence":1,"readings":[{"capturedAt":"2026-01-01T00:00:00Z","latitude":1,"longitude":1}]}"""),
                QualityOfService = QualityOfService.AtLeastOnce,
            },
            CancellationToken.None);
    }

    /// <summary>Trucks that drive lap after lap, a new session each, appended to a journal as Ingest would.</summary>
    private sealed class Load(long startMs)
    {
        private const int SegmentsInALap = 60;

        private readonly StreetNetwork _network = GeneratedCity.Create(7);
        private int _lap;

        public void Append(string data, TimeProvider time, long readings, int inARecord)
        {
            var opener = new JournalOpener(Path.Combine(data, "journal"), new JournalOptions(), time, () => (ulong)time.GetTimestamp());
            using var journal = opener.Open(0, out _);
            for (var left = readings; left > 0; _lap++)
            {
                var truck = $"truck-{_lap % Trucks}";
                var (drive, id, session) = (new Drive(_network, truck, $"s-{_lap}", _lap, startMs).Over(SegmentsInALap), Encoding.ASCII.GetBytes(truck), Encoding.ASCII.GetBytes($"s-{_lap}"));
                for (var from = 0; from < drive.Count && left > 0; from += inARecord)
                {
                    var count = (int)Math.Min(left, Math.Min(inARecord, drive.Count - from));
                    journal.Append(new JournalRecord
                    {
                        Type = JournalRecordType.Readings,
                        ReceivedAtMs = startMs + 3_600_000,
                        FirstSequence = from + 1,
                        ReadingCount = count,
                        Id = id,
                        Session = session,
                        Payload = drive.Batch(from, count, inARecord == 1 ? ReadingFormat.Json : ReadingFormat.Protobuf),
                    });
                    left -= count;
                }

                journal.Append(new JournalRecord { Type = JournalRecordType.SessionClosed, ReceivedAtMs = startMs + 3_600_000, Id = id, Session = session });
            }

            journal.Commit();
        }
    }
}
