using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Scoring.Streets;

/// <summary>Takes an OpenStreetMap PBF apart into its blobs.</summary>
/// <remarks>
/// Each blob: a length (4 bytes, big endian), a BlobHeader (1 type, 3 size of the blob) and a Blob (1 raw, 2 raw size, 3 zlib).
/// The limits are the format's own: 64 KiB a header, 32 MiB a blob.
/// </remarks>
internal sealed class PbfBlobs(Stream stream)
{
    public const string HeaderType = "OSMHeader";
    public const string DataType = "OSMData";

    private const int MostHeaderBytes = 64 * 1024;
    private const int MostBlobBytes = 32 * 1024 * 1024;

    private readonly PbfBuffer _packed = new();
    private readonly PbfBuffer _plain = new();
    private readonly byte[] _length = new byte[sizeof(int)];
    private long _next;

    /// <summary>Where the blob at hand begins in the file.</summary>
    public long Offset { get; private set; }

    /// <summary>What the blob at hand says it is.</summary>
    public string Type { get; private set; } = string.Empty;

    /// <summary>Goes on to the next blob; false at the end of the file. What the blob before gave is overwritten.</summary>
    /// <exception cref="InvalidDataException">The file is damaged here.</exception>
    public bool TryNext(out ReadOnlySpan<byte> data)
    {
        data = default;
        Offset = _next;
        var read = stream.ReadAtLeast(_length, _length.Length, throwOnEndOfStream: false);
        if (read < _length.Length)
        {
            return read == 0 ? false : throw new InvalidDataException("it ends inside a length");
        }

        var headerBytes = BinaryPrimitives.ReadInt32BigEndian(_length);
        var header = Within(headerBytes, MostHeaderBytes, "blob header");
        var blobBytes = ReadHeader(_packed.Fill(stream, header).Span);
        _next += _length.Length + header + blobBytes;
        data = ReadBlob(_packed.Fill(stream, blobBytes));
        return true;
    }

    private int ReadHeader(ReadOnlySpan<byte> header)
    {
        var fields = new ProtobufReader(header);
        var size = -1L;
        Type = string.Empty;
        while (!fields.AtEnd)
        {
            var field = Pbf.Tag(ref fields, out var type);
            switch (field, type)
            {
                case (1, WireType.Bytes):
                    Type = Encoding.UTF8.GetString(Pbf.Bytes(ref fields));
                    break;
                case (3, WireType.Varint):
                    size = (long)Pbf.Varint(ref fields);
                    break;
                default:
                    Pbf.Skip(ref fields, field, type);
                    break;
            }
        }

        return Within(size, MostBlobBytes, "blob");
    }

    private ReadOnlySpan<byte> ReadBlob(ReadOnlyMemory<byte> blob)
    {
        foreach (var raw in new PbfFields(blob.Span, 1))
        {
            return raw;
        }

        foreach (var zlib in new PbfFields(blob.Span, 3))
        {
            blob.Span.Overlaps(zlib, out var start);
            return Inflate(blob.Slice(start, zlib.Length), Within(RawSize(blob.Span), MostBlobBytes, "unpacked blob"));
        }

        throw new InvalidDataException("a blob is packed in another way than zlib: write the file again with zlib");
    }

    private static long RawSize(ReadOnlySpan<byte> blob)
    {
        var fields = new ProtobufReader(blob);
        while (!fields.AtEnd)
        {
            var field = Pbf.Tag(ref fields, out var type);
            if ((field, type) == (2, WireType.Varint))
            {
                return (long)Pbf.Varint(ref fields);
            }

            Pbf.Skip(ref fields, field, type);
        }

        return 0;
    }

    private ReadOnlySpan<byte> Inflate(ReadOnlyMemory<byte> packed, int size)
    {
        MemoryMarshal.TryGetArray(packed, out var bytes);
        using var zlib = new ZLibStream(new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false), CompressionMode.Decompress);
        var plain = _plain.Fill(zlib, size);
        return zlib.ReadByte() < 0 ? plain.Span : throw new InvalidDataException("a blob unpacks to more than it says");
    }

    private static int Within(long size, int most, string what) =>
        size >= 0 && size <= most ? (int)size : throw new InvalidDataException($"a {what} of {size} bytes: at most {most} are allowed");
}
