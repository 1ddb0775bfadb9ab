using System.IO.Compression;
using CleanStreets.Launcher.Commands;
using CleanStreets.Scoring.Streets;
using SharpCompress.Compressors.BZip2;

namespace CleanStreets.Launcher.Streets;

/// <summary>A street map in a file: what it is, by its first bytes and not by its name, and how it is unpacked.</summary>
internal sealed class StreetMapFile
{
    private const int LookedAt = 64;

    private readonly string _path;
    private readonly Action<double> _progress;
    private readonly Packing _packing;

    /// <param name="path">The file.</param>
    /// <param name="progress">Told the share of the file that the current reading has reached, 0–1.</param>
    /// <exception cref="WrongUseException">There is no such file, or it is no street map.</exception>
    public StreetMapFile(string path, Action<double> progress)
    {
        (_path, _progress) = (path, progress);
        var start = Look(OpenPacked);
        _packing = start is [0x1F, 0x8B, ..] ? Packing.Gzip : start.AsSpan().StartsWith("BZh"u8) ? Packing.Bzip2 : Packing.None;
        Format = FormatOf(Look(Open)) ?? throw new WrongUseException(
            $"{path}: is neither GeoJSON nor an OpenStreetMap file (.osm, .osm.gz, .osm.bz2, .osm.pbf). Name a street map.");
    }

    private enum Packing
    {
        None,
        Gzip,
        Bzip2,
    }

    /// <summary>What the file holds.</summary>
    public StreetMapFormat Format { get; }

    /// <summary>Imports the streets.</summary>
    /// <exception cref="StreetFileException">The content is at fault; the message says where.</exception>
    public ImportedStreets Import(StreetImportOptions options)
    {
        switch (Format)
        {
            case StreetMapFormat.OsmXml:
                return OsmImport.ReadXml(Open, _path, options);
            case StreetMapFormat.OsmPbf:
                return OsmImport.ReadPbf(Open, _path, options);
            default:
                using (var stream = Open())
                {
                    return GeoJsonImport.Read(stream, _path, options);
                }
        }
    }

    private Stream Open() => _packing switch
    {
        Packing.Gzip => new UnpackingStream(OpenPacked(), packed => new GZipStream(packed, CompressionMode.Decompress)),

        // Parallel packers write many bzip2 streams one behind the other.
        Packing.Bzip2 => new UnpackingStream(OpenPacked(), packed => BZip2Stream.Create(
            packed, SharpCompress.Compressors.CompressionMode.Decompress, decompressConcatenated: true)),
        _ => OpenPacked(),
    };

    private ProgressStream OpenPacked()
    {
        try
        {
            return new ProgressStream(File.OpenRead(_path), _progress);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new WrongUseException($"Cannot read {_path}: {TextFiles.Reason(problem)}. Check the path.", problem);
        }
    }

    private byte[] Look(Func<Stream> open)
    {
        try
        {
            using var stream = open();
            var start = new byte[LookedAt];
            return start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }
        catch (InvalidDataException damaged)
        {
            throw new WrongUseException($"{_path}: damaged ({damaged.Message}). Fetch the file again.", damaged);
        }
    }

    private static StreetMapFormat? FormatOf(ReadOnlySpan<byte> start)
    {
        if (start.IndexOf("OSMHeader"u8) is > 0 and < 16)
        {
            return StreetMapFormat.OsmPbf;
        }

        var text = start.StartsWith("\uFEFF"u8) ? start[3..] : start; // A mark that some editors put before text.
        text = text.TrimStart(" \t\r\n"u8);
        return text is [] ? null : text[0] switch
        {
            (byte)'<' => StreetMapFormat.OsmXml,
            (byte)'{' or (byte)'[' => StreetMapFormat.GeoJson,
            _ => null,
        };
    }
}

/// <summary>Forms in which street maps come.</summary>
internal enum StreetMapFormat
{
    /// <summary>A GeoJSON FeatureCollection of lines.</summary>
    GeoJson,

    /// <summary>OpenStreetMap XML.</summary>
    OsmXml,

    /// <summary>OpenStreetMap PBF.</summary>
    OsmPbf,
}
