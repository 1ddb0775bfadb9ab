using System.Buffers;
using System.Globalization;
using CleanStreets.Benchmarks.Run;
using CleanStreets.Contracts.Readings;

namespace CleanStreets.Benchmarks.Load;

/// <summary>Trucks driving real streets, from <c>drive.py</c> of the shared tools: one file a truck, sessions that nobody has sent before.</summary>
/// <param name="Tools">Where the scripts are and files may be put.</param>
/// <param name="Trucks">How many, each with a connection of its own.</param>
/// <param name="MessagesEach">Messages of one truck.</param>
/// <param name="ReadingsAMessage">Readings in one message; more than one: as Protobuf.</param>
internal sealed record Drive(Tools Tools, int Trucks, int MessagesEach, int ReadingsAMessage)
{
    private const string Streets = "data/west-oakland/west_oakland_segments.geojson";

    private string _pattern = string.Empty;

    /// <summary>The files of the last <see cref="PrepareAsync"/>, by number of the truck.</summary>
    public IReadOnlyList<string> Files => [.. Enumerable.Range(0, Trucks).Select(truck => _pattern.Replace("%d", $"{truck}", StringComparison.Ordinal))];

    public long Messages => (long)Trucks * MessagesEach;

    public long Readings => Messages * ReadingsAMessage;

    /// <exception cref="MissingException">The shared data is absent.</exception>
    public static string StreetsFile => Tools.Find(Streets);

    /// <summary>Drives anew. Session ids hold the second of the day, so each call makes others.</summary>
    public async Task PrepareAsync(int seed)
    {
        var folder = Directory.CreateDirectory(Tools.Path($"drive-{Guid.NewGuid():N}")).FullName;
        _pattern = Path.Combine(folder, "t%d.jsonl");
        string[] sizes = [$"{Trucks}", $"{MessagesEach * ReadingsAMessage}", _pattern, $"{ReadingsAMessage}", $"{seed}"];
        await Tools.RunAsync("/usr/bin/python3", [Tools.Find("tools/drive.py"), StreetsFile, .. sizes]);
        if (ReadingsAMessage > 1)
        {
            foreach (var file in Directory.EnumerateFiles(folder))
            {
                ToProtobuf(file);
            }

            _pattern = Path.ChangeExtension(_pattern, ".bin");
        }
    }

    /// <summary>Sends everything and waits for every acknowledgement.</summary>
    public async Task SendAsync(int port, int inFlight)
    {
        var blast = await Tools.CompileAsync("mqttblast");
        await Tools.RunAsync(
            "/usr/bin/env", "CLIENT_ID=truck-%d", blast, "127.0.0.1", $"{port}", $"{Trucks}", $"{MessagesEach}", $"{inFlight}", "cleanstreets/v1/readings/truck-%d", _pattern);
    }

    /// <summary>Writes the file's batches once more in the form that <c>mqttblast.c</c> reads: length, four bytes little-endian, and message.</summary>
    private static void ToProtobuf(string file)
    {
        var decoder = new ReadingDecoder();
        using var output = File.Create(Path.ChangeExtension(file, ".bin"));
        foreach (var line in File.ReadLines(file))
        {
            var readings = new ReadingBuffer();
            var fault = decoder.Decode(System.Text.Encoding.UTF8.GetBytes(line), default, readings, out var envelope);
            if (fault != QuarantineReason.None)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{file}: {fault}"));
            }

            var message = new ArrayBufferWriter<byte>();
            ReadingEncoder.WriteBatch(message, ReadingFormat.Protobuf, in envelope, readings);
            output.Write(BitConverter.GetBytes(message.WrittenCount));
            output.Write(message.WrittenSpan);
        }
    }
}
