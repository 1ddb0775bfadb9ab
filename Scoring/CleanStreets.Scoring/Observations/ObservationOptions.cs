using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Observations;

/// <summary>How a trace's readings become observations.</summary>
public sealed record ObservationOptions
{
    /// <summary>Width of the strip a camera judges on each side of the truck. Default: 3 m, gutter, kerb and half a pavement.</summary>
    public double StripWidthMetres { get; init; } = 3;

    /// <summary>Share of the things on the street that the detector finds.</summary>
    public DetectorRecall Recall { get; init; } = new();

    /// <summary>A pass that drove a smaller share of its segment is no observation. Default: 0.2.</summary>
    /// <remarks>Its counts and its exposure are dropped together and counted; they are given to no other segment.</remarks>
    public double MinimumCoverage { get; init; } = 0.2;

    /// <summary>Detections below this confidence are not counted; those without confidence are. Default: 0, the detector decides.</summary>
    public double MinimumConfidence { get; init; }

    /// <summary>
    /// After this advance the camera looks at new street: an untracked detection counts again. Default: 1 m.
    /// </summary>
    /// <remarks>A truck that stands sees the same litter in every frame; it counts once. A tracked thing always counts once a pass.</remarks>
    public double NewViewMetres { get; init; } = 1;

    /// <summary>Kinds that wait for a person and are listed one by one. Default: piles.</summary>
    /// <remarks>Only a pile may be illegal dumping, which is for a person to say; a bulky item is counted like any other thing.</remarks>
    public IReadOnlyList<string> ListedKinds { get; init; } = [Kinds.Pile];
}
