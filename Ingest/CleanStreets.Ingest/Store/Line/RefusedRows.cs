using System.Text.Json;
using System.Text.Json.Serialization;

namespace CleanStreets.Ingest.Store.Line;

/// <summary>Lines that a store refused for good, with its reason: one JSON object a line, in a file that does not grow for ever.</summary>
/// <remarks>At half the cap the file becomes the older one, and the one before it goes.</remarks>
internal sealed class RefusedRows(string path, long capBytes, TimeProvider time)
{
    private const int MostLineCharacters = 4096;
    private long _count;

    /// <summary>Lines refused since the start.</summary>
    public long Count => Volatile.Read(ref _count);

    public void Add(string line, string reason)
    {
        if (File.Exists(path) && new FileInfo(path).Length >= capBytes / 2)
        {
            File.Move(path, path + ".older", overwrite: true);
        }

        var kept = new RefusedRow(time.GetUtcNow(), reason, line[..Math.Min(line.Length, MostLineCharacters)]);
        File.AppendAllText(path, JsonSerializer.Serialize(kept, RefusedRowJson.Default.RefusedRow) + "\n");
        Volatile.Write(ref _count, _count + 1);
    }
}

/// <summary>One of them.</summary>
internal sealed record RefusedRow(DateTimeOffset At, string Reason, string Line);

[JsonSerializable(typeof(RefusedRow))]
internal sealed partial class RefusedRowJson : JsonSerializerContext;
