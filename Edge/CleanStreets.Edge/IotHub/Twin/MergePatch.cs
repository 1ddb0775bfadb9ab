using System.Text.Json.Nodes;

namespace CleanStreets.Edge.IotHub.Twin;

/// <summary>Changes of JSON objects as the twin speaks of them: what is null goes, objects are merged, everything else is replaced (RFC 7396).</summary>
internal static class MergePatch
{
    /// <summary>Applies a patch to an object of ours.</summary>
    public static void Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            switch (value)
            {
                case null:
                    target.Remove(name);
                    break;
                case JsonObject part when target[name] is JsonObject there:
                    Apply(there, part);
                    break;
                case JsonObject part:
                    var made = new JsonObject();
                    Apply(made, part);
                    target[name] = made;
                    break;
                default:
                    target[name] = value.DeepClone();
                    break;
            }
        }
    }

    /// <summary>The patch that makes <paramref name="after"/> of <paramref name="before"/>; empty when they are the same.</summary>
    public static JsonObject Between(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var (name, _) in before)
        {
            if (!after.ContainsKey(name))
            {
                patch[name] = null;
            }
        }

        foreach (var (name, value) in after)
        {
            var was = before[name];
            if (was is JsonObject old && value is JsonObject now)
            {
                if (Between(old, now) is { Count: > 0 } inner)
                {
                    patch[name] = inner;
                }
            }
            else if (!JsonNode.DeepEquals(was, value))
            {
                patch[name] = value?.DeepClone();
            }
        }

        return patch;
    }
}
