using System.Text;
using System.Text.Json;

namespace CleanStreets.Edge.Aim.Sheet;

/// <summary>Replaces single values in a JSON file that people wrote, and leaves every other byte as it is: order, spaces and comments too.</summary>
internal static class JsonSplice
{
    /// <summary>Sets values.</summary>
    /// <param name="json">The file: an object.</param>
    /// <param name="values">Path of property names with dots → JSON text. What is not there yet is added at the beginning of its object.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static byte[] Set(ReadOnlySpan<byte> json, IReadOnlyDictionary<string, string> values)
    {
        var edits = new List<(int From, int To, string Text)>();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("It is no object.");
        }

        Walk(json, ref reader, "", values, edits);
        var result = new List<byte>(json.Length + 256);
        var at = 0;
        foreach (var (from, to, text) in edits.OrderBy(edit => edit.From))
        {
            result.AddRange(json[at..from]);
            result.AddRange(Encoding.UTF8.GetBytes(text));
            at = to;
        }

        result.AddRange(json[at..]);
        return [.. result];
    }

    private static void Walk(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, string prefix, IReadOnlyDictionary<string, string> values, List<(int From, int To, string Text)> edits)
    {
        var begin = (int)reader.BytesConsumed; // Behind the brace.
        var seen = new HashSet<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            var path = prefix + name;
            seen.Add(name);
            reader.Read();
            var from = (int)reader.TokenStartIndex;
            if (reader.TokenType == JsonTokenType.StartObject && !values.ContainsKey(path) && values.Keys.Any(key => key.StartsWith(path + ".", StringComparison.Ordinal)))
            {
                Walk(json, ref reader, path + ".", values, edits);
                continue;
            }

            reader.Skip();
            if (values.TryGetValue(path, out var value))
            {
                edits.Add((from, (int)reader.BytesConsumed, value));
            }
        }

        var missing = Missing(prefix, values, seen).ToList();
        if (missing.Count > 0)
        {
            edits.Add((begin, begin, IndentAt(json[begin..]) + string.Join(", ", missing) + (seen.Count > 0 ? "," : "")));
        }
    }

    /// <summary>What stands between a brace and the next line's first word, if it is a line of its own: so stands what is added.</summary>
    private static string IndentAt(ReadOnlySpan<byte> rest)
    {
        var spaces = rest[..Math.Max(0, rest.IndexOfAnyExcept(" \t\r\n"u8))];
        return spaces.Contains((byte)'\n') ? "\n" + Encoding.UTF8.GetString(spaces[(spaces.LastIndexOf((byte)'\n') + 1)..]) : "";
    }

    private static IEnumerable<string> Missing(string prefix, IReadOnlyDictionary<string, string> values, HashSet<string> seen) =>
        values.Where(value => value.Key.StartsWith(prefix, StringComparison.Ordinal))
            .GroupBy(value => value.Key[prefix.Length..].Split('.')[0])
            .Where(group => !seen.Contains(group.Key))
            .Select(group => $"\"{group.Key}\": {(values.TryGetValue(prefix + group.Key, out var value) ? value : $"{{{string.Join(", ", Missing($"{prefix}{group.Key}.", values, []))}}}")}");
}
