using CleanStreets.Contracts.Trucks;

namespace CleanStreets.Edge.Vision.Model;

/// <summary>What is known about how well a model sees. It travels with the readings: a count means little without it.</summary>
internal sealed record ModelCard
{
    /// <summary>The model's version, at most 128 bytes: it stands in every batch of readings.</summary>
    public required string Version { get; init; }

    /// <summary>What it was trained and measured on, in words.</summary>
    public string? About { get; set; }

    /// <summary>How well it sees, by kind and light.</summary>
    public IReadOnlyList<ModelSees> Sees { get; set; } = [];

    /// <summary>What the status says of it.</summary>
    public ModelStatus ToStatus() => new(Version, About, Sees);
}
