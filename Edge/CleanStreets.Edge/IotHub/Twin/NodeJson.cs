using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace CleanStreets.Edge.IotHub.Twin;

/// <summary>Writes JSON that is handled as a tree.</summary>
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class NodeJson : JsonSerializerContext;
