using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Mqtt;
using CleanStreets.Mqtt.Client;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Ingest.Tests.Faults;

/// <summary>The real service as a process of its own, on free ports.</summary>
internal sealed class IngestProcess : IAsyncDisposable
{
    private static readonly HttpClient Http = new();

    private readonly string _ready;

    private IngestProcess(ProductProgram program, string ready) => (Program, _ready) = (program, ready);

    public static TimeSpan Patience => Eventually.Patience;

    public ProductProgram Program { get; }

    public int Port => int.Parse(ProductProgram.ValueOf(_ready, "mqtt").Split(':')[^1]);

    /// <summary>Starts it and waits until scores are recovered.</summary>
    public static async Task<IngestProcess> StartAsync(string data, params string[] settings)
    {
        var ingest = await StartReceivingAsync(data, settings);
        try
        {
            await ingest.RecoveredAsync();
            return ingest;
        }
        catch
        {
            await ingest.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it and waits until it takes publishes; scores may still catch up.</summary>
    public static async Task<IngestProcess> StartReceivingAsync(string data, params string[] settings)
    {
        var program = ProductProgram.StartProcess("env",
        [
            .. settings, "dotnet", ProductProgram.AssemblyPath("Ingest/CleanStreets.Ingest"),
            "run", "--data", data, "--mqtt", "127.0.0.1:0", "--read-api", "127.0.0.1:0", "--streets", "generated:7",
        ]);
        try
        {
            return new IngestProcess(program, await program.ReadyAsync(Patience));
        }
        catch
        {
            await program.DisposeAsync(); // Nobody else will.
            throw;
        }
    }

    /// <summary>One that was started otherwise.</summary>
    /// <param name="program">The process.</param>
    /// <param name="addresses">Where it answers, in the form of a ready line.</param>
    public static IngestProcess Of(ProductProgram program, string addresses) => new(program, addresses);

    public Task RecoveredAsync() => Recovered.AtAsync(new Uri(ProductProgram.ValueOf(_ready, "read-api")));

    public Task<string> GetAsync(string path) => Http.GetStringAsync(new Uri(ProductProgram.ValueOf(_ready, "read-api") + path));

    public Task<string> ScoresAsync() => GetAsync(ReadApiPaths.Scores);

    /// <summary>Status code and text of an answer that may be no success.</summary>
    public async Task<(int Code, string Text)> AskAsync(string path)
    {
        using var answer = await Http.GetAsync(new Uri(ProductProgram.ValueOf(_ready, "read-api") + path));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>A client that tries until it is let in.</summary>
    public async Task<MqttClient> BeginToConnectAsync(string clientId, Action<MqttConnectionChange>? told = null)
    {
        var client = new MqttClient(new MqttClientOptions { Port = Port, ClientId = clientId }, TimeProvider.System, NullLogger<MqttClient>.Instance);
        client.ConnectionChanged += told;
        await client.StartAsync(CancellationToken.None);
        return client;
    }

    public async Task<MqttClient> ConnectAsync(string clientId)
    {
        var client = await BeginToConnectAsync(clientId);
        await client.WaitConnectedAsync(CancellationToken.None);
        return client;
    }

    public static ValueTask<MqttReasonCode> PublishAsync(MqttClient client, string truck, byte[] payload, CancellationToken cancellationToken = default) =>
        client.PublishAsync(
            new MqttMessage { Topic = Topics.Default.Readings(TruckId.Parse(truck)), Payload = payload, QualityOfService = QualityOfService.AtLeastOnce },
            cancellationToken);

    /// <summary>Accepted readings in the journal of a service that has ended, and how many of them are there twice.</summary>
    public static (HashSet<(string Truck, string Session, long Sequence)> Accepted, long Twice) Stored(string data)
    {
        var accepted = new HashSet<(string, string, long)>();
        var twice = 0L;
        using var reader = new JournalReader(new IngestPaths(data).Journal);
        while (reader.TryReadNext(out var record))
        {
            for (var i = 0; record.Type == JournalRecordType.Readings && i < record.ReadingCount; i++)
            {
                if (record.Verdicts.IsEmpty || record.Verdicts[i] == 0)
                {
                    twice += accepted.Add((record.IdText, record.SessionText, record.FirstSequence + i)) ? 0 : 1;
                }
            }
        }

        return (accepted, twice);
    }

    public ValueTask DisposeAsync() => Program.DisposeAsync();
}
