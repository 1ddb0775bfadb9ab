namespace CleanStreets.Contracts.Evidence;

/// <summary>What is said of an evidence picture: of which reading it is, what it shows, and what became of people and vehicles in it.</summary>
public sealed record EvidenceHeader
{
    /// <summary>The truck.</summary>
    public required TruckId TruckId { get; init; }

    /// <summary>The picture's id, as the reading's detection names it. Unlike any other of this truck.</summary>
    public required string EvidenceId { get; init; }

    /// <summary>Session of the first reading that names it.</summary>
    public required SessionId SessionId { get; init; }

    /// <summary>Sequence of that reading.</summary>
    public required long Sequence { get; init; }

    /// <summary>When the frame was taken, by the truck's clock.</summary>
    public required DateTimeOffset CapturedAt { get; init; }

    /// <summary>What the detector saw: a kind of the contract.</summary>
    public required string Kind { get; init; }

    /// <summary>The detector's confidence, 0–1.</summary>
    public double Confidence { get; init; }

    /// <summary>Where in the picture the thing is.</summary>
    public required EvidenceBox Box { get; init; }

    /// <summary>Width of the picture, pixels.</summary>
    public int Width { get; init; }

    /// <summary>Height of the picture, pixels.</summary>
    public int Height { get; init; }

    /// <summary>The box; absent when it was not said.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The camera.</summary>
    public string? CameraId { get; init; }

    /// <summary>Version of the detection model.</summary>
    public string? ModelVersion { get; init; }

    /// <summary>What became of people and vehicles.</summary>
    public required EvidenceMask Mask { get; init; }
}

/// <summary>A rectangle of a picture, pixels from its top left corner.</summary>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Upper edge.</param>
/// <param name="Width">Width.</param>
/// <param name="Height">Height.</param>
public sealed record EvidenceBox(int Left, int Top, int Width, int Height);

/// <summary>What became of people and vehicles in the picture. Pictures of which a truck is not sure do not exist.</summary>
/// <param name="Verdict"><see cref="NobodySeen"/> or <see cref="Filled"/>.</param>
/// <param name="Masks">Rectangles of the picture that were filled with grey.</param>
public sealed record EvidenceMask(string Verdict, int Masks)
{
    /// <summary>No person and no vehicle was seen, not even faintly.</summary>
    public const string NobodySeen = "nobody_seen";

    /// <summary>What was seen of people and vehicles was overwritten, and looked at again.</summary>
    public const string Filled = "filled";

    /// <summary>The verdict for a number of masks.</summary>
    public static EvidenceMask Of(int masks) => new(masks == 0 ? NobodySeen : Filled, masks);
}
