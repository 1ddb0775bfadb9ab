using System.Text.Json;
using System.Text.Json.Serialization;

namespace CleanStreets.Contracts.Scores;

/// <summary>Writes a grade by CROW's name.</summary>
public sealed class GradeJsonConverter : JsonConverter<Grade>
{
    /// <inheritdoc/>
    public override Grade Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Grades.TryParse(reader.GetString(), out var grade)
            ? grade
            : throw new JsonException("A grade is A+, A, B, C or D.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Grade value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name());
}
