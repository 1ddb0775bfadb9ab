namespace CleanStreets.Edge.Capture;

/// <summary>A camera and how often its frames are used.</summary>
internal sealed record CameraOptions
{
    /// <summary>Its name, in every batch of readings.</summary>
    public required string CameraId { get; init; }

    /// <summary>A V4L2 device (<c>/dev/video0</c>), a stream (<c>rtsp://…</c>), a recording, or a folder of pictures.</summary>
    public required string Source { get; init; }

    /// <summary>Frames a second taken from the source. Default: 4.</summary>
    public double FramesASecond { get; init; } = 4;

    /// <summary>Widest frame, pixels; wider ones are scaled down. Default: 1,280.</summary>
    public int MaxWidth { get; init; } = 1280;

    /// <summary>Longest time between two used frames. Default: 1 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A frame is used as well whenever the truck has driven this far since the last. Default: 4 m, a third of what a camera sees.</summary>
    public double EveryMetres { get; init; } = 4;

    /// <summary>A camera that gives no frame for this long is unplugged. Default: 5 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait before an unplugged camera is tried again. Default: 30 s.</summary>
    public TimeSpan MaxRetry { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Recordings: as fast as they are used, every frame, instead of at their own pace. Default: no.</summary>
    public bool AsFastAsUsed { get; init; }
}
