using System.Text.Json;

namespace CleanStreets.Contracts.Evidence;

/// <summary>An evidence picture as it travels on <see cref="Topics.Evidence"/> and lies on disks: one line of JSON (<see cref="EvidenceHeader"/>), a line feed, the JPEG.</summary>
/// <remarks>A picture is one message, so it is bounded: <see cref="MaxBytes"/> is what ingest allows for readings. Trucks keep well below, so that no live reading waits long behind one.</remarks>
public static class EvidenceMessage
{
    /// <summary>Most bytes of a message.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>MQTT 5 content type.</summary>
    public const string ContentType = "application/vnd.cleanstreets.evidence";

    private const int MaxHeaderBytes = 4096;
    private const byte LineFeed = (byte)'\n';

    private static ReadOnlySpan<byte> JpegStart => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> JpegEnd => [0xFF, 0xD9];

    /// <summary>The bytes of a message.</summary>
    public static byte[] Write(EvidenceHeader header, ReadOnlySpan<byte> jpeg)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(header, ContractJson.Default.EvidenceHeader);
        return [.. line, LineFeed, .. jpeg];
    }

    /// <summary>Reads a message.</summary>
    /// <returns>What is wrong with it; only with <see cref="EvidenceFault.None"/> are header and picture to be used.</returns>
    public static EvidenceFault Read(ReadOnlyMemory<byte> message, out EvidenceHeader? header, out ReadOnlyMemory<byte> jpeg)
    {
        (header, jpeg) = (null, default);
        if (message.Length > MaxBytes)
        {
            return EvidenceFault.TooLarge;
        }

        var end = message.Span[..Math.Min(message.Length, MaxHeaderBytes)].IndexOf(LineFeed);
        if (end <= 0 || message.Span[0] != (byte)'{')
        {
            return EvidenceFault.NoHeader;
        }

        try
        {
            header = JsonSerializer.Deserialize(message.Span[..end], ContractJson.Default.EvidenceHeader);
        }
        catch (Exception ex) when (ex is JsonException or FormatException)
        {
            return EvidenceFault.BadHeader;
        }

        if (header is null || !IdentifierRule.IsValid(header.EvidenceId) || header.TruckId.Value is null || header.Box is null || header.Mask is null)
        {
            return EvidenceFault.BadHeader;
        }

        jpeg = message[(end + 1)..];
        return jpeg.Span.StartsWith(JpegStart) && jpeg.Span.EndsWith(JpegEnd) ? EvidenceFault.None : EvidenceFault.NoJpeg;
    }
}
