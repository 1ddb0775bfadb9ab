using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace CleanStreets.Testing.IotHub;

/// <summary>A message as the hub keeps it.</summary>
/// <param name="Device">Who sent it, by what it proved.</param>
/// <param name="Body">What it carries.</param>
/// <param name="Properties">System properties (<c>$.ct</c>) and others.</param>
public sealed record HubMessage(string Device, byte[] Body, IReadOnlyDictionary<string, string?> Properties);

/// <summary>A device of the stand-in: its secret, its twin, and what came from it.</summary>
public sealed class HubDevice(string id)
{
    private readonly Lock _twin = new();
    private JsonObject _desired = new() { ["$version"] = 1L };
    private JsonObject _reported = new() { ["$version"] = 1L };

    public string Id => id;

    public byte[] Key { get; set; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>Thumbprint of the certificate that it proves itself with instead of the key.</summary>
    public string? Thumbprint { get; set; }

    public bool IsEnabled { get; set; } = true;

    public ConcurrentQueue<HubMessage> Telemetry { get; } = [];

    public JsonObject Reported
    {
        get
        {
            lock (_twin)
            {
                return _reported.DeepClone().AsObject();
            }
        }
    }

    internal string Whole()
    {
        lock (_twin)
        {
            return new JsonObject { ["desired"] = _desired.DeepClone(), ["reported"] = _reported.DeepClone() }.ToJsonString();
        }
    }

    /// <summary>Merges into the desired properties; answers the patch as devices are told of it.</summary>
    internal (long Version, string Patch) Desire(JsonObject patch)
    {
        lock (_twin)
        {
            var version = Merge(_desired, patch);
            var told = patch.DeepClone().AsObject();
            told["$version"] = version;
            return (version, told.ToJsonString());
        }
    }

    internal long Report(JsonObject patch)
    {
        lock (_twin)
        {
            return Merge(_reported, patch);
        }
    }

    private static long Merge(JsonObject into, JsonObject patch)
    {
        MergeParts(into, patch);
        var version = into["$version"]!.GetValue<long>() + 1;
        into["$version"] = version;
        return version;
    }

    private static void MergeParts(JsonObject into, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                into.Remove(name);
            }
            else if (value is JsonObject part)
            {
                if (into[name] is not JsonObject there)
                {
                    into[name] = there = [];
                }

                MergeParts(there, part);
            }
            else
            {
                into[name] = value.DeepClone();
            }
        }
    }
}
