namespace CleanStreets.Scoring.Streets;

/// <summary>What becomes of a turn restriction.</summary>
internal enum OsmTurnFate
{
    /// <summary>Its way from the first street into the second is forbidden.</summary>
    Forbids,

    /// <summary>Every other way out of the first street is forbidden.</summary>
    AllowsOnly,

    /// <summary>It leads over a way between two junctions.</summary>
    ViaWay,

    /// <summary>It holds at some times only.</summary>
    Conditional,

    /// <summary>It excepts trucks, or holds for other vehicles only.</summary>
    OtherVehicles,

    /// <summary>It is of another kind, or incomplete.</summary>
    NotUnderstood,
}

/// <summary>What the tags and members of a turn restriction say to a sanitation truck.</summary>
/// <remarks>Keys, values and roles: the OpenStreetMap wiki, <c>Relation:restriction</c>.</remarks>
internal static class OsmTurnRule
{
    private static readonly HashSet<string> Forbidding = new(StringComparer.Ordinal)
    {
        "no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn",
    };

    private static readonly HashSet<string> Allowing = new(StringComparer.Ordinal)
    {
        "only_left_turn", "only_right_turn", "only_straight_on",
    };

    // A sanitation truck is a goods vehicle above 3.5 t; "service" is how some cities write their own fleet.
    private static readonly HashSet<string> OurTruck = new(StringComparer.Ordinal) { "hgv", "goods", "motor_vehicle", "vehicle", "service" };

    /// <summary>Judges a restriction by its tags and the shape of its members.</summary>
    public static OsmTurnFate FateOf(OsmRelation relation)
    {
        var said = relation.Tag("restriction") ?? relation.Tag("restriction:hgv");
        if (said is null)
        {
            return relation.Tags.Keys.Any(key => key.StartsWith("restriction:", StringComparison.Ordinal) && key.EndsWith(":conditional", StringComparison.Ordinal))
                || relation.Tag("restriction:conditional") is not null ? OsmTurnFate.Conditional
                : relation.Tags.Keys.Any(key => key.StartsWith("restriction:", StringComparison.Ordinal)) ? OsmTurnFate.OtherVehicles
                : OsmTurnFate.NotUnderstood;
        }

        if (relation.Tag("hour_on") is not null || relation.Tag("day_on") is not null)
        {
            return OsmTurnFate.Conditional; // The older way to write times.
        }

        if (relation.Tag("except") is { } except
            && except.Split([';', ','], StringSplitOptions.TrimEntries).Any(OurTruck.Contains))
        {
            return OsmTurnFate.OtherVehicles;
        }

        return (Forbidding.Contains(said), Allowing.Contains(said)) switch
        {
            (false, false) => OsmTurnFate.NotUnderstood,
            _ when relation.Members.Any(member => member is { Role: "via", Kind: OsmMemberKind.Way }) => OsmTurnFate.ViaWay,
            _ when Only(relation, "from", OsmMemberKind.Way) is null
                || Only(relation, "via", OsmMemberKind.Node) is null
                || Only(relation, "to", OsmMemberKind.Way) is null => OsmTurnFate.NotUnderstood,
            (true, _) => OsmTurnFate.Forbids,
            _ => OsmTurnFate.AllowsOnly,
        };
    }

    /// <summary>The number of the only member with a role; null when there is none, several, or one of another kind.</summary>
    public static long? Only(OsmRelation relation, string role, OsmMemberKind kind)
    {
        var found = relation.Members.Where(member => member.Role == role).Take(2).ToArray();
        return found is [{ } one] && one.Kind == kind ? one.Id : null;
    }
}
