using CleanStreets.Edge.Capture;

namespace CleanStreets.Edge.Vision.Privacy;

/// <summary>Of what evidence pictures are taken. How many are kept on the disk is the spool's affair.</summary>
internal sealed record EvidenceOptions
{
    /// <summary>Most pictures in any hour: each costs several looks of the model. Default: 60.</summary>
    public int MaxAnHour { get; init; } = 60;

    /// <summary>Longest side of a picture; larger things are not kept. Default: 640 pixels.</summary>
    public int MaxSidePixels { get; init; } = 640;

    /// <summary>Most bytes of a picture. Default: 64 KiB, about a batch of backlog: no live reading waits longer behind one.</summary>
    public int MaxPictureBytes { get; init; } = 64 * 1024;

    /// <summary>How long an encoding may take before ffmpeg is ended and the picture given up. Default: 10 s.</summary>
    public TimeSpan EncodePatience { get; init; } = PictureFile.EncodePatience;

    /// <summary>After an encoding that took too long no picture is tried for this long: the street goes first. Default: 1 min.</summary>
    public TimeSpan PauseWhenLate { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Nothing is kept until the truck is this far from where a tent or shelter was seen. Default: 30 m.</summary>
    public double ShelterMetres { get; init; } = 30;

    /// <summary>Keep evidence although the model knows no label of tents and shelters, so that nobody can tell whether one is near. Default: no.</summary>
    public bool WithoutShelterLabels { get; init; }
}
