namespace CleanStreets.Edge.Vision.Privacy;

/// <summary>Why a thing has no evidence picture.</summary>
internal enum EvidenceRefusal
{
    /// <summary>It has one.</summary>
    None = 0,

    /// <summary>It is no thing of the street.</summary>
    NoStreetItem = 1,

    /// <summary>The model knows no label of tents and shelters.</summary>
    KnowsNoShelters = 2,

    /// <summary>A tent or shelter is, or was a moment ago, near.</summary>
    NearShelter = 3,

    /// <summary>Enough for this hour.</summary>
    EnoughThisHour = 4,

    /// <summary>Larger than evidence may be.</summary>
    TooLarge = 5,

    /// <summary>Masks hide most of it: the picture would prove nothing.</summary>
    MostlyMasked = 6,

    /// <summary>Masking was refused; the mask's own reason says why.</summary>
    NotMasked = 7,

    /// <summary>It could not be encoded.</summary>
    NotEncoded = 8,
}
