using System.Text.Json.Serialization;

namespace CleanStreets.Contracts;

/// <summary>One opening of a truck's spool, or one lane of it; opaque.</summary>
[JsonConverter(typeof(IdentifierJsonConverter<SessionId>))]
public readonly record struct SessionId : IIdentifier<SessionId>
{
    private SessionId(string value) => Value = value;

    /// <inheritdoc/>
    public string Value { get; }

    /// <inheritdoc/>
    public static bool TryCreate(string? text, out SessionId id)
    {
        var valid = text is not null && IdentifierRule.IsValid(text);
        id = valid ? new SessionId(text!) : default;
        return valid;
    }

    /// <summary>Makes an identifier of <paramref name="text"/>.</summary>
    /// <exception cref="FormatException">The text breaks <see cref="IdentifierRule"/>.</exception>
    public static SessionId Parse(string text) => new(IdentifierRule.Demand(text, "session id"));

    /// <summary>The identifier as it stands in topics.</summary>
    public override string ToString() => Value ?? string.Empty;
}
