using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace CleanStreets.Ingest.Quarantine;

/// <summary>A first field that ingest itself puts in front of a batch in JSON, and reads back; decoders of batches do not know it and pass it over.</summary>
/// <remarks>Only believed in a record whose flag says that ingest wrote it: a truck may send whatever it likes.</remarks>
internal static class PayloadHead
{
    /// <summary>The batch with the head in front.</summary>
    /// <param name="name">Name of the field.</param>
    /// <param name="head">What it says.</param>
    /// <param name="type">How that is written.</param>
    /// <param name="batch">A JSON object with at least one field.</param>
    public static byte[] PutBefore<T>(string name, T head, JsonTypeInfo<T> type, ReadOnlySpan<byte> batch) =>
        [.. "{\""u8, .. Encoding.ASCII.GetBytes(name), .. "\":"u8, .. JsonSerializer.SerializeToUtf8Bytes(head, type), .. ","u8, .. batch[1..]];

    /// <summary>What stands at the head; null when there is nothing of this name, or nothing well-formed.</summary>
    public static T? Read<T>(string name, ReadOnlySpan<byte> payload, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            var json = new Utf8JsonReader(payload);
            return json.Read() && json.TokenType == JsonTokenType.StartObject &&
                json.Read() && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(name) && json.Read()
                ? JsonSerializer.Deserialize(ref json, type)
                : null;
        }
        catch (Exception ex) when (ex is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
