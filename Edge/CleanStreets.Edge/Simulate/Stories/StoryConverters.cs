using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CleanStreets.Edge.Simulate.Stories;

/// <summary>Actions in kebab case: <c>dead-zone</c>.</summary>
internal sealed class StoryActionConverter() : JsonStringEnumConverter<StoryAction>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false);

/// <summary>Times of a story: <c>HH:MM</c> or <c>HH:MM:SS</c>, with a sign where they may be negative.</summary>
internal sealed class StoryTimeConverter : JsonConverter<TimeSpan>
{
    private static readonly string[] Forms = [@"h\:mm", @"hh\:mm", @"h\:mm\:ss", @"hh\:mm\:ss"];

    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.GetString() ?? "";
        return TimeSpan.TryParseExact(text.TrimStart('-'), Forms, CultureInfo.InvariantCulture, out var time)
            ? text.StartsWith('-') ? -time : time
            : throw new JsonException($"'{text}' is not a time of a story: write HH:MM or HH:MM:SS.");
    }

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture));
}
