using System.Text.Json.Serialization;

namespace CleanStreets.Contracts;

/// <summary>A work order.</summary>
[JsonConverter(typeof(IdentifierJsonConverter<OrderId>))]
public readonly record struct OrderId : IIdentifier<OrderId>
{
    private OrderId(string value) => Value = value;

    /// <inheritdoc/>
    public string Value { get; }

    /// <inheritdoc/>
    public static bool TryCreate(string? text, out OrderId id)
    {
        var valid = text is not null && IdentifierRule.IsValid(text);
        id = valid ? new OrderId(text!) : default;
        return valid;
    }

    /// <summary>Makes an identifier of <paramref name="text"/>.</summary>
    /// <exception cref="FormatException">The text breaks <see cref="IdentifierRule"/>.</exception>
    public static OrderId Parse(string text) => new(IdentifierRule.Demand(text, "order id"));

    /// <summary>The identifier as it stands in topics.</summary>
    public override string ToString() => Value ?? string.Empty;
}
