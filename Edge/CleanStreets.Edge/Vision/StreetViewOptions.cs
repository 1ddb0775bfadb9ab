using CleanStreets.Contracts.Readings;

namespace CleanStreets.Edge.Vision;

/// <summary>What of the things seen is told and kept.</summary>
internal sealed record StreetViewOptions
{
    /// <summary>Kinds of which an evidence picture is kept, one a thing: those that people confirm or fetch.</summary>
    public IReadOnlyList<string> EvidenceKinds { get; init; } = [Kinds.Pile, Kinds.BulkyItem, Kinds.OverflowingBin];

    /// <summary>Things this close to a tent or shelter may be somebody's own: they are not told. Default: 6 m.</summary>
    public double ShelterMetres { get; init; } = 6;
}
