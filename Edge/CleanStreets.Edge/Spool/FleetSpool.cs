using System.Threading.Channels;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Service;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Spool;

/// <summary>The spool of one truck, or of a whole simulated fleet: one log on disk, one commit for all that write to it.</summary>
/// <remarks>
/// One loop owns the files; appends and marks reach it through a bounded channel. A reading shows up in its session only after its
/// fsync. Every opening makes new sessions, so no sequence is ever used twice; what an earlier opening left drains under its old id.
/// </remarks>
internal sealed class FleetSpool : IAsyncDisposable
{
    /// <summary>The file that one program at a time holds.</summary>
    public const string LockFile = "lock";

    private const int MaxQueued = 4096;

    private readonly SpoolOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<SpoolCommand> _commands =
        Channel.CreateBounded<SpoolCommand>(new BoundedChannelOptions(MaxQueued) { SingleReader = true });

    private readonly FileStream _lock;
    private readonly SpoolWriter _writer;
    private readonly Task _loop;
    private long _commits;
    private bool _isCommitting;
    private bool _isCut;
    private double? _torn;

    private FleetSpool(SpoolOptions options, TimeProvider time, FileStream ownership, SealingKey key, SpoolRecovery recovery, ILogger logger)
    {
        (_options, _time, _lock, _logger, Key) = (options, time, ownership, logger, key);
        _writer = new SpoolWriter(options, key, recovery, time, logger);
        Leftovers = [.. recovery.Sessions.Where(s => s.Unstored > 0)];
        SessionAbout.Sweep(options.Folder, Leftovers.Select(session => session.Key), key);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Sessions of earlier openings that still have readings to send.</summary>
    public IReadOnlyList<SpoolSession> Leftovers { get; }

    /// <summary>What seals everything on this spool.</summary>
    public SealingKey Key { get; }

    /// <summary>The evidence pictures that wait.</summary>
    public EvidenceShelf Evidence => _writer.Evidence;

    /// <summary>Readings dropped since the opening, for whatever reason.</summary>
    public long Dropped => DropReasons.OfReadings.Sum(DroppedFor);

    /// <summary>Readings that the city has stored since the opening, those of earlier openings included.</summary>
    public long Stored => _writer.Stored;

    /// <summary>Bytes on disk.</summary>
    public long Bytes => _writer.Bytes;

    /// <summary>Readings dropped since the opening for one reason.</summary>
    public long DroppedFor(DropReason reason) => _writer.Dropped(reason);

    /// <summary>Ends when the spool is closed; faults when the disk failed.</summary>
    public Task Completion => _loop;

    /// <summary>How far the loop is; it rests while nothing waits for the disk. Any thread.</summary>
    public Progress Progress => new(Volatile.Read(ref _commits), !Volatile.Read(ref _isCommitting) && _commands.Reader.Count == 0);

    /// <summary>Opens the spool and recovers what an earlier opening left.</summary>
    /// <exception cref="SpoolException">The folder or the key cannot be used, or another program has it open.</exception>
    public static FleetSpool Open(SpoolOptions options, TimeProvider time, ILogger logger)
    {
        FileStream? ownership = null;
        try
        {
            Directory.CreateDirectory(options.Folder);
            ownership = new FileStream(Path.Combine(options.Folder, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var key = SealingKeyFile.Open(options.KeyFile, options.MayMakeKey, logger);
            var recovery = new SpoolRecovery(options, key, logger);
            recovery.Run();
            return new FleetSpool(options, time, ownership, key, recovery, logger);
        }
        catch (SpoolException)
        {
            ownership?.Dispose();
            throw;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            ownership?.Dispose();
            throw new SpoolException($"The spool in {options.Folder} cannot be opened: {ex.Message} Close the other program, or make the folder writable.", ex) { IsWrongUse = true };
        }
    }

    /// <summary>Begins a new session of a truck.</summary>
    /// <param name="truck">The truck.</param>
    /// <param name="session">An id that no session of this truck ever had.</param>
    /// <param name="about">What is true of all its readings; on disk when this returns, unless the disk is full.</param>
    /// <exception cref="SpoolException">The disk failed.</exception>
    public SpoolSession Begin(TruckId truck, SessionId session, SessionAbout? about = null)
    {
        var key = new SpoolKey(truck.Value, session.Value);
        Keep(key, about);
        return new SpoolSession(key, leftover: false, _options.RecentReadings) { About = about };
    }

    /// <summary>Keeps what has become known of a session, for a later opening; on disk when this returns, unless the disk is full.</summary>
    /// <exception cref="SpoolException">The disk failed.</exception>
    public void Keep(SpoolSession session, SessionAbout about) => Keep(session.Key, about);

    /// <summary>Takes a reading and the pictures that it names first; it is on disk once it shows up in its session. Waits when the disk is behind.</summary>
    /// <exception cref="SpoolException">The disk failed: nothing more is taken.</exception>
    public ValueTask AppendAsync(SpoolSession session, ReadingFormat format, long capturedAtMs, ReadOnlyMemory<byte> encoded, IReadOnlyList<EvidencePicture>? pictures = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SpoolFrame.SizeOf(session.Key.Bytes.Length, encoded.Length), SpoolFrame.MaxBytes, nameof(encoded));
        return SendAsync(SpoolCommand.Append(session, format, capturedAtMs, encoded, pictures ?? []));
    }

    /// <summary>Takes the city's word that everything up to <paramref name="through"/> is stored. One beyond what was committed is ignored.</summary>
    public ValueTask StoredAsync(SpoolSession session, long through) =>
        SendAsync(SpoolCommand.Mark(session, through));

    /// <summary>Takes the city's word about a picture: it is stored, or will never be taken. Either way it goes.</summary>
    public ValueTask RemoveEvidenceAsync(string id, bool isStored) => SendAsync(SpoolCommand.Remove(id, isStored));

    /// <summary>A picture turned out to be unreadable: it goes when the spool's loop has time, or is found unreadable again.</summary>
    public void TryRemoveEvidence(string id) => _commands.Writer.TryWrite(SpoolCommand.Remove(id, isStored: false));

    /// <summary>Ends as at a power cut: from the next commit on nothing reaches the disk but, unsynced, a part of that one. For simulated boxes.</summary>
    /// <param name="torn">Which share of the commit that never was is found on the disk, 0–1.</param>
    public void CutPower(double torn)
    {
        _torn = torn;
        Volatile.Write(ref _isCut, true);
    }

    /// <summary>Commits what was taken and closes the spool; after a power cut it closes only.</summary>
    public async ValueTask DisposeAsync()
    {
        _commands.Writer.TryComplete();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_torn is { } torn && _loop.IsCompletedSuccessfully)
        {
            _writer.Tear(torn);
        }

        _writer.Dispose();
        await _lock.DisposeAsync();
    }

    /// <summary>Closes the spool and destroys its key and all it holds: nobody reads it any more, here or from the disk.</summary>
    /// <returns>Whether the key was destroyed too; false when it was handed over by somebody else, who has to forget it.</returns>
    public async Task<bool> WipeAsync()
    {
        _commands.Writer.TryComplete();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _writer.Dispose();
        var isKeyGone = SpoolWipe.Run(_options); // Before the lock goes: nobody else may have opened it.
        await _lock.DisposeAsync();
        SpoolLog.Wiped(_logger, _options.Folder, isKeyGone);
        return isKeyGone;
    }

    private void Keep(SpoolKey session, SessionAbout? about)
    {
        try
        {
            about?.Write(_options.Folder, session, Key);
        }
        catch (IOException full) when (DiskFull.Is(full))
        {
            SpoolLog.AboutNotKept(_logger, session.Session.Value, full.Message);
        }
        catch (IOException ex)
        {
            throw new SpoolException($"The spool in {_options.Folder} failed: {ex.Message} Check the disk and start again.", ex);
        }
    }

    private ValueTask SendAsync(SpoolCommand command) =>
        _commands.Writer.TryWrite(command) ? ValueTask.CompletedTask : SendSlowlyAsync(command);

    private async ValueTask SendSlowlyAsync(SpoolCommand command)
    {
        try
        {
            await _commands.Writer.WriteAsync(command);
        }
        catch (ChannelClosedException ex)
        {
            throw new SpoolException($"The spool in {_options.Folder} is closed{(ex.InnerException is { } cause ? ": " + cause.Message : ".")}", ex);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (await _commands.Reader.WaitToReadAsync())
            {
                if (!TakeQueued() && !_commands.Reader.Completion.IsCompleted)
                {
                    await Task.Delay(_options.CommitInterval, _time); // Company for the fsync: many trucks, one commit.
                    TakeQueued();
                }

                if (Volatile.Read(ref _isCut))
                {
                    return;
                }

                Volatile.Write(ref _isCommitting, true);
                _writer.Commit();
                Volatile.Write(ref _commits, _commits + 1);
                Volatile.Write(ref _isCommitting, false);
            }
        }
        catch (Exception ex)
        {
            _commands.Writer.TryComplete(ex);
            throw new SpoolException($"The spool in {_options.Folder} failed: {ex.Message} Nothing that was kept is lost; check the disk and start again.", ex);
        }
    }

    /// <summary>Takes what waits; true when the commit group is full.</summary>
    private bool TakeQueued()
    {
        while (_writer.PendingBytes < _options.CommitBytes)
        {
            if (!_commands.Reader.TryRead(out var command))
            {
                return false;
            }

            _writer.Take(in command);
        }

        return true;
    }
}
