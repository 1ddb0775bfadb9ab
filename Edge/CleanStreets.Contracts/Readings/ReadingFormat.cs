namespace CleanStreets.Contracts.Readings;

/// <summary>The two wire forms of a batch of readings.</summary>
public enum ReadingFormat
{
    /// <summary>JSON: the first byte is <c>{</c>.</summary>
    Json,

    /// <summary>Protobuf, see <c>readings.proto</c>: the first byte is never <c>{</c>.</summary>
    Protobuf,
}
