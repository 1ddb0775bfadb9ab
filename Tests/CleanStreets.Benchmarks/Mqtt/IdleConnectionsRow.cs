using CleanStreets.Benchmarks.Load;
using CleanStreets.Benchmarks.Run;

namespace CleanStreets.Benchmarks.Mqtt;

/// <summary>Resident memory of our broker for a plain TCP connection that says nothing more after CONNECT.</summary>
internal sealed class IdleConnectionsRow : Row
{
    private const int WarmUp = 500;
    private const int Connections = 10_000;

    public override string Name => "mqtt-idle";

    public override string About => $"resident memory of each of {Connections:N0} idle connections";

    public override async Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        var line = new Line(About, "bytes a connection") { Limit = 8 * 1024 };
        for (var round = 0; round < settings.Runs; round++)
        {
            line.Ours.Add(await HoldAsync(await Server.BrokerAsync()));
            try
            {
                line.Next("Mosquitto").Add(await HoldAsync(await Server.MosquittoAsync()));
            }
            catch (MissingException missing)
            {
                line.Note = missing.Message;
            }
        }

        return [line];
    }

    private static async Task<double> HoldAsync(Server started)
    {
        await using var server = started;
        using var first = new Crowd(server.Port);
        first.Connect(WarmUp, "first-"); // Code is compiled and pools are filled before the first look.
        var before = ProcessUse.ResidentBytes(server.Id);
        using var crowd = new Crowd(server.Port);
        crowd.Connect(Connections, "idle-");
        return (ProcessUse.ResidentBytes(server.Id) - before) / (double)Connections;
    }
}
