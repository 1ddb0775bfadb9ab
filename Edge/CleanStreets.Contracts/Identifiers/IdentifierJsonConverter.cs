using System.Text.Json;
using System.Text.Json.Serialization;

namespace CleanStreets.Contracts;

/// <summary>Reads and writes an identifier as a JSON string, and as a property name in dictionaries.</summary>
/// <typeparam name="TId">The identifier.</typeparam>
public sealed class IdentifierJsonConverter<TId> : JsonConverter<TId>
    where TId : struct, IIdentifier<TId>
{
    /// <inheritdoc/>
    public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && TId.TryCreate(reader.GetString(), out var id)
            ? id
            : throw new JsonException($"A {typeof(TId).Name} is a string of 1 to {IdentifierRule.MaxLength} letters, digits, '.', '_' or '-', and neither '.' nor '..'.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);

    /// <inheritdoc/>
    public override TId ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TId.TryCreate(reader.GetString(), out var id) ? id : throw new JsonException($"Not a {typeof(TId).Name}.");

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) => writer.WritePropertyName(value.Value);
}
