using System.Text.Json;

namespace CleanStreets.Contracts.Readings;

/// <summary>Names and texts of a JSON document as UTF-8, without making strings.</summary>
internal static class JsonText
{
    /// <summary>The UTF-8 of the property name the reader stands on; empty when it could be none of ours.</summary>
    public static ReadOnlySpan<byte> NameOf(ref JsonCursor reader) => reader.ValueIsEscaped ? Unescaped(ref reader) : reader.ValueSpan;

    /// <summary>The UTF-8 of the text the reader stands on; empty when it is no text or none that we keep.</summary>
    public static ReadOnlySpan<byte> TextOf(ref JsonCursor reader) =>
        reader.TokenType != JsonTokenType.String ? default : NameOf(ref reader);

    /// <remarks>Rare: escapes stand in no id and no name that our boxes write.</remarks>
    private static byte[] Unescaped(ref JsonCursor reader)
    {
        if (reader.ValueSpan.Length > ReadingLimits.MaxTextBytes * 6) // \u00e9: six bytes for one character.
        {
            return [];
        }

        byte[] quoted = [(byte)'"', .. reader.ValueSpan, (byte)'"'];
        var scratch = new byte[quoted.Length];
        try
        {
            var text = new Utf8JsonReader(quoted);
            text.Read();
            return scratch[..text.CopyString(scratch)];
        }
        catch (InvalidOperationException) // Half a surrogate pair.
        {
            return [];
        }
    }
}
