using CleanStreets.Benchmarks.Load;
using CleanStreets.Benchmarks.Run;
using CleanStreets.Mqtt;

namespace CleanStreets.Benchmarks.Mqtt;

/// <summary>2,000 clients with lasting sessions all come back at once after our broker was killed and started again on its data.</summary>
internal sealed class ReconnectRow : Row
{
    private const int Clients = 2000;

    public override string Name => "mqtt-reconnect";

    public override string About => $"{Clients:N0} clients with sessions come back at once after kill -9: until the last is served";

    public override async Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        var line = new Line(About, "seconds") { Limit = 5 };
        for (var round = 0; round < settings.Runs; round++)
        {
            line.Ours.Add(await ReconnectAsync(settings.Tools.Path($"reconnect-{round}")));
        }

        return [line];
    }

    private static async Task<double> ReconnectAsync(string data)
    {
        int port;
        await using (var server = await Server.BrokerAsync(port: 0, "--data", data))
        {
            port = server.Port;
            using var crowd = new Crowd(port);
            crowd.Connect(Clients, "truck-", keepsSession: true);
            crowd.Subscribe("config/+", QualityOfService.AtLeastOnce);
            await server.KillAsync();
        }

        await using var again = await Server.BrokerAsync(port, "--data", data);
        using var back = new Crowd(port);
        var took = back.Connect(Clients, "truck-", keepsSession: true);
        return back.SessionsPresent == Clients
            ? took.TotalSeconds
            : throw new InvalidOperationException($"only {back.SessionsPresent} of {Clients} sessions were there");
    }
}
