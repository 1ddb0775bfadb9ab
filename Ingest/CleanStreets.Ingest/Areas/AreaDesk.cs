using System.Globalization;
using CleanStreets.Contracts;
using CleanStreets.Contracts.ReadApi;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Scoring.Areas;
using CleanStreets.Scoring.Index;

namespace CleanStreets.Ingest.Areas;

/// <summary>Answers questions about areas: takes a copy of the evidence from the Score loop and reckons on another thread.</summary>
/// <remarks>
/// One question is reckoned at a time, so however many ask, scoring keeps its core; the whole layer is reckoned anew once a minute at most.
/// Which street lies where is found at the first question and kept.
/// </remarks>
internal sealed class AreaDesk(IngestPipeline pipeline, IReadOnlyList<Area> layer, ClosedPeriods closed, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Holds = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly AreaIndexer _indexer = new(IndexMethods.Find(pipeline.Method)!);
    private readonly Lazy<IReadOnlyList<(string Name, IReadOnlyList<AreaStreet> Streets)>> _areas =
        new(() => [.. layer.Select(area => (area.Name, AreaStreets.Of(pipeline.Network, area.Shape)))]);

    private readonly Dictionary<(DateTimeOffset? From, DateTimeOffset? To), AreaReport> _kept = [];

    /// <summary>How far evidence reaches back: what was captured before is forgotten.</summary>
    public TimeSpan Reach => TimeSpan.FromMilliseconds(pipeline.HorizonMs);

    /// <summary>Closed periods, the oldest first.</summary>
    public async Task<IReadOnlyList<AreaReport>> ClosedAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return [.. closed.All.Select(period => period.Report)];
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Closes a period for good; null when it is closed already, or nothing was seen in it.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public async Task<ClosedPeriod?> CloseAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return closed.Has(from, to, pipeline.Method) ? null : await Task.Run(() => ReckonClosedAsync(from, to, cancellationToken), cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The layer.</summary>
    public IReadOnlyList<Area> Layer => layer;

    /// <summary>The figures of every area of the layer.</summary>
    public async Task<AreaReport> AllAsync(DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();

            // Either way: of a clock that was put back, what was kept would stand until it is there again.
            foreach (var old in _kept.Where(kept => (now - kept.Value.ComputedAt).Duration() > Holds).Select(kept => kept.Key).ToList())
            {
                _kept.Remove(old);
            }

            return _kept.TryGetValue((from, to), out var known) ? known : _kept[(from, to)] = await Task.Run(() => ReckonAsync(_areas.Value, from, to, false, cancellationToken), cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The figures of one area; null when the layer has none of that name.</summary>
    public Task<AreaReport?> OneAsync(string name, AreaQuestion question, CancellationToken cancellationToken) => InTurnAsync(
        async () => _areas.Value.FirstOrDefault(area => area.Name == name) is { Name: not null } found
            ? await ReckonAsync([found], question.From, question.To, question.LeaveOneOut, cancellationToken)
            : null,
        cancellationToken);

    /// <summary>The figures of a zone.</summary>
    public Task<AreaReport?> ZoneAsync(AreaShape zone, AreaQuestion question, CancellationToken cancellationToken) => InTurnAsync(
        async () => await ReckonAsync(
            [("Zone", AreaStreets.Of(pipeline.Network, zone))], question.From, question.To, question.LeaveOneOut, cancellationToken),
        cancellationToken);

    public void Dispose() => _turn.Dispose();

    private async Task<AreaReport?> InTurnAsync(Func<Task<AreaReport?>> reckon, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(reckon, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<AreaReport> ReckonAsync(
        IReadOnlyList<(string Name, IReadOnlyList<AreaStreet> Streets)> areas, DateTimeOffset? from, DateTimeOffset? to, bool leaveOneOut, CancellationToken cancellationToken)
    {
        var segments = areas.SelectMany(area => area.Streets).Select(street => street.Segment.Index).Distinct().ToList();
        var evidence = await pipeline.Questions.EvidenceAsync(segments, cancellationToken);
        SegmentEvidence? EvidenceOf(SegmentId id) => evidence.GetValueOrDefault(id);
        var now = time.GetUtcNow();
        var detectors = new DetectorTimes();
        if (from is not null)
        {
            foreach (var seen in evidence.Values)
            {
                detectors.Add(seen);
            }
        }

        // The period before must be held as a whole: a trend against what is left of it would be one of half the evidence.
        var isHeld = from is { } at && to is { } end2 && at - (end2 - at) >= now - Reach;
        var before = from is { } start && to is { } until && !isHeld ? closed.Before(start, until, pipeline.Method) : null;
        var rows = areas.Select(area => from is { } begin && to is { } end
            ? Over(area.Name, area.Streets, EvidenceOf, begin, end, isHeld, before, detectors)
            : _indexer.Now(area.Name, area.Streets, EvidenceOf, now)).ToList();
        var trucks = leaveOneOut && from is { } first && to is { } last
            ? areas.SelectMany(area => _indexer.LeaveOneOut(area.Streets, EvidenceOf, first, last)).ToList()
            : null;
        return new AreaReport(
            pipeline.Method,
            IndexMethods.Find(pipeline.Method)!.Scale,
            from is null ? "now" : "period",
            from,
            to ?? now,
            now,
            [.. rows.Select(Figures)],
            trucks?.Select(effect => new AreaTruckEffect(effect.Truck, Round(effect.Without), Round(effect.Change), Math.Round(effect.CoverageWithout, 4))).ToList(),
            from is null || isHeld ? null : Note(before, areas, from.Value));
    }

    private AreaIndex Over(
        string area, IReadOnlyList<AreaStreet> streets, Func<SegmentId, SegmentEvidence?> evidenceOf, DateTimeOffset from, DateTimeOffset to,
        bool isHeld, ClosedPeriod? before, DetectorTimes detectors)
    {
        if (isHeld)
        {
            var whole = _indexer.Over(area, streets, evidenceOf, from, to);
            return whole with { Detectors = detectors.Of(streets, whole.Trend is null ? from : from - (to - from), to) };
        }

        var period = _indexer.Close(area, streets, evidenceOf, from, to);
        var trend = before?.SpreadOf(area) is { } earlier && period.Spread is { } later ? AreaIndexer.TrendOf(earlier, later) : (Estimate?)null;
        var looked = detectors.Of(streets, from, to);
        var lookedBefore = trend is null ? [] : before!.Report.Areas.First(kept => kept.Area == area).Detectors ?? [];
        return period.Index with { Trend = trend, Detectors = [.. lookedBefore.Union(looked, StringComparer.Ordinal)] };
    }

    private string Note(ClosedPeriod? before, IReadOnlyList<(string Name, IReadOnlyList<AreaStreet> Streets)> areas, DateTimeOffset from)
    {
        var days = string.Create(CultureInfo.InvariantCulture, $"{Reach.TotalDays:0} days");
        return before is null
            ? $"No trend: evidence is kept for {days}, and no period of this length has been closed yet that ended in the month before {Day(from)}."
            : areas.All(area => before.SpreadOf(area.Name) is null)
                ? "No trend: evidence of the period before is gone, and this area was not closed with it."
                : $"Trend against {Day(before.From)} to {Day(before.To)} as it was computed on {Day(before.Report.ComputedAt)}: evidence is kept for {days}, so that period is not computed again.";

        static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy", CultureInfo.InvariantCulture);
    }

    private async Task<ClosedPeriod?> ReckonClosedAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var evidence = await pipeline.Questions.EvidenceAsync([.. Enumerable.Range(0, pipeline.Network.Segments.Count)], cancellationToken);
        SegmentEvidence? EvidenceOf(SegmentId id) => evidence.GetValueOrDefault(id);
        var detectors = new DetectorTimes();
        foreach (var seen in evidence.Values)
        {
            detectors.Add(seen);
        }

        // The whole city, so that every street is there once, whatever the layer.
        var city = _indexer.Close("City", [.. pipeline.Network.Segments.Select(segment => new AreaStreet(segment, InsideShare: 1))], EvidenceOf, from, to);
        if (city.Streets.Count == 0)
        {
            return null;
        }

        var periods = _areas.Value.Select(area => (area.Streets, Period: _indexer.Close(area.Name, area.Streets, EvidenceOf, from, to)))
            .Select(area => area.Period with { Index = area.Period.Index with { Detectors = detectors.Of(area.Streets, from, to) } }).ToList();
        var now = time.GetUtcNow();
        var report = new AreaReport(
            pipeline.Method, IndexMethods.Find(pipeline.Method)!.Scale, "period", from, to, now, [.. periods.Select(period => Figures(period.Index))], ClosedAt: now);
        var kept = new ClosedPeriod(report, pipeline.Network.Version, [.. periods.Select(period => period.Spread is { } spread ? ClosedSpread.Of(spread) : null)]);
        closed.Add(kept, city.Streets);
        return kept;
    }

    private static AreaFigures Figures(AreaIndex area) => new(
        area.Area,
        Estimate(area.Index),
        area.Index is { } index ? CrowMethod.GradeOf(index.Value) : null,
        Estimate(area.AcceptablyClean),
        Estimate(area.Trend),
        Math.Round(area.Coverage, 4),
        Math.Round(area.TimeCoverage, 4),
        Math.Round(area.LengthMetres, 1),
        area.Streets,
        area.SeenStreets,
        area.Passes,
        area.Trucks,
        area.SingleSource,
        Math.Round(area.SingleSourceShare, 4),
        area.Question == Question.Period ? area.Detectors : null);

    private static AreaEstimate? Estimate(Estimate? estimate) =>
        estimate is { } known ? new AreaEstimate(Math.Round(known.Value, 4), Math.Round(known.Low, 4), Math.Round(known.High, 4)) : null;

    private static double? Round(double? value) => value is { } known ? Math.Round(known, 4) : null;
}
