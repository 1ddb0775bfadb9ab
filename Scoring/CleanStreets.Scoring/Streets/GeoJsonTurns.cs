using System.Text.Json;
using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Streets;

/// <summary>Forbidden turns in a street file: a member of the collection beside its features, absent when there is none.</summary>
/// <remarks>
/// <c>"forbiddenTurns": [{"from": ID, "fromWay": "along", "to": ID, "toWay": "against"}, …]</c>; along and against are seen by the geometry
/// of each segment, as <see cref="StreetFile.WriteGeoJson"/> writes it. GeoJSON (RFC 7946, 6.1) lets other readers pass it over.
/// </remarks>
internal static class GeoJsonTurns
{
    /// <summary>Name of the member.</summary>
    public const string Member = "forbiddenTurns";

    private const string Along = "along";
    private const string Against = "against";

    /// <summary>The turns of a file.</summary>
    /// <exception cref="StreetFileException">An entry is none; the message says which.</exception>
    public static List<ForbiddenTurn> Read(JsonElement root, string source, IReadOnlyList<StreetDefinition> streets)
    {
        var turns = new List<ForbiddenTurn>();
        var member = GeoJson.Member(root, Member);
        if (member.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return turns;
        }

        if (member.ValueKind != JsonValueKind.Array)
        {
            throw new StreetFileException($"{source}: {Member} is no list. Import the street map again, or leave it out.");
        }

        var byId = streets.ToDictionary(street => street.Id);
        foreach (var entry in member.EnumerateArray())
        {
            var turn = Turn(entry);
            var fault = turn is null ? "is no turn: write from, fromWay (along or against), to and toWay" : turn.FaultAmong(byId);
            turns.Add(fault is null
                ? turn!
                : throw new StreetFileException($"{source}: {Member}[{turns.Count}] {fault}. Import the street map again, or leave the entry out."));
        }

        return turns;
    }

    /// <summary>Writes the member; nothing when no turn is forbidden.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<ForbiddenTurn> turns)
    {
        if (turns.Count == 0)
        {
            return;
        }

        json.WriteStartArray(Member);
        foreach (var turn in turns)
        {
            json.WriteStartObject();
            json.WriteString("from"u8, turn.From.Value);
            json.WriteString("fromWay"u8, turn.FromForward ? Along : Against);
            json.WriteString("to"u8, turn.To.Value);
            json.WriteString("toWay"u8, turn.ToForward ? Along : Against);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static ForbiddenTurn? Turn(JsonElement entry) =>
        Segment(entry, "from") is { } from && Forward(entry, "fromWay") is { } fromForward
        && Segment(entry, "to") is { } to && Forward(entry, "toWay") is { } toForward
            ? new ForbiddenTurn(from, fromForward, to, toForward)
            : null;

    private static SegmentId? Segment(JsonElement entry, string name) =>
        GeoJson.Text(GeoJson.Member(entry, name)) is { } text ? LastingId.Of(text) : null;

    private static bool? Forward(JsonElement entry, string name) => GeoJson.Text(GeoJson.Member(entry, name)) switch
    {
        Along => true,
        Against => false,
        _ => null,
    };
}
