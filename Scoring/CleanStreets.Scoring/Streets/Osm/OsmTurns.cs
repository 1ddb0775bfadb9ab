using CleanStreets.Contracts;

namespace CleanStreets.Scoring.Streets;

/// <summary>The turn restrictions of a map, until its segments are known.</summary>
internal sealed class OsmTurns
{
    private readonly List<(long From, long Via, long To, bool Only)> _taken = [];
    private readonly Dictionary<OsmTurnFate, int> _left = [];
    private int _placed;
    private int _elsewhere;

    /// <summary>What was taken and what was left out, a sentence each.</summary>
    public IReadOnlyList<string> Notes =>
    [
        .. Note(_placed, "turn restrictions kept"),
        .. Note(Left(OsmTurnFate.ViaWay), "turn restrictions left out: they lead over a way between two junctions"),
        .. Note(Left(OsmTurnFate.Conditional), "turn restrictions left out: they hold at some times only"),
        .. Note(Left(OsmTurnFate.OtherVehicles), "turn restrictions left out: they are not for trucks"),
        .. Note(Left(OsmTurnFate.NotUnderstood), "turn restrictions left out: of another kind, or incomplete"),
        .. Note(_elsewhere, "turn restrictions left out: their streets were not taken, or do not meet where they say"),
    ];

    /// <summary>Takes the restriction when it is one that a junction can keep.</summary>
    public void Take(OsmRelation relation)
    {
        var fate = OsmTurnRule.FateOf(relation);
        if (fate is OsmTurnFate.Forbids or OsmTurnFate.AllowsOnly)
        {
            _taken.Add((
                OsmTurnRule.Only(relation, "from", OsmMemberKind.Way)!.Value,
                OsmTurnRule.Only(relation, "via", OsmMemberKind.Node)!.Value,
                OsmTurnRule.Only(relation, "to", OsmMemberKind.Way)!.Value,
                fate == OsmTurnFate.AllowsOnly));
        }
        else
        {
            _left[fate] = Left(fate) + 1;
        }
    }

    /// <summary>The forbidden turns between segments.</summary>
    /// <param name="ways">The ways as the file has them: <see cref="StreetLine.Source"/> is the way's number.</param>
    /// <param name="streets">The segments made of them.</param>
    /// <param name="ids">Their ids, in the same order.</param>
    public List<ForbiddenTurn> Between(IReadOnlyList<StreetLine> ways, IReadOnlyList<StreetLine> streets, SegmentId[] ids)
    {
        var turns = new List<ForbiddenTurn>();
        if (_taken.Count == 0)
        {
            return turns;
        }

        var wayEnds = new OsmWayEnds(ways);
        var junctions = new OsmJunctions(streets, ids);
        foreach (var (from, via, to, only) in _taken)
        {
            if (wayEnds.NextTo(from, via) is { } before && junctions.Entering(via, before) is { } entering
                && wayEnds.NextTo(to, via) is { } after && junctions.Leaving(via, after) is { } leaving)
            {
                _placed++;
                turns.AddRange((only ? junctions.LeavingFrom(via).Where(other => other != leaving) : [leaving])
                    .Select(exit => new ForbiddenTurn(entering.Id, entering.Forward, exit.Id, exit.Forward)));
            }
            else
            {
                _elsewhere++;
            }
        }

        return turns;
    }

    private int Left(OsmTurnFate fate) => _left.GetValueOrDefault(fate);

    private static IEnumerable<string> Note(int count, string what) => count > 0 ? [$"{count} {what}"] : [];
}
