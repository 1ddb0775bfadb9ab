using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Areas;

/// <summary>Reads a table of what people established beside the passes: verified cleanings, and trucks that were sent because of a work order.</summary>
/// <remarks>
/// A header and the columns <c>segmentId,kind,at</c> in any order, with <c>side</c> (left, right; empty: the whole segment), <c>truckId</c> and <c>orderId</c>
/// (both for a truck that was sent) beside them if known. Kinds are <c>cleaning_verified</c> and <c>truck_sent</c>; times are ISO 8601.
/// </remarks>
public static class FactFile
{
    private static readonly string[] Needed = ["segmentId", "kind", "at"];

    /// <summary>Adds the table to evidence.</summary>
    /// <param name="input">CSV, read to its end.</param>
    /// <param name="network">The streets.</param>
    /// <param name="evidence">What passes saw; a street without any gets none by this.</param>
    /// <returns>Facts that were left out because the network has no such segment.</returns>
    /// <exception cref="PassFileException">A line is at fault; the message names it.</exception>
    public static int Read(TextReader input, StreetNetwork network, IReadOnlyDictionary<SegmentId, SegmentEvidence> evidence)
    {
        var header = CsvLine.Split(input.ReadLine()?.TrimStart('\uFEFF') ?? throw new PassFileException($"The table is empty. Its first line names the columns: {string.Join(',', Needed)}."));
        int Column(string name) => header.FindIndex(cell => cell.Trim() == name);
        if (Array.Find(Needed, name => Column(name) < 0) is { } missing)
        {
            throw new PassFileException($"Line 1: there is no column '{missing}'. Needed: {string.Join(',', Needed)}; found: {string.Join(',', header)}.");
        }

        var columns = (Segment: Column("segmentId"), Kind: Column("kind"), At: Column("at"), Side: Column("side"), Truck: Column("truckId"), Order: Column("orderId"));
        var elsewhere = 0;
        for (var line = 2; input.ReadLine() is { } text; line++)
        {
            if (text.AsSpan().IsWhiteSpace())
            {
                continue;
            }

            var cells = new TableCells(CsvLine.Split(text), line);
            var segment = cells.Id<SegmentId>(columns.Segment, Needed[0]);
            if (!network.TryFind(segment, out _))
            {
                elsewhere++;
                continue;
            }

            var kind = cells.Text(columns.Kind) switch
            {
                "cleaning_verified" => FactKind.CleaningVerified,
                "truck_sent" => FactKind.TruckSent,
                var other => throw cells.Fault(Needed[1], other, "cleaning_verified or truck_sent"),
            };
            var fact = new Fact
            {
                FactId = string.Empty,
                SegmentId = segment,
                Kind = kind,
                At = DateTimeOffset.FromUnixTimeMilliseconds(cells.Moment(columns.At, Needed[2])),
                Side = SideOf(cells, columns.Side),
                TruckId = kind == FactKind.TruckSent ? cells.Id<TruckId>(columns.Truck, "truckId") : null,
                OrderId = kind == FactKind.TruckSent ? cells.Id<OrderId>(columns.Order, "orderId") : null,
            };
            if (evidence.TryGetValue(segment, out var known))
            {
                known.Add(fact);
            }
        }

        return elsewhere;
    }

    private static Side SideOf(TableCells cells, int column) => column < 0 ? Side.Unknown : cells.Text(column) switch
    {
        "" => Side.Unknown,
        "left" => Side.Left,
        "right" => Side.Right,
        var other => throw cells.Fault("side", other, "left, right or empty"),
    };
}
