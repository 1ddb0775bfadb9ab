namespace CleanStreets.Edge.Vision.Settings;

/// <summary>What the labels of a model mean to us, and how sure it must be. The settings file holds exactly these fields, in JSON.</summary>
/// <remarks>Properties have setters because the JSON reader would put null over the defaults of those that can only be initialised.</remarks>
internal sealed record VisionSettings
{
    /// <summary>Label → kind of detection. Labels that stand in no list below and not here are reported by <c>edge detect</c> only.</summary>
    public IReadOnlyDictionary<string, string> Kinds { get; set; } = new Dictionary<string, string>();

    /// <summary>Labels of people and of parts of them: masked, and never a detection.</summary>
    public IReadOnlyList<string> People { get; set; } = [];

    /// <summary>Labels of vehicles and number plates: masked; what they cover of the street is unseen.</summary>
    public IReadOnlyList<string> Vehicles { get; set; } = [];

    /// <summary>Labels of tents and shelters: near them no evidence is kept.</summary>
    public IReadOnlyList<string> Shelters { get; set; } = [];

    /// <summary>Least confidence of a detection, 0–1.</summary>
    public float Confidence { get; set; } = 0.35f;

    /// <summary>The same for single labels.</summary>
    public IReadOnlyDictionary<string, float> ConfidenceByLabel { get; set; } = new Dictionary<string, float>();

    /// <summary>Overlap of two boxes of one label above which they are one thing, 0–1.</summary>
    public float Overlap { get; set; } = 0.45f;

    /// <summary>Side of the square input of a model that leaves its size open, pixels.</summary>
    public int InputSize { get; set; } = 640;

    /// <summary>How people and vehicles are masked.</summary>
    public MaskSettings Mask { get; set; } = new();
}

/// <summary>How people and vehicles are masked.</summary>
internal sealed record MaskSettings
{
    /// <summary>A person or vehicle of at least this confidence is masked.</summary>
    public float Confidence { get; set; } = 0.08f;

    /// <summary>One of at least this confidence that no mask covers makes the whole picture unsure: it is not kept.</summary>
    public float UnsureConfidence { get; set; } = 0.06f;

    /// <summary>Masks are wider than the box by this share of its size on every side.</summary>
    public float WidenShare { get; set; } = 0.12f;

    /// <summary>And by at least this many pixels.</summary>
    public float WidenPixels { get; set; } = 6;

    /// <summary>Median brightness (0–255) below which nobody would be found: the picture is not kept.</summary>
    public float DarkBelow { get; set; } = 40;
}
