using System.Text;
using System.Text.Unicode;

namespace CleanStreets.Contracts.Readings;

/// <summary>The texts of a batch as strings: ids and names are remembered, evidence ids are not, for each of them is new.</summary>
internal sealed class ReadingTexts
{
    // Ids: a thousand trucks with their sessions and boxes. Names: kinds and sensors, of which a city has dozens.
    private readonly TextCache _ids = new(8192);
    private readonly TextCache _names = new(1024);

    // Messages of a truck come in runs: the ids are mostly those of the message before. Valid ones are ASCII.
    private TruckId _truck;
    private SessionId _session;

    public TruckId TruckId(ReadOnlySpan<byte> utf8) => Ascii.Equals(utf8, _truck.Value) ? _truck
        : _truck = IdentifierRule.IsValid(utf8) && Contracts.TruckId.TryCreate(_ids.Get(utf8), out var id) ? id : default;

    public SessionId SessionId(ReadOnlySpan<byte> utf8) => Ascii.Equals(utf8, _session.Value) ? _session
        : _session = IdentifierRule.IsValid(utf8) && Contracts.SessionId.TryCreate(_ids.Get(utf8), out var id) ? id : default;

    /// <summary>Text of the envelope; null where it is empty, too long or not UTF-8.</summary>
    public string? About(ReadOnlySpan<byte> utf8) => utf8.Length is > 0 and <= ReadingLimits.MaxTextBytes ? _ids.TryGet(utf8) : null;

    /// <summary>A kind or a sensor's name; null where it is too long or not UTF-8.</summary>
    public string? Name(ReadOnlySpan<byte> utf8) => utf8.Length <= ReadingLimits.MaxTextBytes ? _names.TryGet(utf8) : null;

    public static string? Evidence(ReadOnlySpan<byte> utf8) =>
        utf8.Length <= ReadingLimits.MaxTextBytes && Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : null;
}
