namespace CleanStreets.Contracts.Readings;

/// <summary>Bounds that truck and ingest share.</summary>
public static class ReadingLimits
{
    /// <summary>Largest payload on the readings topic that is decoded: 256 KB, what Azure IoT Hub carries too.</summary>
    public const int MaxPayloadBytes = 256 * 1024;

    /// <summary>How much of a larger one is kept in quarantine.</summary>
    public const int OversizedKeptBytes = 4 * 1024;

    /// <summary>Most readings in a batch.</summary>
    public const int MaxReadingsPerBatch = 4096;

    /// <summary>Most detections in a reading.</summary>
    public const int MaxDetectionsPerReading = 256;

    /// <summary>Most sensor values in a reading.</summary>
    public const int MaxSensorsPerReading = 64;

    /// <summary>Most pieces one detection may count: a number beyond it is a fault of the box, not a street.</summary>
    public const int MaxCountPerDetection = 10_000;

    /// <summary>Longest kind, sensor name, evidence id, device, camera, model or calibration, in UTF-8 bytes.</summary>
    public const int MaxTextBytes = 128;

    /// <summary>Largest sequence: the largest whole number that every JSON tool keeps exact.</summary>
    public const long MaxSequence = (1L << 53) - 1;

    /// <summary>Deepest nesting of a JSON payload.</summary>
    public const int MaxJsonDepth = 16;

    /// <summary>Whether this can be a time of capture: from 1970 to the end of the year 9999, milliseconds since 1970 UTC.</summary>
    /// <remarks>Holds for what a truck says, and again for what comes out when its clock is corrected.</remarks>
    public static bool IsTimeOfCapture(long ms) => ms is >= 0 and <= IsoTime.MaxMs;

    /// <summary>MQTT 5 content type of a JSON batch.</summary>
    public const string JsonContentType = "application/json";

    /// <summary>MQTT 5 content type of a Protobuf batch.</summary>
    public const string ProtobufContentType = "application/x-protobuf";
}
