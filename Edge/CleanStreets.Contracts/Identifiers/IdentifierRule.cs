using System.Buffers;

namespace CleanStreets.Contracts;

/// <summary>The one rule of every identifier: 1–64 of <c>[A-Za-z0-9._-]</c>, and neither <c>.</c> nor <c>..</c>, so that it can stand in a topic, a path and a file name.</summary>
public static class IdentifierRule
{
    /// <summary>Most characters of an identifier.</summary>
    public const int MaxLength = 64;

    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    private static readonly SearchValues<char> AllowedChars = SearchValues.Create(Alphabet);
    private static readonly SearchValues<byte> AllowedBytes = SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(Alphabet));

    /// <summary>Whether <paramref name="text"/> keeps the rule.</summary>
    public static bool IsValid(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= MaxLength && !text.ContainsAnyExcept(AllowedChars) && text is not ("." or "..");

    /// <summary>Whether <paramref name="utf8"/> keeps the rule.</summary>
    public static bool IsValid(ReadOnlySpan<byte> utf8) =>
        utf8.Length is > 0 and <= MaxLength && !utf8.ContainsAnyExcept(AllowedBytes) && !(utf8.Length <= 2 && utf8[0] == (byte)'.' && utf8[^1] == (byte)'.');

    internal static string Demand(string? text, string what) =>
        text is not null && IsValid(text)
            ? text
            : throw new FormatException($"'{text}' is not a {what}: 1 to {MaxLength} letters, digits, '.', '_' or '-', and neither '.' nor '..'.");
}
