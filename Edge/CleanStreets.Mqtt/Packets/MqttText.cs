using System.Buffers;
using System.Text.Unicode;

namespace CleanStreets.Mqtt.Packets;

/// <summary>The rules for UTF-8 strings, topic names and topic filters (MQTT 5.0 §1.5.4, §4.7).</summary>
internal static class MqttText
{
    /// <summary>Well-formed UTF-8 (so no surrogates) without U+0000, at most 65,535 bytes.</summary>
    public static bool IsString(ReadOnlySpan<byte> utf8) => utf8.Length <= ushort.MaxValue && !utf8.Contains((byte)0) && Utf8.IsValid(utf8);

    private static readonly SearchValues<byte> Controls = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(value => (byte)value), 0x7F, C1Lead]);

    private static readonly SearchValues<byte> ControlsAndWildcards =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(value => (byte)value), 0x7F, C1Lead, (byte)'+', (byte)'#']);

    /// <summary>The first byte of U+0080 to U+00BF; the first half of those are control characters.</summary>
    private const byte C1Lead = 0xC2;

    /// <summary>Whether well-formed UTF-8 holds U+0000 to U+001F or U+007F to U+009F, which §1.5.4 lets a receiver refuse: we do in names.</summary>
    public static bool HasControl(ReadOnlySpan<byte> utf8)
    {
        for (int at; (at = utf8.IndexOfAny(Controls)) >= 0; utf8 = utf8[(at + 1)..])
        {
            if (utf8[at] != C1Lead || (at + 1 < utf8.Length && utf8[at + 1] < 0xA0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A string of at least one byte without wildcards and control characters.</summary>
    public static bool IsTopicName(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty || utf8.Length > ushort.MaxValue || !Utf8.IsValid(utf8))
        {
            return false;
        }

        var at = utf8.IndexOfAny(ControlsAndWildcards); // One look finds nothing in nearly every topic.
        return at < 0 || (utf8[at] == C1Lead && utf8[at..].IndexOfAny((byte)'+', (byte)'#') < 0 && !HasControl(utf8[at..]));
    }

    /// <summary>A string of at least one byte without control characters in which + fills its level and # fills the last one.</summary>
    public static bool IsTopicFilter(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty || !IsString(utf8) || HasControl(utf8))
        {
            return false;
        }

        for (var i = 0; i < utf8.Length; i++)
        {
            if (utf8[i] is not ((byte)'+' or (byte)'#'))
            {
                continue;
            }

            var startsLevel = i == 0 || utf8[i - 1] == '/';
            var endsFilter = i == utf8.Length - 1;
            var endsLevel = endsFilter || (utf8[i] == '+' && utf8[i + 1] == '/');
            if (!startsLevel || !endsLevel)
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsShared(ReadOnlySpan<byte> filter) => filter.StartsWith("$share/"u8) || filter.SequenceEqual("$share"u8);

    /// <summary>Whether it looks like a shared subscription and is none [MQTT-4.8.2-1] [MQTT-4.8.2-2].</summary>
    public static bool IsMisshapedShare(ReadOnlySpan<byte> filter) => IsShared(filter) && ShareNameEnd(filter) == 0;

    /// <summary>Length of <c>$share/</c>.</summary>
    public const int SharePrefixLength = 7;

    /// <summary>Where the group's name of a shared subscription ends; 0: not shared, or not well formed [MQTT-4.8.2-1] [MQTT-4.8.2-2].</summary>
    public static int ShareNameEnd(ReadOnlySpan<byte> filter)
    {
        if (!filter.StartsWith("$share/"u8))
        {
            return 0;
        }

        var end = filter[SharePrefixLength..].IndexOf((byte)'/') + SharePrefixLength;
        var isWellFormed = end > SharePrefixLength && end < filter.Length - 1
            && filter[SharePrefixLength..end].IndexOfAny((byte)'+', (byte)'#') < 0;
        return isWellFormed ? end : 0;
    }

    /// <summary>Whether a valid filter matches a valid topic name; a leading wildcard does not reach topics that begin with $ [MQTT-4.7.2-1].</summary>
    public static bool Matches(ReadOnlySpan<byte> filter, ReadOnlySpan<byte> topic)
    {
        var leadingWildcard = filter[0] is (byte)'+' or (byte)'#';
        return (topic[0] != '$' || !leadingWildcard) && MatchLevels(filter, topic);
    }

    private static bool MatchLevels(ReadOnlySpan<byte> filter, ReadOnlySpan<byte> topic)
    {
        while (true)
        {
            var pattern = TakeLevel(ref filter, out var filterGoesOn);
            if (pattern.SequenceEqual("#"u8))
            {
                return true;
            }

            var level = TakeLevel(ref topic, out var topicGoesOn);
            if (!pattern.SequenceEqual("+"u8) && !pattern.SequenceEqual(level))
            {
                return false;
            }

            if (!filterGoesOn || !topicGoesOn)
            {
                // "sport/#" also matches "sport".
                return filterGoesOn == topicGoesOn || (filterGoesOn && filter.SequenceEqual("#"u8));
            }
        }
    }

    /// <summary>Cuts the first level off <paramref name="rest"/>; a separator says that another level follows, even an empty one.</summary>
    public static ReadOnlySpan<byte> TakeLevel(ref ReadOnlySpan<byte> rest, out bool goesOn)
    {
        var separator = rest.IndexOf((byte)'/');
        goesOn = separator >= 0;
        var level = goesOn ? rest[..separator] : rest;
        rest = goesOn ? rest[(separator + 1)..] : default;
        return level;
    }
}
