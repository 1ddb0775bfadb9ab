using System.Text.Unicode;

namespace CleanStreets.Contracts.Readings;

/// <summary>The texts of a batch as strings: ids and names are remembered, evidence ids are not, for each of them is new.</summary>
internal sealed class ReadingTexts
{
    // Ids: a thousand trucks with their sessions and boxes. Names: kinds and sensors, of which a city has dozens.
    private readonly TextCache _ids = new(8192);
    private readonly TextCache _names = new(1024);

    public TruckId TruckId(ReadOnlySpan<byte> utf8) =>
        IdentifierRule.IsValid(utf8) && Contracts.TruckId.TryCreate(_ids.Get(utf8), out var id) ? id : default;

    public SessionId SessionId(ReadOnlySpan<byte> utf8) =>
        IdentifierRule.IsValid(utf8) && Contracts.SessionId.TryCreate(_ids.Get(utf8), out var id) ? id : default;

    /// <summary>Text of the envelope; null where it is empty, too long or not UTF-8.</summary>
    public string? About(ReadOnlySpan<byte> utf8) => utf8.IsEmpty || !IsText(utf8) ? null : _ids.Get(utf8);

    /// <summary>A kind or a sensor's name; null where it is too long or not UTF-8.</summary>
    public string? Name(ReadOnlySpan<byte> utf8) => IsText(utf8) ? _names.Get(utf8) : null;

    public static string? Evidence(ReadOnlySpan<byte> utf8) => IsText(utf8) ? System.Text.Encoding.UTF8.GetString(utf8) : null;

    private static bool IsText(ReadOnlySpan<byte> utf8) => utf8.Length <= ReadingLimits.MaxTextBytes && Utf8.IsValid(utf8);
}
