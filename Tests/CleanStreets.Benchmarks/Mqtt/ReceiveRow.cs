using CleanStreets.Benchmarks.Load;
using CleanStreets.Benchmarks.Run;

namespace CleanStreets.Benchmarks.Mqtt;

/// <summary>Receive and acknowledge QoS 1, 350 bytes, no subscriber and no fsync: our listener, Mosquitto and the C floor by turns.</summary>
internal sealed class ReceiveRow : Row
{
    private const string Mosquitto = "Mosquitto";
    private const string Floor = "C floor";

    private readonly int _connections;
    private readonly int _inFlight;
    private readonly double _limit;
    private readonly double _mosquittoLimit;
    private readonly Dictionary<string, int> _messagesEach;

    private ReceiveRow(string name, int connections, int inFlight, double limit, double mosquittoLimit, int messagesEach, int mosquittoMessagesEach)
    {
        (Name, _connections, _inFlight, _limit, _mosquittoLimit) = (name, connections, inFlight, limit, mosquittoLimit);
        _messagesEach = new() { ["ours"] = messagesEach, [Floor] = messagesEach, [Mosquitto] = mosquittoMessagesEach };
    }

    /// <summary>50 connections, 200 in flight each. Mosquitto gets a tenth of the messages: it costs so much more that its figure is as exact.</summary>
    public static ReceiveRow Bulk { get; } = new("mqtt-bulk", 50, 200, limit: 1, mosquittoLimit: 0.2, messagesEach: 60_000, mosquittoMessagesEach: 6_000);

    /// <summary>1,000 connections with one in flight each: what trucks do.</summary>
    public static ReceiveRow Many { get; } = new("mqtt-many", 1000, 1, limit: 8, mosquittoLimit: 1, messagesEach: 150, mosquittoMessagesEach: 150);

    public override string Name { get; }

    public override string About => $"receive and acknowledge, {_connections:N0} connections, {_inFlight} in flight each";

    public override async Task<IReadOnlyList<Line>> MeasureAsync(RunSettings settings)
    {
        var blast = new Blast(settings.Tools, _connections, _inFlight);
        await settings.Tools.CompileAsync("mqttblast");
        var line = new Line(About + " (QoS 1, 350 bytes)", "CPU-µs a message") { Limit = _limit };
        var servers = new List<Server> { await Server.ReceiverAsync() };
        try
        {
            await AddAsync(servers, line, () => Server.MosquittoAsync(), _mosquittoLimit);
            await AddAsync(servers, line, () => Server.FloorAsync(settings.Tools), limit: null);
            foreach (var server in servers)
            {
                await blast.RunAsync(server, _messagesEach[server.Name]); // Code is compiled, pools are filled.
            }

            for (var round = 0; round < settings.Runs; round++)
            {
                foreach (var server in round % 2 == 0 ? servers : Enumerable.Reverse(servers))
                {
                    var (use, messages) = await blast.RunAsync(server, _messagesEach[server.Name]);
                    var figures = server == servers[0] ? line.Ours : line.Next(server.Name);
                    figures.Add(use.CpuSeconds * 1e6 / messages);
                }
            }
        }
        finally
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }
        }

        return [line];
    }

    private static async Task AddAsync(List<Server> servers, Line line, Func<Task<Server>> start, double? limit)
    {
        try
        {
            var server = await start();
            servers.Add(server);
            line.Next(server.Name, limit);
        }
        catch (MissingException missing)
        {
            line.Note = $"{line.Note} {missing.Message}".Trim();
        }
    }
}
