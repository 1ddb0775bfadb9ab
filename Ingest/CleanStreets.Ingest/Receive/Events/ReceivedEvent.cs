using System.Runtime.InteropServices;
using System.Text.Json;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Ingest.Receive.Events;

/// <summary>One event of a request, read as far as Ingest needs it.</summary>
internal readonly record struct ReceivedEvent
{
    /// <summary>Who sent it; empty when the event does not say.</summary>
    public string Device { get; init; }

    /// <summary>Of the payload; empty when not said.</summary>
    public string ContentType { get; init; }

    /// <summary>Why the event as such is faulty; its raw text is then the payload.</summary>
    public QuarantineReason Reason { get; init; }

    /// <summary>The payload as it stood in the event; void once the request's document is disposed.</summary>
    public JsonElement Raw { get; init; }

    /// <summary>The payload when it was base64.</summary>
    public byte[]? Decoded { get; init; }

    public ReadOnlySpan<byte> Payload => Decoded ?? JsonMarshal.GetRawUtf8Value(Raw);
}
