using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace CleanStreets.Ingest.Receive.Events;

/// <summary>What the body of a request turned out to be: events, a handshake, or something that cannot be taken.</summary>
internal readonly record struct EventBody
{
    /// <summary>
    /// Far deeper than a payload may be: what is too deep there has to be quarantined by itself, not to take the events of other trucks
    /// along. The parser does not recurse, so depth costs nothing.
    /// </summary>
    private const int MaxDepth = 512;

    private const string ValidationType = "Microsoft.EventGrid.SubscriptionValidationEvent";

    /// <summary>Null when the body was refused.</summary>
    public JsonDocument? Document { get; private init; }

    public IReadOnlyList<ReceivedEvent> Events { get; private init; }

    /// <summary>Events about something else than readings.</summary>
    public int Others { get; private init; }

    /// <summary>What Event Grid wants to hear back before it delivers.</summary>
    public string? ValidationCode { get; private init; }

    /// <summary>Why the body was refused.</summary>
    public int Status { get; private init; }

    public string? Problem { get; private init; }

    /// <summary>Some tools write it before JSON, and RFC 8259 lets a reader pass over it.</summary>
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public static EventForm FormOf(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type))
        {
            return EventForm.Unknown;
        }

        return type.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/cloudevents+json" => EventForm.Single,
            "application/cloudevents-batch+json" => EventForm.Batch,
            "application/json" => EventForm.Grid,
            _ => EventForm.Unknown,
        };
    }

    /// <summary>Reads a whole body. The document is the caller's to dispose.</summary>
    public static EventBody Read(ReadOnlyMemory<byte> body, EventForm form, int maxEvents)
    {
        JsonDocument document;
        body = body.Span.StartsWith(ByteOrderMark) ? body[ByteOrderMark.Length..] : body;
        try
        {
            document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException ex)
        {
            return Refused(StatusCodes.Status400BadRequest, $"The body is not JSON in UTF-8, or nested deeper than {MaxDepth}: line {ex.LineNumber + 1}, byte {ex.BytePositionInLine}.");
        }

        var read = Read(document, form, maxEvents);
        if (read.Problem is not null)
        {
            document.Dispose();
        }

        return read;
    }

    private static EventBody Read(JsonDocument document, EventForm form, int maxEvents)
    {
        var root = document.RootElement;
        if (form != EventForm.Single)
        {
            return root.ValueKind != JsonValueKind.Array
                ? Refused(StatusCodes.Status400BadRequest, "The body is not a list of events: send [ … ], or one event as application/cloudevents+json.")
                : root.GetArrayLength() > maxEvents
                    ? Refused(StatusCodes.Status413PayloadTooLarge, $"The body holds more than {maxEvents} events: send smaller batches.")
                    : ReadList(document, root);
        }

        return EventReader.Fault(root) is { } fault
            ? Refused(StatusCodes.Status400BadRequest, $"The event {fault}.")
            : EventReader.IsOther(root)
                ? new EventBody { Document = document, Events = [], Others = 1 }
                : new EventBody { Document = document, Events = [EventReader.Read(root)] };
    }

    private static EventBody ReadList(JsonDocument document, JsonElement root)
    {
        var events = new List<ReceivedEvent>(root.GetArrayLength());
        var others = 0;
        foreach (var item in root.EnumerateArray())
        {
            if (EventReader.Fault(item) is not null)
            {
                // One event that is none does not condemn the others: it goes to quarantine, as a bad message does.
                events.Add(EventReader.Faulty(item));
            }
            else if (EventReader.Type(item) == ValidationType && root.GetArrayLength() == 1)
            {
                // Alone, as Event Grid sends it. Among others the answer to it would say of them that they are on disk.
                return Validation(document, item);
            }
            else if (EventReader.IsOther(item))
            {
                others++;
            }
            else
            {
                events.Add(EventReader.Read(item));
            }
        }

        return new EventBody { Document = document, Events = events, Others = others };
    }

    private static EventBody Validation(JsonDocument document, JsonElement item) =>
        item.TryGetProperty("data", out var data) && EventReader.Text(data, "validationCode") is { } code
            ? new EventBody { Document = document, Events = [], ValidationCode = code }
            : Refused(StatusCodes.Status400BadRequest, "The subscription validation event carries no validationCode.");

    private static EventBody Refused(int status, string problem) => new() { Status = status, Problem = problem, Events = [] };
}

/// <summary>How the events of a body are packed, by its content type.</summary>
internal enum EventForm
{
    /// <summary>None that is taken.</summary>
    Unknown,

    /// <summary>One CloudEvent.</summary>
    Single,

    /// <summary>A list of CloudEvents.</summary>
    Batch,

    /// <summary>A list, of Event Grid's own schema or of CloudEvents.</summary>
    Grid,
}
