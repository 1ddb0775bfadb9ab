using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Publish;

/// <summary>What the city may ask of a truck by name while it is on the road, and who answers. A link that has such questions asks here.</summary>
/// <remarks>Any thread. Whoever owns a command registers it; nobody else needs to know of it.</remarks>
internal sealed class TruckCommands(ILogger logger)
{
    private readonly ConcurrentDictionary<string, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<CommandAnswer>>> _handlers = new(StringComparer.Ordinal);

    /// <summary>Adds a command.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="handler">Answers; the payload is JSON or empty, and checked by nobody before.</param>
    /// <exception cref="InvalidOperationException">The name is taken.</exception>
    public void Register(string name, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<CommandAnswer>> handler)
    {
        if (!_handlers.TryAdd(name, handler))
        {
            throw new InvalidOperationException($"The command '{name}' is registered twice.");
        }
    }

    /// <summary>Asks. 404: there is no such command. 400: the payload is not JSON. 500: the command failed; the log says how.</summary>
    public async ValueTask<CommandAnswer> AskAsync(string name, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (!_handlers.TryGetValue(name, out var handler))
        {
            return CommandAnswer.Problem(404, $"there is no command '{name}'; there are: {string.Join(", ", _handlers.Keys.Order(StringComparer.Ordinal))}");
        }

        try
        {
            return await handler(payload, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (JsonException ex)
        {
            return CommandAnswer.Problem(400, $"the payload is not what '{name}' takes: {ex.Message}");
        }
        catch (Exception ex)
        {
            PublishLog.CommandFailed(logger, name, ex);
            return CommandAnswer.Problem(500, $"'{name}' failed: {ex.Message}");
        }
    }
}

/// <summary>The answer to a command.</summary>
/// <param name="Status">As in HTTP: 200 done, 4xx the asker's fault, 5xx ours.</param>
/// <param name="Json">JSON, or nothing.</param>
internal readonly record struct CommandAnswer(int Status, ReadOnlyMemory<byte> Json)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Done.</summary>
    public static CommandAnswer Ok(ReadOnlyMemory<byte> json) => new(200, json);

    /// <summary>Not done, and why: <c>{"detail":"…"}</c>.</summary>
    public static CommandAnswer Problem(int status, string detail)
    {
        var json = new System.Buffers.ArrayBufferWriter<byte>(64);
        using (var writer = new Utf8JsonWriter(json, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("detail"u8, detail);
            writer.WriteEndObject();
        }

        return new CommandAnswer(status, json.WrittenMemory);
    }
}
