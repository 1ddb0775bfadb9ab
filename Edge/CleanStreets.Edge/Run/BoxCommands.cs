using System.Text.Json;
using System.Text.Json.Nodes;
using CleanStreets.Contracts.Boxes;
using CleanStreets.Edge.Publish;

namespace CleanStreets.Edge.Run;

/// <summary>What the city may ask of the box itself: its log, and a new certificate.</summary>
internal static class BoxCommands
{
    /// <summary>Most lines and bytes of the log in one answer: below what any broker takes as one message.</summary>
    public const int MaxLines = 2000, MaxBytes = 96 * 1024;

    private const int UsualLines = 200, UsualBytes = 32 * 1024;

    /// <summary>Adds them.</summary>
    public static void Register(TruckCommands commands, LogFile log, CertificateRenewal? renewal)
    {
        commands.Register(BoxMethods.Logs, (payload, _) => ValueTask.FromResult(Logs(log, payload)));
        if (renewal is not null)
        {
            commands.Register(BoxMethods.Renew, (_, stop) => renewal.RenewAsync(stop));
        }
    }

    private static CommandAnswer Logs(LogFile log, ReadOnlyMemory<byte> payload)
    {
        var asked = payload.IsEmpty ? null : JsonNode.Parse(payload.Span);
        if (asked is not null and not JsonObject)
        {
            return CommandAnswer.Problem(400, "logs takes {\"lines\":…,\"bytes\":…}");
        }

        return TryNumber(asked, "lines", UsualLines, MaxLines, out var lines) && TryNumber(asked, "bytes", UsualBytes, MaxBytes, out var bytes)
            ? CommandAnswer.Ok(JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["text"] = log.Tail(lines, bytes) }))
            : CommandAnswer.Problem(400, $"lines is 1 to {MaxLines} and bytes 1 to {MaxBytes}");
    }

    private static bool TryNumber(JsonNode? asked, string name, int usual, int most, out int value)
    {
        value = usual;
        return asked?[name] is not { } given || (given is JsonValue number && number.TryGetValue(out value) && value >= 1 && value <= most);
    }
}
