using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Run;
using CleanStreets.Edge.Spool;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Publish;

/// <summary><c>edge set-aside</c>: opens, with the box's key, the readings that the city never stored, for somebody who must find out why.</summary>
/// <remarks>Nothing is changed, so it may run beside the agent. The truck, session and sequence of each stand in the log of the day it was set aside.</remarks>
internal static class SetAsideCommand
{
    private static readonly Option<string> Settings = new("--settings") { Description = "The box's settings, JSON.", Required = true };

    public static Command Create()
    {
        var command = new Command("set-aside", "Show the readings that the city never stored: one line of JSON each, opened with this box's key.") { Settings };
        command.SetAction((parsed, _) => RunAsync(EdgeSettingsFile.Read(parsed.GetRequiredValue(Settings)), Console.Out));
        return command;
    }

    /// <summary>Writes a line a file, the oldest first.</summary>
    /// <returns>1 when a file cannot be opened, else 0.</returns>
    /// <exception cref="SpoolException">The key cannot be read.</exception>
    private static async Task<int> RunAsync(EdgeSettings settings, TextWriter output)
    {
        var folder = new DirectoryInfo(LinkOptions.Of(settings).SetAsideFolder);
        var files = folder.Exists ? folder.EnumerateFiles("*.reading").OrderBy(file => file.LastWriteTimeUtc).ToList() : [];
        if (files.Count == 0)
        {
            return 0;
        }

        var place = SpoolPlace.Of(settings, Environment.GetEnvironmentVariable(SpoolPlace.CredentialsVariable));
        var key = SealingKeyFile.Open(place.KeyFile, mayMake: false, NullLogger.Instance);
        var isWhole = true;
        foreach (var file in files)
        {
            var line = new JsonObject { ["file"] = file.Name, ["setAsideAt"] = file.LastWriteTimeUtc.ToString("O", CultureInfo.InvariantCulture) };
            if (SealedFile.Read(file.FullName, key) is { } content)
            {
                line["bytes"] = content.Length;
                Describe(content, line);
            }
            else
            {
                (isWhole, line["problem"]) = (false, "damaged, or sealed with another key");
            }

            await output.WriteLineAsync(line.ToJsonString());
        }

        return isWhole ? 0 : 1;
    }

    /// <summary>The reading itself, as JSON where it can be read, and always the bytes that lay on the spool.</summary>
    private static void Describe(byte[] content, JsonObject line)
    {
        var format = content is [(byte)'{', ..] ? ReadingFormat.Json : ReadingFormat.Protobuf;
        line["format"] = format == ReadingFormat.Json ? "json" : "protobuf";
        line["base64"] = Convert.ToBase64String(content);
        var batch = new ArrayBufferWriter<byte>();
        var envelope = new BatchEnvelope { TruckId = TruckId.Parse("truck"), SessionId = SessionId.Parse("session"), FirstSequence = 1 };
        ReadingEncoder.WriteBatch(batch, format, in envelope, [content]);
        var readings = new ReadingBuffer();
        var fault = new ReadingDecoder().Decode(batch.WrittenSpan, Encoding.ASCII.GetBytes(ReadingEncoder.ContentType(format)), readings, out _);
        if (fault != QuarantineReason.None || readings.Count != 1 || readings.Readings[0].Fault != QuarantineReason.None)
        {
            line["problem"] = fault != QuarantineReason.None ? fault.ToString() : readings.Count != 1 ? "not one reading" : readings.Readings[0].Fault.ToString();
            return;
        }

        ref readonly var reading = ref readings.Readings[0];
        var text = new ArrayBufferWriter<byte>();
        ReadingEncoder.WriteReading(text, ReadingFormat.Json, in reading, readings.DetectionsOf(in reading), readings.SensorsOf(in reading));
        line["reading"] = JsonNode.Parse(text.WrittenSpan);
    }
}
