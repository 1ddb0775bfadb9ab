namespace CleanStreets.Edge.Detect;

/// <summary>What <c>edge detect</c> is asked to do.</summary>
internal sealed record DetectOptions
{
    /// <summary>Name of the labelled boxes that are taken by themselves when they lie with the pictures.</summary>
    public const string LabelledBeside = "annotations.json";

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

    /// <summary>Hand-drawn boxes of the pictures, COCO JSON; null for what lies with the pictures.</summary>
    public string? Labelled { get; init; }

    /// <summary>Model card to write, measured on the labelled pictures; null for none.</summary>
    public string? Card { get; init; }

    /// <summary>Threads that compute.</summary>
    public int Threads { get; init; } = 1;
}
