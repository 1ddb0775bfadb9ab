namespace CleanStreets.Edge.Vision.Privacy;

/// <summary>Why no picture may be kept.</summary>
internal enum MaskRefusal
{
    /// <summary>It may.</summary>
    None = 0,

    /// <summary>The model knows no label of people.</summary>
    KnowsNoPeople = 1,

    /// <summary>The model knows no label of vehicles.</summary>
    KnowsNoVehicles = 2,

    /// <summary>Too dark for anybody to be found.</summary>
    TooDark = 3,

    /// <summary>Perhaps a person or a vehicle, and not sure enough to know where to mask.</summary>
    Unsure = 4,

    /// <summary>After masking the model still saw a person or a vehicle.</summary>
    StillSeen = 5,

    /// <summary>The model failed on it.</summary>
    ModelFailed = 6,
}

/// <summary>The words for them.</summary>
internal static class MaskRefusals
{
    /// <summary>A sentence for people.</summary>
    public static string Text(this MaskRefusal refusal) => refusal switch
    {
        MaskRefusal.None => "kept, people and vehicles masked",
        MaskRefusal.KnowsNoPeople => "not kept: the model knows no label of people, so nobody could be masked",
        MaskRefusal.KnowsNoVehicles => "not kept: the model knows no label of vehicles, so no number plate could be masked",
        MaskRefusal.TooDark => "not kept: too dark for people to be found",
        MaskRefusal.Unsure => "not kept: perhaps a person or a vehicle, not surely enough to be masked",
        MaskRefusal.StillSeen => "not kept: a person or a vehicle was still seen after masking",
        MaskRefusal.ModelFailed => "not kept: the model failed on it",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, null),
    };
}
