using System.Text.Json.Serialization;

namespace CleanStreets.Ingest.Store.Sqlite;

/// <summary>JSON of a pass's counts by kind, as it stands in the store.</summary>
[JsonSerializable(typeof(Dictionary<string, int>))]
internal sealed partial class CountsJson : JsonSerializerContext;
