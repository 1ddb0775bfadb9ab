namespace CleanStreets.Edge.Spool;

/// <summary>Why something leaves the spool without having been stored by the city.</summary>
internal enum DropReason
{
    /// <summary>The spool's own cap.</summary>
    SpoolFull,

    /// <summary>The disk had no room left, whoever filled it.</summary>
    DiskFull,
}

/// <summary>The words for them.</summary>
internal static class DropReasons
{
    /// <summary>The tag of metrics.</summary>
    public static string Tag(this DropReason reason) => reason switch
    {
        DropReason.SpoolFull => "spool_full",
        DropReason.DiskFull => "disk_full",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
