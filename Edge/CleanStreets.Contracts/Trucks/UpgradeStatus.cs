namespace CleanStreets.Contracts.Trucks;

/// <summary>How a box's upgrades go.</summary>
/// <param name="Ring">Whose offers it follows.</param>
/// <param name="Program">The agent itself.</param>
/// <param name="Model">The detection model.</param>
public sealed record UpgradeStatus(string Ring, ReleaseStatus Program, ReleaseStatus Model);

/// <summary>How the upgrade of one kind goes.</summary>
/// <param name="Version">The release in use; absent when it came with the box.</param>
/// <param name="State">How it stands.</param>
/// <param name="Offered">The version that the ring is offered; absent: none.</param>
/// <param name="Detail">Why, in words.</param>
/// <param name="ReceivedBytes">Bytes of the archive that are here, while it is fetched.</param>
/// <param name="SizeBytes">Its size.</param>
public sealed record ReleaseStatus(string? Version, UpgradeState State, string? Offered = null, string? Detail = null, long? ReceivedBytes = null, long? SizeBytes = null);

/// <summary>How an upgrade stands.</summary>
public enum UpgradeState : byte
{
    /// <summary>Nothing to do.</summary>
    Current = 0,

    /// <summary>Its time has not come.</summary>
    Waiting = 1,

    /// <summary>Being fetched.</summary>
    Downloading = 2,

    /// <summary>Here, and about to be started.</summary>
    Ready = 3,

    /// <summary>Started, and not yet known to be healthy.</summary>
    Trial = 4,

    /// <summary>Healthy: it stays.</summary>
    Confirmed = 5,

    /// <summary>Not taken: not signed, damaged, older, or unfit. It is not tried again.</summary>
    Refused = 6,

    /// <summary>It failed, and the one before runs again.</summary>
    RolledBack = 7,
}
