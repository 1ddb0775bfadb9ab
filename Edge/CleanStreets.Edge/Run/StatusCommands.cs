using System.Text.Json;
using System.Text.Json.Nodes;
using CleanStreets.Contracts;
using CleanStreets.Edge.Publish;

namespace CleanStreets.Edge.Run;

/// <summary>The commands every agent answers: <c>ping</c>, and <c>status</c> with the whole status of now.</summary>
internal static class StatusCommands
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Adds them.</summary>
    public static void Register(TruckCommands commands, TruckId truck, TruckLink link, TimeProvider time)
    {
        commands.Register("ping", (_, _) => ValueTask.FromResult(CommandAnswer.Ok(
            System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["truckId"] = truck.Value, ["at"] = time.GetUtcNow().ToString("O") }.ToJsonString()))));
        commands.Register("status", async (_, stop) =>
        {
            try
            {
                var status = await link.NextStatusAsync(stop).WaitAsync(Patience, time, stop);
                return CommandAnswer.Ok(JsonSerializer.SerializeToUtf8Bytes(status, ContractJson.Default.TruckStatus));
            }
            catch (TimeoutException)
            {
                return CommandAnswer.Problem(503, "the agent is too busy to say how it is");
            }
        });
    }
}
