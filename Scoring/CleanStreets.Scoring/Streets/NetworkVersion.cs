using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CleanStreets.Scoring.Streets;

/// <summary>The content hash that names a network's version.</summary>
internal static class NetworkVersion
{
    /// <summary>Hash over every field of every segment and every forbidden turn, in the given order.</summary>
    public static string Of(IReadOnlyList<StreetDefinition> streets, IReadOnlyList<ForbiddenTurn> forbidden)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var street in streets)
        {
            bytes.ResetWrittenCount();
            Write(bytes, street.Id.Value);
            Write(bytes, street.Name);
            Write(bytes, street.Class);
            Write(bytes, street.OneWay ? 1 : 0);
            Write(bytes, street.Geometry.Count);
            foreach (var point in street.Geometry)
            {
                Write(bytes, (int)Math.Round(point.Latitude * 1e7));
                Write(bytes, (int)Math.Round(point.Longitude * 1e7));
            }

            hash.AppendData(bytes.WrittenSpan);
        }

        foreach (var turn in forbidden)
        {
            bytes.ResetWrittenCount();
            Write(bytes, turn.From.Value);
            Write(bytes, turn.To.Value);
            Write(bytes, (turn.FromForward ? 1 : 0) + (turn.ToForward ? 2 : 0));
            hash.AppendData(bytes.WrittenSpan);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 6));
    }

    private static void Write(ArrayBufferWriter<byte> bytes, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(4), value);
        bytes.Advance(4);
    }

    /// <summary>Length first, so that two neighbouring texts cannot run into each other; null is −1.</summary>
    private static void Write(ArrayBufferWriter<byte> bytes, string? text)
    {
        Write(bytes, text is null ? -1 : Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, bytes);
    }
}
