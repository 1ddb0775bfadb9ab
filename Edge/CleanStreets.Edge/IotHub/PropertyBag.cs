using System.Text;

namespace CleanStreets.Edge.IotHub;

/// <summary>The <c>name=value&amp;name=value</c> at the end of the hub's topics, each part percent-encoded (RFC 2396).</summary>
internal static class PropertyBag
{
    /// <summary>Writes a bag. Names are ours or the hub's system properties (<c>$.ct</c>), which stand as they are.</summary>
    public static string Write(params ReadOnlySpan<(string Name, string Value)> properties)
    {
        var bag = new StringBuilder();
        foreach (var (name, value) in properties)
        {
            bag.Append(bag.Length > 0 ? "&" : "").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return bag.ToString();
    }

    /// <summary>Reads a bag, with or without <c>?</c> in front. A name without <c>=</c> has no value, one with <c>=</c> and nothing behind it an empty one.</summary>
    public static Dictionary<string, string?> Read(string bag)
    {
        var properties = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var part in bag.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var end = part.IndexOf('=', StringComparison.Ordinal);
            properties[Uri.UnescapeDataString(end < 0 ? part : part[..end])] = end < 0 ? null : Uri.UnescapeDataString(part[(end + 1)..]);
        }

        return properties;
    }
}
