namespace CleanStreets.Edge.Vision.Model;

/// <summary>What is known about how well a model sees. It travels with the readings: a count means little without it.</summary>
internal sealed record ModelCard
{
    /// <summary>The model's version, at most 128 bytes: it stands in every batch of readings.</summary>
    public required string Version { get; init; }

    /// <summary>What it was trained and measured on, in words.</summary>
    public string? About { get; set; }

    /// <summary>How well it sees, by kind and light.</summary>
    public IReadOnlyList<ModelCardLine> Sees { get; set; } = [];
}

/// <summary>How well a model sees one kind in one light.</summary>
/// <param name="Kind">The kind of detection.</param>
/// <param name="Light">day, dusk, night or wet.</param>
/// <param name="Recall">Share of the things there that it finds, 0–1.</param>
/// <param name="FalsePositivesPerPicture">Things it says that are not there, a picture.</param>
/// <param name="Pictures">Labelled pictures it was measured on.</param>
internal sealed record ModelCardLine(string Kind, string Light, double Recall, double FalsePositivesPerPicture, int Pictures);
