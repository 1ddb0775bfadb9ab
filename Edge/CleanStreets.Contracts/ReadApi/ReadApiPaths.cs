namespace CleanStreets.Contracts.ReadApi;

/// <summary>Paths of ingest's read API, on loopback for the dashboard. All answers are JSON in the contract's casing.</summary>
public static class ReadApiPaths
{
    /// <summary>GET: the street network as GeoJSON (<c>application/geo+json</c>), see <see cref="StreetProperties"/>; the ETag is the network version.</summary>
    public const string Streets = "/v1/streets";

    /// <summary>GET: every current <see cref="Scores.SegmentScore"/>.</summary>
    public const string Scores = "/v1/scores";

    /// <summary>GET <c>?from=&amp;to=&amp;limit=</c>: <see cref="ScorePoint"/>s of a segment, oldest first.</summary>
    public const string History = "/v1/segments/{segmentId}/history";

    /// <summary>GET <c>?since=&amp;limit=</c>: <see cref="PassSummary"/>s of a segment, newest first.</summary>
    public const string Passes = "/v1/segments/{segmentId}/passes";

    /// <summary>GET <c>?asOf=</c>: <see cref="ScoreExplanation"/>.</summary>
    public const string Explain = "/v1/segments/{segmentId}/explain";

    /// <summary>GET: detections that wait for a person, newest first: <see cref="PendingConfirmation"/>.</summary>
    public const string Confirmations = "/v1/confirmations";

    /// <summary>GET <c>?from=&amp;to=</c>: <see cref="AreaReport"/> of every area of the layer; without a period: condition now.</summary>
    public const string Areas = "/v1/areas";

    /// <summary>GET: <see cref="AreaReport"/> of every closed period, the oldest first: months, and the three months that end with each.</summary>
    public const string ClosedPeriods = "/v1/areas/closed";

    /// <summary>GET: the layer's outlines as GeoJSON (<c>application/geo+json</c>), a MultiLineString an area, its name in <c>name</c>.</summary>
    public const string AreaOutlines = "/v1/areas/outlines";

    /// <summary>POST <see cref="AreaQuestion"/>: <see cref="AreaReport"/> of one area or zone. 404: no such area; 400 with a sentence: no such zone.</summary>
    public const string AreaIndex = "/v1/areas/index";

    /// <summary>GET: <see cref="MeasureHistory"/>: methods and detectors, and since when.</summary>
    public const string Measure = "/v1/measure";

    /// <summary>GET <c>?limit=</c>: <see cref="QuarantineReport"/>.</summary>
    public const string Quarantine = "/v1/quarantine";

    /// <summary>GET <c>?reason=&amp;truckId=&amp;before=&amp;limit=</c>: <see cref="QuarantinePage"/>.</summary>
    public const string QuarantineItems = "/v1/quarantine/items";

    /// <summary>GET: <see cref="QuarantineDetail"/>.</summary>
    public const string QuarantineItem = "/v1/quarantine/items/{id}";

    /// <summary>GET: the payload as it came, <c>application/octet-stream</c>.</summary>
    public const string QuarantinePayload = "/v1/quarantine/items/{id}/payload";

    /// <summary>POST <see cref="QuarantineRelease"/>: a list of <see cref="QuarantineReleaseResult"/>.</summary>
    public const string QuarantineRelease = "/v1/quarantine/release";

    /// <summary>GET: <see cref="QuarantineMappingList"/>. POST <see cref="QuarantineMapping"/>: it stands from now on; <see cref="QuarantineMappingAdded"/>.</summary>
    public const string QuarantineMappings = "/v1/quarantine/mappings";

    /// <summary>POST <see cref="QuarantineMapping"/>: <see cref="QuarantineMappingTrial"/>; changes nothing.</summary>
    public const string QuarantineMappingTrial = "/v1/quarantine/mappings/try";

    /// <summary>DELETE <c>?by=</c>: it stands no longer.</summary>
    public const string QuarantineMapping = "/v1/quarantine/mappings/{id}";

    /// <summary>GET: <see cref="IngestStatus"/>.</summary>
    public const string Status = "/v1/status";

    /// <summary>DELETE: what the store of this name missed has been filled in, or given up; its mark is taken away.</summary>
    public const string StoreGaps = "/v1/stores/{store}/gaps";
}
