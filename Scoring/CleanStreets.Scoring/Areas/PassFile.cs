using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Scoring.Areas;

/// <summary>Passes of a table that are no evidence.</summary>
/// <param name="Elsewhere">The network has no such segment.</param>
/// <param name="WithoutExposure">Nobody knows how much street was seen.</param>
public readonly record struct PassesLeftOut(int Elsewhere, int WithoutExposure);

/// <summary>Reads a table of passes into evidence.</summary>
/// <remarks>
/// A header and the columns <c>segmentId,truckId,enteredAt,exposureSquareMetres,counts</c> in any order; <c>coverage</c> (share of the
/// length driven, 1 when absent), <c>orderId</c> (the work order that brought the truck), <c>modelVersion</c> (the detector that looked) and others may stand beside them. Times are ISO 8601; exposure is street seen × recall; counts are
/// <c>kind=number</c> with semicolons between, empty when nothing was found. A pass whose exposure is empty is left out: what was seen for
/// nobody knows how much street says nothing.
/// </remarks>
public static class PassFile
{
    private const double MostSquareMetres = 1e7;

    /// <summary>The table's exposure has the recall already.</summary>
    private static readonly DetectorRecall Whole = new() { DefaultMilli = 1000 };

    private static readonly string[] Needed = ["segmentId", "truckId", "enteredAt", "exposureSquareMetres", "counts"];

    /// <summary>Reads the table.</summary>
    /// <param name="input">CSV, read to its end.</param>
    /// <param name="network">The streets.</param>
    /// <param name="left">Passes that were left out: of segments that the network does not have, or without exposure.</param>
    /// <param name="detectors">Told which detector looked where and when; null: nobody asks.</param>
    /// <exception cref="PassFileException">A line is at fault; the message names it.</exception>
    public static Dictionary<SegmentId, SegmentEvidence> Read(TextReader input, StreetNetwork network, out PassesLeftOut left, DetectorTimes? detectors = null)
    {
        var header = CsvLine.Split(input.ReadLine()?.TrimStart('\uFEFF') ?? throw new PassFileException($"The table is empty. Its first line names the columns: {string.Join(',', Needed)}."));
        var places = Needed.Select(name => header.FindIndex(cell => cell.Trim() == name)).ToArray();
        if (Array.IndexOf(places, -1) is >= 0 and var missing)
        {
            throw new PassFileException($"Line 1: there is no column '{Needed[missing]}'. Needed: {string.Join(',', Needed)}; found: {string.Join(',', header)}.");
        }

        var coverage = header.FindIndex(cell => cell.Trim() == "coverage");
        var model = header.FindIndex(cell => cell.Trim() == "modelVersion");
        var order = header.FindIndex(cell => cell.Trim() == "orderId");
        var evidence = new Dictionary<SegmentId, SegmentEvidence>();
        left = default;
        for (var line = 2; input.ReadLine() is { } text; line++)
        {
            if (text.AsSpan().IsWhiteSpace())
            {
                continue;
            }

            var cells = new TableCells(CsvLine.Split(text), line);
            if (!network.TryFind(cells.Id<SegmentId>(places[0], Needed[0]), out var segment))
            {
                left = left with { Elsewhere = left.Elsewhere + 1 };
                continue;
            }

            if (cells.IsEmpty(places[3]))
            {
                left = left with { WithoutExposure = left.WithoutExposure + 1 };
                continue;
            }

            if (!evidence.TryGetValue(segment.Id, out var known))
            {
                evidence[segment.Id] = known = new SegmentEvidence(segment.Id, segment.LengthMetres);
            }

            var share = coverage < 0 ? 1 : cells.Number(coverage, "coverage", 1);
            var (pass, truck) = (Pass(segment, cells, places, share), cells.Id<TruckId>(places[1], Needed[1]));
            known.Add(pass, truck);
            if (model >= 0 && !cells.IsEmpty(model))
            {
                detectors?.Add(pass with { ModelVersion = cells.Text(model) });
            }

            if (order >= 0 && !cells.IsEmpty(order))
            {
                known.Add(SentFor(pass, truck, cells.Id<OrderId>(order, "orderId")));
            }
        }

        return evidence;
    }

    private static Fact SentFor(Observation pass, TruckId truck, OrderId order) => new()
    {
        FactId = string.Empty,
        SegmentId = pass.SegmentId,
        Kind = FactKind.TruckSent,
        At = DateTimeOffset.FromUnixTimeMilliseconds(pass.EnteredAtMs),
        TruckId = truck,
        OrderId = order,
    };

    private static Observation Pass(StreetSegment segment, TableCells cells, int[] places, double coverage)
    {
        var enteredAt = cells.Moment(places[2], Needed[2]);
        return new Observation
        {
            SegmentIndex = segment.Index,
            SegmentId = segment.Id,
            EnteredAtMs = enteredAt,
            LeftAtMs = enteredAt,
            Forward = true,
            FromOffsetMetres = 0,
            ToOffsetMetres = coverage * segment.LengthMetres,
            LengthDrivenMetres = coverage * segment.LengthMetres,
            Coverage = coverage,
            SeenMilliSquareMetres = new SideTotals((long)Math.Round(cells.Number(places[3], Needed[3], MostSquareMetres) * 1000), 0, 0),
            Recall = Whole,
            Counts = cells.Counts(places[4]),
            Piles = [],
            ReadingCount = 0,
            FirstSequence = 0,
            LastSequence = 0,
            Light = Light.Unknown,
            CameraId = null,
            ModelVersion = null,
        };
    }
}
