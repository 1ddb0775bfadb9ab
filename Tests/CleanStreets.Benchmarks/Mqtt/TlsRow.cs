using CleanStreets.Benchmarks.Load;
using CleanStreets.Benchmarks.Run;
using CleanStreets.Testing;

namespace CleanStreets.Benchmarks.Mqtt;

/// <summary>Receive and acknowledge QoS 1, 350 bytes, through TLS 1.3: our listener and Mosquitto by turns.</summary>
internal sealed class TlsRow : Row
{
    public override string Name => "mqtt-tls";

    public override string About => "receive and acknowledge through TLS";

    public override async Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        using var authority = new TestCertificates();
        using var folder = new TemporaryFolder();
        var files = TestCertificates.WritePem(authority.Server(), folder.Path, "server");
        await using var ours = await Server.ReceiverAsync(files.Certificate, files.Key);
        await using var mosquitto = await Server.MosquittoTlsAsync(folder, files.Certificate, files.Key);
        return
        [
            await MeasureAsync(settings, ours, mosquitto, connections: 50, inFlight: 200, messagesEach: 6000),
            await MeasureAsync(settings, ours, mosquitto, connections: 200, inFlight: 1, messagesEach: 200),
        ];
    }

    private static async Task<Line> MeasureAsync(RunSettings settings, Server ours, Server mosquitto, int connections, int inFlight, int messagesEach)
    {
        var line = new Line($"receive and acknowledge through TLS, {connections} connections, {inFlight} in flight each (QoS 1, 350 bytes)", "CPU-µs a message");
        var theirs = line.Next(mosquitto.Name, limit: 1);
        var blast = new TlsBlast(connections, inFlight);
        for (var round = -1; round < settings.Runs; round++)
        {
            var our = await CostAsync(blast, ours, messagesEach);
            var their = await CostAsync(blast, mosquitto, messagesEach);
            if (round >= 0) // The first compiles code and fills pools.
            {
                line.Ours.Add(our);
                theirs.Add(their);
            }
        }

        return line;
    }

    private static async Task<double> CostAsync(TlsBlast blast, Server server, int messagesEach)
    {
        var (use, messages) = await blast.RunAsync(server, server.TlsPort, messagesEach);
        return use.CpuSeconds * 1e6 / messages;
    }
}
