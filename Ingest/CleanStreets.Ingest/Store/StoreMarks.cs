using System.Text.Json;
using System.Text.Json.Serialization;
using CleanStreets.Contracts.Disk;

namespace CleanStreets.Ingest.Store;

/// <summary>What is remembered about a store in ingest's own folder: the stretches it misses, and for a store elsewhere its cursor.</summary>
/// <remarks>
/// Two small JSON files, each replaced whole. The cursor is not fsynced: an older one only has rows written again. A gap is, before
/// the store goes on behind it, because nobody would know of it otherwise.
/// </remarks>
internal sealed class StoreMarks
{
    private readonly string _cursorPath;
    private readonly string _gapsPath;
    private readonly string _network;
    private readonly string? _place;
    private readonly Lock _changing = new(); // Once a gap, and when a person clears them: never on the hot path.
    private IReadOnlyList<StoreGap> _gaps;
    private long _cursor;

    /// <param name="folder">Folder for the marks of all stores.</param>
    /// <param name="store">Name of the store.</param>
    /// <param name="networkVersion">Marks that speak of another network are void.</param>
    /// <param name="place">Where the store is; marks that speak of another place are void. Null: it is always the same.</param>
    public StoreMarks(string folder, string store, string networkVersion, string? place = null)
    {
        Directory.CreateDirectory(folder);
        (_cursorPath, _gapsPath, _network, _place) = (Path.Combine(folder, store + ".cursor.json"), Path.Combine(folder, store + ".gaps.json"), networkVersion, place);
        var moved = Read(_cursorPath, out var cursorIsDamaged);
        _cursor = moved?.Cursor ?? 0;
        HasRows = moved is { Cursor: > 0, HasRows: not false };
        _gaps = Read(_gapsPath, out var gapsAreDamaged)?.Gaps ?? [];
        (CursorIsDamaged, GapsAreDamaged) = (cursorIsDamaged, gapsAreDamaged);
    }

    /// <summary>The cursor could not be read: the store begins where the log does, gets rows again that it knows, and what the log has given up is marked.</summary>
    public bool CursorIsDamaged { get; }

    /// <summary>The stretches that the store misses could not be read: any before its cursor may be one.</summary>
    public bool GapsAreDamaged { get; }

    /// <summary>The place that the marks speak of, when it is another one: the store there has other rows, so it begins where the log does, and what the log has given up is marked.</summary>
    public string? OtherPlace { get; private set; }

    /// <summary>Everything of the journal below this position is stored.</summary>
    public long Cursor => Volatile.Read(ref _cursor);

    /// <summary>Whether rows were ever written: the cursor also moves over records that make none. True where files of before do not tell.</summary>
    public bool HasRows { get; private set; }

    public IReadOnlyList<StoreGap> Gaps => Volatile.Read(ref _gaps);

    /// <param name="cursor">The new cursor.</param>
    /// <param name="withRows">Whether rows were written on the way.</param>
    public void MoveTo(long cursor, bool withRows = true)
    {
        HasRows |= withRows;
        Replace(_cursorPath, new StoreMarksFile(_network, cursor, []) { Place = _place, HasRows = HasRows }, durable: false);
        Volatile.Write(ref _cursor, cursor);
    }

    /// <summary>Marks a stretch as missing; one that touches the last mark becomes part of it.</summary>
    public void Add(StoreGap gap)
    {
        lock (_changing)
        {
            var gaps = _gaps.ToList();
            if (gaps.Count > 0 && gap.From <= gaps[^1].Through)
            {
                gaps[^1] = new StoreGap(Math.Min(gaps[^1].From, gap.From), Math.Max(gaps[^1].Through, gap.Through));
            }
            else
            {
                gaps.Add(gap);
            }

            Keep(gaps);
        }
    }

    /// <summary>Marks everything up to a position as missing, in place of whatever was marked.</summary>
    public void MarkAll(long through)
    {
        lock (_changing)
        {
            Keep(through > 0 ? [new StoreGap(0, through)] : []);
        }
    }

    /// <summary>Takes the marks away, once what was missing has been filled in or given up.</summary>
    public void ClearGaps()
    {
        lock (_changing)
        {
            Keep([]);
        }
    }

    /// <summary>Takes the mark away from a stretch that has been filled in or given up; what lies beside it stays marked.</summary>
    public void Clear(StoreGap stretch)
    {
        lock (_changing)
        {
            Keep([.. _gaps.SelectMany(gap => gap.Without(stretch))]);
        }
    }

    private void Keep(IReadOnlyList<StoreGap> gaps)
    {
        Replace(_gapsPath, new StoreMarksFile(_network, 0, gaps) { Place = _place }, durable: true);
        Volatile.Write(ref _gaps, gaps);
    }

    private StoreMarksFile? Read(string path, out bool isDamaged)
    {
        isDamaged = false;
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var file = JsonSerializer.Deserialize(File.ReadAllBytes(path), StoreMarksJson.Default.StoreMarksFile);
            isDamaged = file is not { NetworkVersion: not null, Gaps: not null };
            if (!isDamaged && _place is not null && file!.Place is { } place && place != _place)
            {
                OtherPlace = place;
                return null;
            }

            return !isDamaged && file!.NetworkVersion == _network ? file : null;
        }
        catch (JsonException)
        {
            isDamaged = true; // Cut short by a power failure, for example.
            return null;
        }
    }

    private static void Replace(string path, StoreMarksFile file, bool durable)
    {
        var next = path + ".next";
        using (var stream = File.Create(next))
        {
            JsonSerializer.Serialize(stream, file, StoreMarksJson.Default.StoreMarksFile);
            stream.Flush();
            if (durable)
            {
                FileFlush.Flush(stream.SafeFileHandle);
            }
        }

        File.Move(next, path, overwrite: true);
        if (durable)
        {
            DirectoryFlush.Flush(Path.GetDirectoryName(path)!);
        }
    }
}

/// <summary>Content of one of the files.</summary>
internal sealed record StoreMarksFile(string NetworkVersion, long Cursor, IReadOnlyList<StoreGap> Gaps)
{
    /// <summary>Where the store is; null in files from before that was written, and for the one in our own folder.</summary>
    public string? Place { get; init; }

    /// <summary>Whether rows were ever written there; null in files from before that was written.</summary>
    public bool? HasRows { get; init; }
}

[JsonSerializable(typeof(StoreMarksFile))]
internal sealed partial class StoreMarksJson : JsonSerializerContext;
