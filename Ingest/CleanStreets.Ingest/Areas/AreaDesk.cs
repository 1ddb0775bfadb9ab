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
internal sealed class AreaDesk(IngestPipeline pipeline, IReadOnlyList<Area> layer, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Holds = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly AreaIndexer _indexer = new(IndexMethods.Find(pipeline.Method)!);
    private readonly Lazy<IReadOnlyList<(string Name, IReadOnlyList<AreaStreet> Streets)>> _areas =
        new(() => [.. layer.Select(area => (area.Name, AreaStreets.Of(pipeline.Network, area.Shape)))]);

    private readonly Dictionary<(DateTimeOffset? From, DateTimeOffset? To), AreaReport> _kept = [];

    /// <summary>The layer.</summary>
    public IReadOnlyList<Area> Layer => layer;

    /// <summary>The figures of every area of the layer.</summary>
    public async Task<AreaReport> AllAsync(DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            foreach (var old in _kept.Where(kept => now - kept.Value.ComputedAt > Holds).Select(kept => kept.Key).ToList())
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
        var evidence = await pipeline.EvidenceAsync(segments, cancellationToken);
        SegmentEvidence? EvidenceOf(SegmentId id) => evidence.GetValueOrDefault(id);
        var now = time.GetUtcNow();
        var rows = areas.Select(area => from is { } begin && to is { } end
            ? _indexer.Over(area.Name, area.Streets, EvidenceOf, begin, end)
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
            trucks?.Select(effect => new AreaTruckEffect(effect.Truck, Round(effect.Without), Round(effect.Change), Math.Round(effect.CoverageWithout, 4))).ToList());
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
        Math.Round(area.SingleSourceShare, 4));

    private static AreaEstimate? Estimate(Estimate? estimate) =>
        estimate is { } known ? new AreaEstimate(Math.Round(known.Value, 4), Math.Round(known.Low, 4), Math.Round(known.High, 4)) : null;

    private static double? Round(double? value) => value is { } known ? Math.Round(known, 4) : null;
}
