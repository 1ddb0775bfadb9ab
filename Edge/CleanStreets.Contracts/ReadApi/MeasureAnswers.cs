namespace CleanStreets.Contracts.ReadApi;

/// <summary>What a city's numbers were made with: the marks that a chart of them needs.</summary>
/// <param name="Methods">Scoring methods in the order in which they came into force; the last one is in force.</param>
/// <param name="Detectors">Detector versions, and how they compare.</param>
public sealed record MeasureHistory(IReadOnlyList<MethodInForce> Methods, DetectorHistory Detectors);

/// <summary>A scoring method that was in force.</summary>
/// <param name="Method">Name and version.</param>
/// <param name="Since">Since when; null: since before this was kept.</param>
public sealed record MethodInForce(string Method, DateTimeOffset? Since);

/// <summary>Detector versions of a city's trucks.</summary>
/// <param name="InUse">Versions whose passes are evidence, by when their first pass began. The next one's beginning is a break in the numbers.</param>
/// <param name="OnTrial">Versions that looked beside another at the same frames; their passes are no evidence.</param>
/// <param name="Bridges">How many things a newer version finds for one of an older.</param>
public sealed record DetectorHistory(IReadOnlyList<DetectorSpan> InUse, IReadOnlyList<DetectorSpan> OnTrial, IReadOnlyList<DetectorBridge> Bridges);

/// <summary>What one detector version saw.</summary>
/// <param name="Version">The version.</param>
/// <param name="Passes">Its passes that are held still; 0 when all of them have been forgotten.</param>
/// <param name="FirstPassAt">When its first pass began.</param>
/// <param name="LastPassAt">When its last pass began.</param>
public sealed record DetectorSpan(string Version, int Passes, DateTimeOffset FirstPassAt, DateTimeOffset LastPassAt);

/// <summary>Two detector versions compared.</summary>
/// <param name="Older">The older one.</param>
/// <param name="Newer">The newer one.</param>
/// <param name="OnSameFrames">Whether both looked at the same frames; otherwise they drove the same streets in the same hours.</param>
/// <param name="Kinds">The factor by kind.</param>
public sealed record DetectorBridge(string Older, string Newer, bool OnSameFrames, IReadOnlyList<DetectorFactor> Kinds);

/// <summary>How many things of a kind the newer version finds for one of the older.</summary>
/// <param name="Kind">The kind of detection.</param>
/// <param name="Factor">The factor; null when one of them found nothing.</param>
/// <param name="Low">Lower end of its 90 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Places">Passes on the same frames, or pairs of street and hour.</param>
/// <param name="OlderCount">Things that the older one found there.</param>
/// <param name="NewerCount">Things that the newer one found there.</param>
public sealed record DetectorFactor(string Kind, double? Factor, double? Low, double? High, int Places, long OlderCount, long NewerCount);
