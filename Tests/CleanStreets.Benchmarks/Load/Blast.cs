using CleanStreets.Benchmarks.Run;

namespace CleanStreets.Benchmarks.Load;

/// <summary>QoS 1 publishers, some connections with some messages in flight on each: <c>mqttblast.c</c> of the shared tools.</summary>
internal sealed class Blast(Tools tools, int connections, int inFlight)
{
    private const int PayloadBytes = 350;

    /// <summary>Publishes the same payload of 350 bytes over and over and waits for every acknowledgement; answers what that cost the server.</summary>
    public async Task<(ProcessUse Use, long Messages)> RunAsync(Server server, int messagesEach)
    {
        var blast = await tools.CompileAsync("mqttblast");
        var payload = tools.Path("payload");
        await File.WriteAllTextAsync(payload, new string('x', PayloadBytes));
        var before = server.Use;
        await Tools.RunAsync(blast, "127.0.0.1", $"{server.Port}", $"{connections}", $"{messagesEach}", $"{inFlight}", "bench/%d", payload);
        return (server.Use - before, (long)connections * messagesEach);
    }
}
