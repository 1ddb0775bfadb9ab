using CleanStreets.Ingest.Journal;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>Ingest's own folder: nobody else opens these files.</summary>
internal sealed class IngestPaths(string data)
{
    public string Data { get; } = Path.GetFullPath(data);

    public string Journal => Path.Combine(Data, "journal");

    public string Snapshots => Path.Combine(Data, "snapshots");

    public string Store => Path.Combine(Data, "segments.db");

    public string StoreLog => Path.Combine(Data, "store-log");

    /// <summary>What is remembered about each store: cursors, marks, refused rows.</summary>
    public string StoreMarks => Path.Combine(Data, "stores");

    public string Quarantine => Path.Combine(Data, "quarantine.db");

    public string Streets => Path.Combine(Data, "streets.geojson");

    /// <summary>Streets that are no longer part of the network and whose scores are not cleared yet; usually not there.</summary>
    public string Vanished => Path.Combine(Data, "vanished-segments");

    /// <summary>Name of the scoring method in use.</summary>
    public string Method => Path.Combine(Data, "method");

    /// <summary>What the city's numbers were made with.</summary>
    public string Measure => Path.Combine(Data, "measure.json");

    /// <summary>What time it was when ingest last knew.</summary>
    public string Clock => Path.Combine(Data, "clock");

    /// <summary>Closed periods, kept for good.</summary>
    public string Periods => Path.Combine(Data, "periods");

    public string LockFile => Path.Combine(Data, "ingest.lock");

    // How a lock that another process holds is told. Anything else, a disk that went read-only for example, is something else to do.
    private const int HeldOnLinux = 11; // EWOULDBLOCK
    private const int HeldOnMac = 35;
    private const int HeldOnWindows = unchecked((int)0x80070020); // ERROR_SHARING_VIOLATION

    /// <summary>Takes the folder for this process; the lock falls with the process, however it ends.</summary>
    /// <exception cref="UsageException">The folder cannot be written, or another process has it.</exception>
    public FileStream Lock()
    {
        try
        {
            Directory.CreateDirectory(Data);
            return new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException ex)
        {
            throw new UsageException($"The data folder {Data} cannot be written: name another with --data, or change its permissions.", ex);
        }
        catch (IOException ex) when (DiskFullException.Is(ex))
        {
            throw new DiskFullException(ex);
        }
        catch (IOException ex) when (ex.HResult is HeldOnLinux or HeldOnMac or HeldOnWindows)
        {
            throw new UsageException($"The data folder {Data} is in use by another ingest process: stop it, or name another folder with --data.", ex);
        }
        catch (IOException ex)
        {
            throw new UsageException($"The data folder {Data} cannot be written ({ex.Message}): name another with --data.", ex);
        }
    }
}
