using System.Buffers;
using System.Text.Json;
using CleanStreets.Contracts.Trucks;

namespace CleanStreets.Ingest.Acknowledge;

/// <summary>Writes the marks of trucks as the contract has them, into memory that is kept: one is told for each truck every second.</summary>
internal sealed class MarksJson
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly Utf8JsonWriter _json;

    public MarksJson() => _json = new Utf8JsonWriter(_bytes);

    /// <summary>The message, in an array of its own.</summary>
    public byte[] Write(StoredMarks marks)
    {
        _bytes.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteStartArray("sessions"u8);
        for (var i = 0; i < marks.Sessions.Count; i++)
        {
            var mark = marks.Sessions[i];
            _json.WriteStartObject();
            _json.WriteString("sessionId"u8, mark.SessionId.Value);
            _json.WriteNumber("storedThrough"u8, mark.StoredThrough);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
        return _bytes.WrittenSpan.ToArray();
    }
}
