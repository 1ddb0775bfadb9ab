using System.ComponentModel.DataAnnotations;

namespace CleanStreets.Scoring.Index;

/// <summary>How sensed rates become LASAN's category grades 1 to 3. LASAN publishes no such rule: these bounds are ours.</summary>
public sealed class LasanViewOptions
{
    /// <summary>Grade 1 up to this many pieces per 100 m². Default: 3.</summary>
    [Range(0.0, 10_000.0)]
    public double OneUpTo { get; set; } = 3;

    /// <summary>Grade 2 up to this many pieces per 100 m². Default: 10.</summary>
    [Range(0.0, 10_000.0)]
    public double TwoUpTo { get; set; } = 10;

    /// <summary>Our category that is LASAN's loose litter (LL).</summary>
    public string LooseLitter { get; set; } = "litter";

    /// <summary>Our category that is LASAN's weeds (Wd).</summary>
    public string Weeds { get; set; } = "weeds";

    /// <summary>Our category that is LASAN's bulky items (Bk).</summary>
    public string Bulky { get; set; } = "bulky";

    internal LasanViewOptions Copy() => (LasanViewOptions)MemberwiseClone();
}
