using System.Text.Json;

namespace CleanStreets.Contracts.Readings;

/// <summary>Names and texts of a JSON document as UTF-8, without making strings.</summary>
internal static class JsonText
{
    /// <summary>The UTF-8 of the property name the reader stands on; empty when it could be none of ours.</summary>
    public static ReadOnlySpan<byte> NameOf(ref Utf8JsonReader reader) => reader.ValueIsEscaped ? Unescaped(ref reader) : reader.ValueSpan;

    /// <summary>The UTF-8 of the text the reader stands on; empty when it is no text or none that we keep.</summary>
    public static ReadOnlySpan<byte> TextOf(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? default : NameOf(ref reader);

    /// <remarks>Rare: escapes stand in no id and no name that our boxes write.</remarks>
    private static byte[] Unescaped(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > ReadingLimits.MaxTextBytes * 6) // \u00e9: six bytes for one character.
        {
            return [];
        }

        var scratch = new byte[reader.ValueSpan.Length];
        try
        {
            return scratch[..reader.CopyString(scratch)];
        }
        catch (InvalidOperationException) // Half a surrogate pair.
        {
            return [];
        }
    }
}
