namespace CleanStreets.Contracts;

/// <summary>An identifier that may stand as one level of an MQTT topic: 1–64 of <c>[A-Za-z0-9._-]</c>, neither <c>.</c> nor <c>..</c>.</summary>
/// <typeparam name="TSelf">The identifier itself, so that two kinds of id cannot be swapped by accident.</typeparam>
public interface IIdentifier<TSelf>
    where TSelf : struct, IIdentifier<TSelf>
{
    /// <summary>The text of the identifier; <see langword="null"/> only in a default value.</summary>
    string Value { get; }

    /// <summary>Makes an identifier of <paramref name="text"/>; false when the text breaks <see cref="IdentifierRule"/>.</summary>
    static abstract bool TryCreate(string? text, out TSelf id);
}
