using System.Text.Json.Serialization;

namespace CleanStreets.Contracts;

/// <summary>A truck: its client id, and the last level of its topics.</summary>
[JsonConverter(typeof(IdentifierJsonConverter<TruckId>))]
public readonly record struct TruckId : IIdentifier<TruckId>
{
    private TruckId(string value) => Value = value;

    /// <inheritdoc/>
    public string Value { get; }

    /// <inheritdoc/>
    public static bool TryCreate(string? text, out TruckId id)
    {
        var valid = text is not null && IdentifierRule.IsValid(text);
        id = valid ? new TruckId(text!) : default;
        return valid;
    }

    /// <summary>Makes an identifier of <paramref name="text"/>.</summary>
    /// <exception cref="FormatException">The text breaks <see cref="IdentifierRule"/>.</exception>
    public static TruckId Parse(string text) => new(IdentifierRule.Demand(text, "truck id"));

    /// <summary>The identifier as it stands in topics.</summary>
    public override string ToString() => Value ?? string.Empty;
}
