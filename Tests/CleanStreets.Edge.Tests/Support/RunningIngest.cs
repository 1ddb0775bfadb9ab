using System.Globalization;
using System.Text.RegularExpressions;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Support;

/// <summary>Ingest as a process of its own, and what its journal holds when it has stopped.</summary>
internal sealed partial class RunningIngest(ProductProgram program, string data, string mqtt, string readApi) : IAsyncDisposable
{
    private const string Folder = "Ingest/CleanStreets.Ingest";

    public string Mqtt => mqtt;

    public string ReadApi => readApi;

    public int Port => int.Parse(mqtt.Split(':')[^1], CultureInfo.InvariantCulture);

    public static Task<RunningIngest> StartAsync(string data, string streets = "generated:1") => StartAsync(data, streets, "--mqtt", "127.0.0.1:0");

    /// <summary>Receives from a broker of others instead of listening itself.</summary>
    public static Task<RunningIngest> StartBehindAsync(string data, int brokerPort) => StartAsync(data, "generated:1", "--mqtt-broker", $"mqtt://127.0.0.1:{brokerPort}");

    private static async Task<RunningIngest> StartAsync(string data, string streets, string mqttOption, string mqttValue)
    {
        var program = ProductProgram.Start(Folder, "run", "--data", data, mqttOption, mqttValue, "--read-api", "127.0.0.1:0", "--streets", streets);
        var ready = await program.ReadyAsync(Eventually.Patience);
        return new RunningIngest(program, data, ProductProgram.ValueOf(ready, "mqtt"), ProductProgram.ValueOf(ready, "read-api"));
    }

    /// <summary>Ends it at once, as a power cut would.</summary>
    public Task KillAsync() => program.KillAsync();

    /// <summary>Stops it and reads from the journal up to where each session is stored; fails when one has a hole or a reading twice.</summary>
    public async Task<Dictionary<(string Truck, string Session), long>> StopAndReadJournalAsync()
    {
        (await program.StopAsync(Eventually.Patience)).ShouldBe(0, program.Output);
        await using var check = ProductProgram.Start(Folder, "journal", "check", "--data", data);
        (await check.ExitAsync(Eventually.Patience)).ShouldBe(0, check.Output);
        var ranges = RangePattern().Matches(check.Output);
        var stored = ranges.ToDictionary(m => (m.Groups["truck"].Value, m.Groups["session"].Value), m =>
        {
            m.Groups["more"].Value.ShouldBeEmpty($"a hole: {m.Value}");
            m.Groups["first"].Value.ShouldBe("1", m.Value);
            return long.Parse(m.Groups["last"].Value is { Length: > 0 } last ? last : "1", CultureInfo.InvariantCulture);
        });
        check.Output.ShouldContain($" {stored.Values.Sum()} readings accepted, 0 quarantined", Case.Sensitive, "each reading is there once");
        return stored;
    }

    public ValueTask DisposeAsync() => program.DisposeAsync();

    [GeneratedRegex(@"^(?<truck>\S+) (?<session>\S+) accepted (?<first>\d+)(-(?<last>\d+))?(?<more>.*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex RangePattern();
}
