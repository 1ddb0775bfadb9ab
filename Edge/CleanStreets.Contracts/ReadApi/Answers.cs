using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Scores;

namespace CleanStreets.Contracts.ReadApi;

/// <summary>Properties of a LineString feature in <see cref="ReadApiPaths.Streets"/>; the feature id is <see cref="SegmentIndex"/> + 1.</summary>
/// <param name="SegmentId">The lasting id.</param>
/// <param name="SegmentIndex">Dense number 0..N−1, valid for this network version only.</param>
/// <param name="Name">Street name; null where it has none.</param>
/// <param name="Class">OSM highway class or the like.</param>
/// <param name="OneWay">Driven only along its geometry.</param>
/// <param name="LengthMetres">Length.</param>
public sealed record StreetProperties(SegmentId SegmentId, int SegmentIndex, string? Name, string? Class, bool OneWay, double LengthMetres);

/// <summary>One stored score: a point of the history.</summary>
/// <param name="AsOf">Capture time of the newest evidence used.</param>
/// <param name="Index">The index.</param>
/// <param name="Low">Lower end of the 90 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Grade">The letter.</param>
/// <param name="SampleSize">Passes that carried weight.</param>
public sealed record ScorePoint(DateTimeOffset AsOf, double Index, double Low, double High, Grade Grade, int SampleSize);

/// <summary>What one pass saw.</summary>
/// <param name="TruckId">The truck.</param>
/// <param name="EnteredAt">When it entered the segment.</param>
/// <param name="LeftAt">When it left.</param>
/// <param name="Forward">Driven along the geometry.</param>
/// <param name="Coverage">Share of the segment's length driven, 0–1.</param>
/// <param name="ExposureMetres">Metres really seen: length driven × reading coverage × recall.</param>
/// <param name="Counts">Counts by kind.</param>
/// <param name="Light">Light of most readings.</param>
/// <param name="CameraId">Camera.</param>
/// <param name="ModelVersion">Detection model.</param>
/// <param name="Grade">The grade this pass alone would give, by its plain rate; null when it saw too little.</param>
/// <param name="Index">The index this pass alone would give.</param>
/// <param name="ExposureSquareMetres">Street really seen on all sides × recall, m²; null for passes stored before it was kept.</param>
/// <param name="OrderId">Work order because of which the truck was sent there: the pass verifies, and is no part of a period index.</param>
/// <param name="Repeated">The same truck saw the street again soon after; that later view stands for this one, which is no new exposure.</param>
/// <param name="IsTrial">A detector on trial saw it beside the one in use: no evidence, and in no list of passes.</param>
public sealed record PassSummary(
    TruckId TruckId,
    DateTimeOffset EnteredAt,
    DateTimeOffset LeftAt,
    bool Forward,
    double Coverage,
    double ExposureMetres,
    IReadOnlyDictionary<string, int> Counts,
    Light Light,
    string? CameraId,
    string? ModelVersion,
    Grade? Grade,
    double? Index,
    double? ExposureSquareMetres = null,
    OrderId? OrderId = null,
    bool Repeated = false,
    bool IsTrial = false);

/// <summary>The arithmetic behind a score.</summary>
/// <param name="Score">The score that is explained.</param>
/// <param name="Sentences">The same in words, for people, most important first.</param>
/// <param name="Categories">One row a category of the method.</param>
/// <param name="Passes">The newest passes up to that moment, as the store has them.</param>
/// <param name="Arithmetic">Every number that makes the score, unrounded; null from an ingest of before.</param>
/// <param name="ArrivedLater">What had happened by that moment and was not known then; null when everything was.</param>
/// <param name="Detectors">Versions of the detector that looked at the street, the first one first: with each further one its numbers are of another measure. Of all passes held, not of <paramref name="Passes"/> alone; null from an ingest of before.</param>
public sealed record ScoreExplanation(
    SegmentScore Score,
    IReadOnlyList<string> Sentences,
    IReadOnlyList<CategoryExplanation> Categories,
    IReadOnlyList<PassSummary> Passes,
    ScoreArithmetic? Arithmetic = null,
    LaterKnowledge? ArrivedLater = null,
    IReadOnlyList<DetectorSince>? Detectors = null);

/// <summary>A version of the detector and when it first looked, of the passes that are held.</summary>
/// <param name="Version">The version that trucks name.</param>
/// <param name="Since">When its first pass here entered.</param>
public sealed record DetectorSince(string Version, DateTimeOffset Since);

/// <summary>One category's share in a score.</summary>
/// <param name="Category">Name of the category.</param>
/// <param name="Kinds">Detection kinds mapped to it.</param>
/// <param name="WeightedCount">Σ count × weight by age.</param>
/// <param name="WeightedExposureSquareMetres">Σ exposure × weight by age, m².</param>
/// <param name="RatePer100SquareMetres">Posterior mean, pieces per 100 m².</param>
/// <param name="Index">Index of this category alone.</param>
/// <param name="HalfLifeHours">Half-life of evidence of this category.</param>
/// <param name="Decides">Whether this category is the worst and so decides.</param>
public sealed record CategoryExplanation(
    string Category,
    IReadOnlyList<string> Kinds,
    double WeightedCount,
    double WeightedExposureSquareMetres,
    double RatePer100SquareMetres,
    double Index,
    double HalfLifeHours,
    bool Decides);

/// <summary>A detection that waits for a person.</summary>
/// <param name="DetectionId">Its id, to be named in the fact.</param>
/// <param name="SegmentId">Where.</param>
/// <param name="Kind">What the detector saw.</param>
/// <param name="Side">The segment's side.</param>
/// <param name="SeenAt">When.</param>
/// <param name="TruckId">By whom.</param>
/// <param name="Confidence">The detector's confidence.</param>
/// <param name="EvidenceId">Its picture.</param>
public sealed record PendingConfirmation(
    string DetectionId,
    SegmentId SegmentId,
    string Kind,
    Side Side,
    DateTimeOffset SeenAt,
    TruckId TruckId,
    double? Confidence,
    string? EvidenceId);

/// <summary>What was quarantined.</summary>
/// <param name="Counts">Messages and readings by reason tag since the journal began.</param>
/// <param name="Newest">The newest, newest first.</param>
public sealed record QuarantineReport(IReadOnlyDictionary<string, long> Counts, IReadOnlyList<QuarantinedItem> Newest);

/// <summary>One quarantined message or reading.</summary>
/// <param name="ReceivedAt">When it arrived.</param>
/// <param name="Reason">Reason tag.</param>
/// <param name="Message">The reason in a sentence.</param>
/// <param name="TruckId">Truck of the topic; null when the topic names none.</param>
/// <param name="SessionId">Session, when the envelope could be read.</param>
/// <param name="Sequence">Sequence, for a single reading.</param>
/// <param name="PayloadPreview">The first bytes as text, never as markup.</param>
public sealed record QuarantinedItem(
    DateTimeOffset ReceivedAt,
    string Reason,
    string Message,
    string? TruckId,
    string? SessionId,
    long? Sequence,
    string PayloadPreview);

/// <summary>How ingestion is doing.</summary>
/// <param name="StartedAt">Since when this process runs.</param>
/// <param name="Ready">False while scores are still being recovered from the journal.</param>
/// <param name="NetworkVersion">The street network in use.</param>
/// <param name="Received">Readings received (an undecodable message counts as one).</param>
/// <param name="Accepted">Of them accepted.</param>
/// <param name="Duplicates">Of them duplicates.</param>
/// <param name="Quarantined">Of them quarantined.</param>
/// <param name="Dropped">Of them dropped: neither journalled nor acknowledged.</param>
/// <param name="QuarantinedByReason">Quarantined by reason tag.</param>
/// <param name="OldestUnstoredAgeSeconds">Age of the oldest reading accepted and not yet in every store.</param>
/// <param name="JournalBytes">Size of the journal.</param>
/// <param name="Stages">Depth of each stage's queue, in the order of the pipeline.</param>
/// <param name="SegmentsSeen">Segments with a score.</param>
/// <param name="SegmentsTotal">Segments of the network.</param>
/// <param name="ConnectionsCut">
/// Connections that the listener cut or refused since this process runs, by reason tag: the MQTT 5.0 reason in snake_case, such as
/// <c>packet_too_large</c>. Only reasons that occurred. What such a packet carried was not taken as a reading, so it is in none of the four fates.
/// </param>
/// <param name="Stores">How each store is doing; history is read from the first.</param>
public sealed record IngestStatus(
    DateTimeOffset StartedAt,
    bool Ready,
    string NetworkVersion,
    long Received,
    long Accepted,
    long Duplicates,
    long Quarantined,
    long Dropped,
    IReadOnlyDictionary<string, long> QuarantinedByReason,
    double OldestUnstoredAgeSeconds,
    long JournalBytes,
    IReadOnlyList<StageStatus> Stages,
    int SegmentsSeen,
    int SegmentsTotal,
    IReadOnlyDictionary<string, long>? ConnectionsCut = null,
    IReadOnlyList<StoreStatus>? Stores = null);

/// <summary>One store of passes and score points.</summary>
/// <param name="Store">Its name.</param>
/// <param name="Cursor">Everything of the journal below this position is stored.</param>
/// <param name="LagBytes">Bytes of the journal behind the cursor.</param>
/// <param name="OldestUnstoredAgeSeconds">Age of the oldest reading that waits for this store in the store log.</param>
/// <param name="RowsStored">Passes and points stored since the process started, those that came again included.</param>
/// <param name="RowsRefused">Passes and points that the store refused for good since the process started; they are kept in a file of their own.</param>
/// <param name="Failure">Why it does not take rows at the moment; null when it does.</param>
/// <param name="Gaps">Stretches of the journal whose passes and points this store never got.</param>
public sealed record StoreStatus(
    string Store,
    long Cursor,
    long LagBytes,
    double OldestUnstoredAgeSeconds,
    long RowsStored,
    long RowsRefused,
    string? Failure,
    IReadOnlyList<MissingStretch> Gaps);

/// <summary>A stretch of the journal.</summary>
/// <param name="From">Its first position.</param>
/// <param name="Through">The position where it ends.</param>
public sealed record MissingStretch(long From, long Through);

/// <summary>One stage of the pipeline.</summary>
/// <param name="Stage">Its name.</param>
/// <param name="Depth">Batches waiting before it.</param>
/// <param name="Capacity">Most batches that may wait.</param>
public sealed record StageStatus(string Stage, int Depth, int Capacity);
