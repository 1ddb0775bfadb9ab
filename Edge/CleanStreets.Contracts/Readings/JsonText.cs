using System.Text.Json;

namespace CleanStreets.Contracts.Readings;

/// <summary>Names and texts of a JSON document as UTF-8, without making strings.</summary>
internal static class JsonText
{
    /// <summary>The UTF-8 of the text the reader stands on; empty when it is no text or none that we keep.</summary>
    public static ReadOnlySpan<byte> TextOf(ref JsonCursor reader) =>
        reader.TokenType != JsonTokenType.String ? default : reader.ValueIsEscaped ? Unescaped(reader.ValueSpan) : reader.ValueSpan;

    /// <summary>The UTF-8 of a text or name with escapes; empty when it could be none of ours.</summary>
    /// <remarks>Rare: escapes stand in no id and no name that our boxes write.</remarks>
    public static byte[] Unescaped(ReadOnlySpan<byte> escaped)
    {
        if (escaped.Length > ReadingLimits.MaxTextBytes * 6) // \u00e9: six bytes for one character.
        {
            return [];
        }

        byte[] quoted = [(byte)'"', .. escaped, (byte)'"'];
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
