using System.Text.Json.Serialization;

namespace CleanStreets.Contracts;

/// <summary>A street segment: one street between two junctions, lasting over imports.</summary>
[JsonConverter(typeof(IdentifierJsonConverter<SegmentId>))]
public readonly record struct SegmentId : IIdentifier<SegmentId>
{
    private SegmentId(string value) => Value = value;

    /// <inheritdoc/>
    public string Value { get; }

    /// <inheritdoc/>
    public static bool TryCreate(string? text, out SegmentId id)
    {
        var valid = text is not null && IdentifierRule.IsValid(text);
        id = valid ? new SegmentId(text!) : default;
        return valid;
    }

    /// <summary>Makes an identifier of <paramref name="text"/>.</summary>
    /// <exception cref="FormatException">The text breaks <see cref="IdentifierRule"/>.</exception>
    public static SegmentId Parse(string text) => new(IdentifierRule.Demand(text, "segment id"));

    /// <summary>The identifier as it stands in topics.</summary>
    public override string ToString() => Value ?? string.Empty;
}
