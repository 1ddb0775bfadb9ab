namespace CleanStreets.Edge.Detect;

/// <summary>What <c>edge detect</c> is asked to do.</summary>
internal sealed record DetectOptions
{
    /// <summary>The ONNX model.</summary>
    public required string Model { get; init; }

    /// <summary>Its labels, one a line.</summary>
    public required string Labels { get; init; }

    /// <summary>Folder of pictures.</summary>
    public required string Images { get; init; }

    /// <summary>The report.</summary>
    public required string Out { get; init; }

    /// <summary>Folder for pictures with boxes; null for none.</summary>
    public string? Draw { get; init; }

    /// <summary>What labels mean; null for what is built in.</summary>
    public string? Settings { get; init; }

    /// <summary>Hand-drawn boxes of the pictures, COCO JSON; null when there are none.</summary>
    public string? Labelled { get; init; }

    /// <summary>Threads that compute.</summary>
    public int Threads { get; init; } = 1;
}
