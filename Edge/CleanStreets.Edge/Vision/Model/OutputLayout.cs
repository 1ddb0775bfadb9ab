namespace CleanStreets.Edge.Vision.Model;

/// <summary>How a family of YOLO models lays out its output.</summary>
internal enum OutputLayout
{
    /// <summary>YOLOX: [1, cells, 5 + labels], one box a cell; centre and size relative to the cell, object score × label score.</summary>
    YoloX,

    /// <summary>YOLOX exported with its cells already resolved: the same shape, pixels.</summary>
    YoloXPixels,

    /// <summary>YOLOv5 (v7 likewise): [1, 3 × cells, 5 + labels], pixels, object score × label score.</summary>
    YoloV5,

    /// <summary>YOLOv8, v9, v11: [1, 4 + labels, cells], pixels, label scores alone.</summary>
    YoloV8,

    /// <summary>The same turned: [1, cells, 4 + labels].</summary>
    YoloV8Turned,

    /// <summary>YOLOv10 and later without suppression: [1, boxes, 6], corners in pixels, score, label.</summary>
    EndToEnd,
}
