namespace CleanStreets.Scoring.Index;

/// <summary>What a method believes of a street's litter: the Gamma distribution behind its score.</summary>
internal sealed class LitterBelief
{
    private readonly EvidenceCollector _collect;
    private readonly GradeScale _scale;

    /// <param name="options">A method's settings; the first category alone counts.</param>
    public LitterBelief(CrowOptions options)
    {
        Options = options;
        _collect = CrowMethod.Collector(options);
        _scale = new GradeScale(options.Categories[0].Cuts);
    }

    public CrowOptions Options { get; }

    /// <summary>Shape and rate of the belief as of a moment, in units of 100 m².</summary>
    public (double Shape, double Area) Of(SegmentEvidence evidence, long asOfMs)
    {
        var posterior = Posterior(evidence, asOfMs);
        return (posterior.Shape, posterior.Shape / posterior.Mean);
    }

    /// <summary>Where the truth lies in the belief: 0 at its lower end, 1 at its upper.</summary>
    public double Place(in SimulatedStreet street) => Posterior(street.Evidence, street.AsOfMs).BelowRate(street.Rate);

    private CategoryPosterior Posterior(SegmentEvidence evidence, long asOfMs) =>
        new(Options.Categories[0], _scale, _collect(evidence, asOfMs, withSides: false)[0], Options.Overdispersion);
}
