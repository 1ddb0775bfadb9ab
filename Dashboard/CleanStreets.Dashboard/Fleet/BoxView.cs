namespace CleanStreets.Dashboard.Fleet;

/// <summary>How far a box has come.</summary>
internal enum BoxState
{
    /// <summary>A code is out, or has run out; the box has no certificate yet.</summary>
    Expected,

    /// <summary>It has a certificate that is in force.</summary>
    Enrolled,

    /// <summary>Its certificates have ended: it needs a new code. Its readings wait on its spool.</summary>
    Expired,

    /// <summary>The city took its certificates back.</summary>
    Revoked,

    /// <summary>It said that it forgot everything.</summary>
    Wiped,
}

/// <summary>One box as the registry knows it.</summary>
internal sealed record BoxView
{
    public required string DeviceId { get; init; }

    public required BoxState State { get; init; }

    /// <summary>The truck that it sits on now.</summary>
    public string? TruckId { get; init; }

    /// <summary>The truck that the code which is out puts it on.</summary>
    public string? ExpectedTruckId { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset? AssignedFrom { get; init; }

    /// <summary>End of its newest certificate in force.</summary>
    public DateTimeOffset? CertificateEndsAt { get; init; }

    /// <summary>End of the code that is out for it.</summary>
    public DateTimeOffset? CodeEndsAt { get; init; }

    /// <summary>It has been told to forget everything and has not said yet that it did.</summary>
    public bool WipeWanted { get; init; }

    /// <summary>Every truck that it sat on, oldest first.</summary>
    public IReadOnlyList<BoxTruck> History { get; init; } = [];
}

/// <summary>A time that a box sat on a truck.</summary>
internal sealed record BoxTruck(string DeviceId, string TruckId, DateTimeOffset From, DateTimeOffset? To);
