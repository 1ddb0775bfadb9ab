using System.Text.Unicode;

namespace CleanStreets.Mqtt.Packets;

/// <summary>The rules for UTF-8 strings, topic names and topic filters (MQTT 5.0 §1.5.4, §4.7).</summary>
internal static class MqttText
{
    /// <summary>Well-formed UTF-8 (so no surrogates) without U+0000, at most 65,535 bytes.</summary>
    public static bool IsString(ReadOnlySpan<byte> utf8) => utf8.Length <= ushort.MaxValue && !utf8.Contains((byte)0) && Utf8.IsValid(utf8);

    /// <summary>A string of at least one byte without wildcards.</summary>
    public static bool IsTopicName(ReadOnlySpan<byte> utf8) => !utf8.IsEmpty && utf8.IndexOfAny((byte)'+', (byte)'#') < 0 && IsString(utf8);

    /// <summary>A string of at least one byte in which + fills its level and # fills the last one.</summary>
    public static bool IsTopicFilter(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty || !IsString(utf8))
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
