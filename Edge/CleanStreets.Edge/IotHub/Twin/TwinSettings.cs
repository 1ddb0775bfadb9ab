using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Trucks;

namespace CleanStreets.Edge.IotHub.Twin;

/// <summary>Between the twin's desired properties and the settings of <c>config/{truckId}</c>: the same names, the same values.</summary>
internal static class TwinSettings
{
    private const int Done = 200, Refused = 400;
    private const string VersionName = "version";

    /// <summary>The settings message that desired properties amount to; empty when none is desired. A set without a name of its own is called by the twin's version.</summary>
    public static ReadOnlyMemory<byte> Message(JsonObject desired, long version)
    {
        var wanted = new JsonObject();
        foreach (var (name, value) in desired.Where(property => !property.Key.StartsWith('$') && property.Value is not null))
        {
            wanted[name] = value!.DeepClone();
        }

        if (wanted.Count == 0)
        {
            return default;
        }

        if (!wanted.ContainsKey(VersionName))
        {
            wanted[VersionName] = string.Create(CultureInfo.InvariantCulture, $"twin-{version}");
        }

        return JsonSerializer.SerializeToUtf8Bytes(wanted, NodeJson.Default.JsonObject);
    }

    /// <summary>Says back, for each desired property that is a setting: its value in force, whether it was taken (200) or not (400), and for which version of the twin.</summary>
    /// <remarks>The shape is that of Plug and Play's writable properties: <c>{"value":…,"ac":200,"av":5,"ad":"…"}</c>.</remarks>
    public static JsonObject Acknowledge(JsonObject desired, long version, TruckSettings inForce)
    {
        var values = JsonSerializer.SerializeToNode(inForce, ContractJson.Default.TruckSettings)!.AsObject();
        var answers = new JsonObject();
        foreach (var (name, value) in desired)
        {
            if (value is not null && values[name] is { } now)
            {
                var answer = new JsonObject { ["value"] = now.DeepClone(), ["ac"] = inForce.Refused is null ? Done : Refused, ["av"] = version };
                if (inForce.Refused is { } reason)
                {
                    answer["ad"] = reason;
                }

                answers[name] = answer;
            }
        }

        return answers;
    }

    /// <summary>Whether a reported property is an answer of this kind.</summary>
    public static bool IsAnswer(JsonNode? reported) => reported is JsonObject answer && answer.ContainsKey("ac") && answer.ContainsKey("av");
}
