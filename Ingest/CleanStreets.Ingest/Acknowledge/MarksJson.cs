using System.Buffers;
using System.Text.Json;
using CleanStreets.Contracts.Trucks;

namespace CleanStreets.Ingest.Acknowledge;

/// <summary>Writes the marks of trucks as the contract has them, into memory that is kept: one is told for each truck every second.</summary>
internal sealed class MarksJson
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>The message, in an array of its own.</summary>
    public byte[] Write(StoredMarks marks)
    {
        _bytes.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_bytes);
        json.WriteStartObject();
        json.WriteStartArray("sessions"u8);
        for (var i = 0; i < marks.Sessions.Count; i++)
        {
            var mark = marks.Sessions[i];
            json.WriteStartObject();
            json.WriteString("sessionId"u8, mark.SessionId.Value);
            json.WriteNumber("storedThrough"u8, mark.StoredThrough);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return _bytes.WrittenSpan.ToArray();
    }
}
