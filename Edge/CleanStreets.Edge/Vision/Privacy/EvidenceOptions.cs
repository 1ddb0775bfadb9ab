namespace CleanStreets.Edge.Vision.Privacy;

/// <summary>How much evidence a truck keeps.</summary>
internal sealed record EvidenceOptions
{
    /// <summary>Where it lies.</summary>
    public required string Folder { get; init; }

    /// <summary>Most pictures; the oldest go first. Default: 200.</summary>
    public int MaxPictures { get; init; } = 200;

    /// <summary>Most bytes of all together; the oldest go first. Default: 20 MB.</summary>
    public long MaxBytes { get; init; } = 20_000_000;

    /// <summary>Oldest picture. Default: 14 days.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Most pictures in any hour: each costs several looks of the model. Default: 60.</summary>
    public int MaxAnHour { get; init; } = 60;

    /// <summary>Longest side of a picture; larger things are not kept. Default: 640 pixels.</summary>
    public int MaxSidePixels { get; init; } = 640;

    /// <summary>Nothing is kept until the truck is this far from where a tent or shelter was seen. Default: 30 m.</summary>
    public double ShelterMetres { get; init; } = 30;

    /// <summary>Keep evidence although the model knows no label of tents and shelters, so that nobody can tell whether one is near. Default: no.</summary>
    public bool WithoutShelterLabels { get; init; }
}
