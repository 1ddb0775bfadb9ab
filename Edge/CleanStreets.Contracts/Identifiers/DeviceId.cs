using System.Text.Json.Serialization;

namespace CleanStreets.Contracts;

/// <summary>A box that sits on a truck: the common name of its certificate, and the last level of its own topics.</summary>
[JsonConverter(typeof(IdentifierJsonConverter<DeviceId>))]
public readonly record struct DeviceId : IIdentifier<DeviceId>
{
    private DeviceId(string value) => Value = value;

    /// <inheritdoc/>
    public string Value { get; }

    /// <inheritdoc/>
    public static bool TryCreate(string? text, out DeviceId id)
    {
        var valid = text is not null && IdentifierRule.IsValid(text);
        id = valid ? new DeviceId(text!) : default;
        return valid;
    }

    /// <summary>Makes an identifier of <paramref name="text"/>.</summary>
    /// <exception cref="FormatException">The text breaks <see cref="IdentifierRule"/>.</exception>
    public static DeviceId Parse(string text) => new(IdentifierRule.Demand(text, "device id"));

    /// <summary>The identifier as it stands in topics.</summary>
    public override string ToString() => Value ?? string.Empty;
}
