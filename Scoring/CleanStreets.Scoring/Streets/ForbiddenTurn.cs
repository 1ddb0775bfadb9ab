using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Streets;

/// <summary>A turn that traffic signs forbid: from the end of one segment into the beginning of another, both driven one way.</summary>
/// <param name="From">The segment that is driven to its end.</param>
/// <param name="FromForward">Whether it is driven along its geometry.</param>
/// <param name="To">The segment that may not be entered from there; the same one for a U-turn.</param>
/// <param name="ToForward">Whether it would be driven along its geometry.</param>
public sealed record ForbiddenTurn(SegmentId From, bool FromForward, SegmentId To, bool ToForward)
{
    /// <summary>What is wrong with the turn among these streets; null when it is one that could be driven.</summary>
    internal string? FaultAmong(IReadOnlyDictionary<SegmentId, StreetDefinition> streets)
    {
        if (!streets.TryGetValue(From, out var from) || !streets.TryGetValue(To, out var to))
        {
            return $"names the segment {(streets.ContainsKey(From) ? To : From)}, which is not there";
        }

        if ((from.OneWay && !FromForward) || (to.OneWay && !ToForward))
        {
            return $"drives the one-way segment {(from.OneWay && !FromForward ? From : To)} against its traffic";
        }

        var leaves = FromForward ? from.Geometry[^1] : from.Geometry[0];
        var enters = ToForward ? to.Geometry[0] : to.Geometry[^1];
        return PlaceKey.Of(leaves) == PlaceKey.Of(enters) ? null : $"leads from {From} to {To}, which do not meet that way";
    }

    /// <summary>The one order in which a network holds its turns.</summary>
    internal static IOrderedEnumerable<ForbiddenTurn> InOrder(IEnumerable<ForbiddenTurn> turns) => turns.Distinct()
        .OrderBy(turn => turn.From.Value, StringComparer.Ordinal).ThenBy(turn => turn.FromForward)
        .ThenBy(turn => turn.To.Value, StringComparer.Ordinal).ThenBy(turn => turn.ToForward);
}
