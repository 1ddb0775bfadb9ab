using System.Text.Json.Serialization;

namespace CleanStreets.Contracts;

/// <summary>A crew.</summary>
[JsonConverter(typeof(IdentifierJsonConverter<CrewId>))]
public readonly record struct CrewId : IIdentifier<CrewId>
{
    private CrewId(string value) => Value = value;

    /// <inheritdoc/>
    public string Value { get; }

    /// <inheritdoc/>
    public static bool TryCreate(string? text, out CrewId id)
    {
        var valid = text is not null && IdentifierRule.IsValid(text);
        id = valid ? new CrewId(text!) : default;
        return valid;
    }

    /// <summary>Makes an identifier of <paramref name="text"/>.</summary>
    /// <exception cref="FormatException">The text breaks <see cref="IdentifierRule"/>.</exception>
    public static CrewId Parse(string text) => new(IdentifierRule.Demand(text, "crew id"));

    /// <summary>The identifier as it stands in topics.</summary>
    public override string ToString() => Value ?? string.Empty;
}
