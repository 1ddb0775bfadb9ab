using System.ComponentModel;
using System.Runtime.InteropServices;
using CleanStreets.Mqtt.Listener.Transport;
using Microsoft.Win32.SafeHandles;

namespace CleanStreets.Mqtt.Listener.State;

/// <summary>The log's file, and the thread that writes it while the loop goes on.</summary>
internal sealed class StateFile : IDisposable
{
    private const string Name = "mqtt-state.log";

    private readonly string _folder;
    private readonly long _leastBytes;
    private readonly FileStream _lock;
    private readonly SemaphoreSlim _work = new(0);
    private readonly ManualResetEventSlim _done = new(initialState: true);
    private readonly Thread _thread;
    private SafeFileHandle? _file;
    private ReadOnlyMemory<byte> _bytes;
    private long _batch;
    private SafeFileHandle? _next;
    private long _nextLength;
    private long _length;
    private long _compactAt;
    private Exception? _failure;
    private bool _ending;

    /// <summary>Takes the folder; nobody else may have it. A file shorter than <paramref name="leastBytes"/> is never begun anew.</summary>
    /// <exception cref="IOException">It cannot be made, or another listener has it.</exception>
    public StateFile(string folder, long leastBytes)
    {
        _leastBytes = _compactAt = leastBytes;
        _folder = Directory.CreateDirectory(folder).FullName;
        _lock = new FileStream(Path.Combine(_folder, "mqtt-state.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        _thread = new Thread(Work) { Name = "mqtt-state", IsBackground = true };
        try
        {
            _thread.Start();
        }
        catch
        {
            _lock.Dispose();
            throw;
        }
    }

    /// <summary>The first bytes of the file: what it is, and the version of its records.</summary>
    public static ReadOnlySpan<byte> Magic => "CSMQST01"u8;

    /// <summary>Which file it is; messages are numbered anew in each.</summary>
    public int Generation { get; set; } = 1;

    public bool WantsCompaction => _length > _compactAt;

    /// <summary>Called on the writing thread when a batch is durable (or failed, see <see cref="ThrowIfFailed"/>).</summary>
    public Action<long>? Written { get; set; }

    private string NextPath => FilePath + ".new";

    private string FilePath => Path.Combine(_folder, Name);

    /// <summary>The log as it was left; null when there is none.</summary>
    public SafeFileHandle? OpenLeft() => File.Exists(FilePath) ? File.OpenHandle(FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite) : null;

    /// <summary>Puts the log aside as it is, for diagnosis; only the latest such copy is kept.</summary>
    public string KeepDamaged()
    {
        var kept = FilePath + ".damaged";
        File.Copy(FilePath, kept, overwrite: true);
        return kept;
    }

    /// <summary>Begins the file that shall take this one's place.</summary>
    public void BeginNext()
    {
        _next?.Dispose();
        _next = File.OpenHandle(NextPath, FileMode.Create, FileAccess.Write, FileShare.Read);
        _nextLength = 0;
        AppendToNext(Magic);
    }

    public void AppendToNext(ReadOnlySpan<byte> records)
    {
        RandomAccess.Write(_next!, records, _nextLength);
        _nextLength += records.Length;
    }

    /// <summary>Puts the new file in the old one's place, once it is on the disk.</summary>
    public void Replace()
    {
        Sync(_next!);
        File.Move(NextPath, FilePath, overwrite: true);
        SyncFolder();
        _file?.Dispose();
        (_file, _length, _next) = (_next, _nextLength, null);
        _compactAt = CompactAt(_length, _leastBytes);
    }

    /// <summary>The length at which a file that began with <paramref name="live"/> bytes is begun anew: writing them costs no more than what came since.</summary>
    internal static long CompactAt(long live, long leastBytes) => Math.Max(leastBytes, live * 2);

    /// <summary>Hands a batch to the writing thread; one at a time.</summary>
    public void BeginWrite(ReadOnlyMemory<byte> bytes, long batch)
    {
        (_bytes, _batch) = (bytes, batch);
        _done.Reset();
        _work.Release();
    }

    public void WaitForWrite()
    {
        _done.Wait();
        ThrowIfFailed();
    }

    public void WriteNow(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_file!, bytes, _length);
        Sync(_file!);
        _length += bytes.Length;
    }

    /// <summary>A disk that cannot be written ends the listener: nothing more may be acknowledged.</summary>
    public void ThrowIfFailed()
    {
        if (Volatile.Read(ref _failure) is { } failure)
        {
            throw new IOException($"The MQTT state in {_folder} cannot be written.", failure);
        }
    }

    public void Dispose()
    {
        Volatile.Write(ref _ending, true);
        _work.Release();
        _thread.Join();
        _file?.Dispose();
        _next?.Dispose();
        _lock.Dispose();
        _work.Dispose();
        _done.Dispose();
    }

    // Not RandomAccess.FlushToDisk: on Linux, .NET 10.0.12 returns as if all were well when fsync answers EIO.
    private static void Sync(SafeFileHandle file)
    {
        if (Libc.Sync(file) != 0)
        {
            throw new IOException("fsync failed.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }
    }

    /// <summary>The new name must survive too.</summary>
    private void SyncFolder()
    {
        var folder = Epoll.Checked(Libc.Open(_folder, 0));
        try
        {
            if (Libc.Sync(folder) != 0)
            {
                throw new IOException($"fsync of {_folder} failed.", new Win32Exception(Marshal.GetLastPInvokeError()));
            }
        }
        finally
        {
            _ = Libc.Close(folder);
        }
    }

    private void Work()
    {
        while (true)
        {
            _work.Wait();
            if (Volatile.Read(ref _ending))
            {
                return;
            }

            try
            {
                WriteNow(_bytes.Span);
            }
            catch (Exception failure)
            {
                Volatile.Write(ref _failure, failure);
            }

            _done.Set();
            Written?.Invoke(_batch);
        }
    }
}
