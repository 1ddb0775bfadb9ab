using System.Collections.Concurrent;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Disk;
using CleanStreets.Contracts.Evidence;

namespace CleanStreets.Dashboard.Evidence;

/// <summary>The evidence pictures that trucks sent: files in the dashboard's own folder, bounded by bytes and by age, the oldest go first.</summary>
/// <remarks>
/// One file a picture, as it travelled: <c>evidence/{truckId}.truck/{evidenceId}.evidence</c>; its time of writing is when it arrived. The inbox's loop writes and removes; any thread reads.
/// </remarks>
internal sealed class EvidenceArchive
{
    private const string Extension = ".evidence";
    private const string Unfinished = ".new";
    private const string TruckExtension = ".truck"; // So that no truck's name is a path: ".." is a name like any other.

    private readonly string _folder;
    private readonly DashboardOptions _options;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<(string Truck, string Id), long> _known = new();
    private readonly Queue<(string Truck, string Id, DateTimeOffset ArrivedAt)> _byAge = new();
    private long _bytes;

    /// <summary>Takes stock of what lies in the folder.</summary>
    /// <exception cref="DashboardStartException">The folder cannot be used.</exception>
    public EvidenceArchive(DashboardOptions options, TimeProvider time)
    {
        (_options, _time, _folder) = (options, time, Path.Combine(options.DataFolder, "evidence"));
        try
        {
            foreach (var file in Directory.CreateDirectory(_folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.LastWriteTimeUtc))
            {
                if (file.Extension == Extension)
                {
                    Add(Path.GetFileNameWithoutExtension(file.Directory!.Name), Path.GetFileNameWithoutExtension(file.Name), new DateTimeOffset(file.LastWriteTimeUtc), file.Length);
                }
                else if (file.Extension == Unfinished)
                {
                    file.Delete();
                }
            }

            Sweep();
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new DashboardStartException($"The folder of evidence pictures {_folder} cannot be used: {ex.Message} Make it writable.", ex);
        }
    }

    /// <summary>Pictures kept.</summary>
    public int Count => _known.Count;

    /// <summary>Their bytes on disk.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Where browsers get a picture; null when it is not here.</summary>
    public string? AddressOf(TruckId truck, string? evidenceId) =>
        evidenceId is not null && _known.ContainsKey((truck.Value, evidenceId)) ? $"/api/evidence/{truck}/{evidenceId}" : null;

    /// <summary>Whether the picture is here.</summary>
    public bool Has(TruckId truck, string evidenceId) => _known.ContainsKey((truck.Value, evidenceId));

    /// <summary>Keeps a picture; it is on disk when this returns.</summary>
    /// <exception cref="IOException">The disk does not take it; nothing of it is left.</exception>
    public void Keep(TruckId truck, string evidenceId, ReadOnlySpan<byte> message)
    {
        var path = PathOf(truck.Value, evidenceId);
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            DirectoryFlush.Flush(_folder);
        }

        try
        {
            WholeFile.Write(path, message, WholeFile.Secret);
        }
        catch
        {
            File.Delete(path + Unfinished);
            throw;
        }

        Add(truck.Value, evidenceId, _time.GetUtcNow(), message.Length);
        Sweep();
    }

    /// <summary>The JPEG of a picture; null when it is not here.</summary>
    public ReadOnlyMemory<byte>? Read(TruckId truck, string evidenceId)
    {
        if (!Has(truck, evidenceId))
        {
            return null;
        }

        try
        {
            return EvidenceMessage.Read(File.ReadAllBytes(PathOf(truck.Value, evidenceId)), out _, out var jpeg) == EvidenceFault.None ? jpeg : null;
        }
        catch (Exception ex) when (ex is FileNotFoundException or DirectoryNotFoundException)
        {
            return null; // Went in the meantime.
        }
    }

    /// <summary>Removes what is too old or too much, the oldest first.</summary>
    public void Sweep()
    {
        var oldest = _time.GetUtcNow() - TimeSpan.FromDays(_options.EvidenceDays);
        while (_byAge.TryPeek(out var picture) && (_bytes > _options.EvidenceBytes || picture.ArrivedAt < oldest))
        {
            _byAge.Dequeue();
            if (_known.TryRemove((picture.Truck, picture.Id), out var bytes))
            {
                Volatile.Write(ref _bytes, _bytes - bytes);
                File.Delete(PathOf(picture.Truck, picture.Id));
            }
        }
    }

    private string PathOf(string truck, string evidenceId) => Path.Combine(_folder, truck + TruckExtension, evidenceId + Extension);

    private void Add(string truck, string evidenceId, DateTimeOffset arrivedAt, long bytes)
    {
        if (_known.TryAdd((truck, evidenceId), bytes))
        {
            _byAge.Enqueue((truck, evidenceId, arrivedAt));
            Volatile.Write(ref _bytes, _bytes + bytes);
        }
    }
}
