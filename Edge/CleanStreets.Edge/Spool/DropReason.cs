namespace CleanStreets.Edge.Spool;

/// <summary>Why something leaves the spool without having been stored by the city.</summary>
internal enum DropReason
{
    /// <summary>The spool's own cap.</summary>
    SpoolFull,

    /// <summary>The disk had no room left, whoever filled it.</summary>
    DiskFull,

    /// <summary>More evidence pictures than may wait. Never a reading.</summary>
    TooMany,

    /// <summary>An evidence picture that waited too long. Never a reading.</summary>
    TooOld,
}

/// <summary>The words for them.</summary>
internal static class DropReasons
{
    /// <summary>Why readings go.</summary>
    public static IReadOnlyList<DropReason> OfReadings { get; } = [DropReason.SpoolFull, DropReason.DiskFull];

    /// <summary>The tag of metrics.</summary>
    public static string Tag(this DropReason reason) => reason switch
    {
        DropReason.SpoolFull => "spool_full",
        DropReason.DiskFull => "disk_full",
        DropReason.TooMany => "too_many",
        DropReason.TooOld => "too_old",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
