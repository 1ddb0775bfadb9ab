using System.Text.Json;
using System.Text.Json.Serialization;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.Dashboard;

/// <summary>JSON towards browsers: the contract's casing, enums in snake_case, absent instead of null.</summary>
internal static class DashboardJson
{
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new GradeJsonConverter());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        return options;
    }

    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Options);
}
