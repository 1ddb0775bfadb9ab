using System.Collections.Concurrent;
using System.Threading.Channels;
using CleanStreets.Contracts.Trucks;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Upgrade;

/// <summary>Follows what the city offers to the box's ring: fetches it, and asks for the restart that starts it.</summary>
/// <remarks>
/// One loop. Offers and rings arrive from any thread. A model is unpacked, tried and put in place here; a program only waits in its folder, because this process may not write where programs lie:
/// root's half (<c>deploy/edge/switch</c>) checks it once more and switches when the unit starts again.
/// </remarks>
internal sealed class Upgrader
{
    /// <summary>Names of the kinds, as in topics.</summary>
    public const string Program = "program", Model = "model";

    private const int MostRestarts = 3;
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MostPause = TimeSpan.FromHours(1);

    private readonly UpgradeOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<(string Ring, string Kind), ReadOnlyMemory<byte>> _offers = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource _restart = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _ringFile;
    private string _ring;
    private ReleaseStatus _program;
    private ReleaseStatus _model;
    private TimeSpan _pause = Look;
    private long? _pausedAt;

    /// <param name="options">Folders, keys, and what of the running box is asked.</param>
    /// <param name="clock">The truck's clock.</param>
    /// <param name="logger">For the log.</param>
    public Upgrader(UpgradeOptions options, TimeProvider clock, ILogger logger)
    {
        (_options, _clock, _logger) = (options, clock, logger);
        _ringFile = Path.Combine(options.Folder, "ring");
        _ring = StateFile.Value(_ringFile, "ring") ?? options.Ring;
        _program = new ReleaseStatus(options.Program.Current?.ToString(), options.Program.Outcome.State, Detail: options.Program.Outcome.Detail);
        _model = new ReleaseStatus(ModelVersion, options.Model.Outcome.State, Detail: options.Model.Outcome.Detail);
    }

    /// <summary>Called when the city waits to hear something new of the status.</summary>
    public Action? StatusChanged { get; set; }

    /// <summary>Completes when something waits for a restart.</summary>
    public Task RestartWanted => _restart.Task;

    /// <summary>For the status. Any thread.</summary>
    public UpgradeStatus Status => new(Volatile.Read(ref _ring), Volatile.Read(ref _program), Volatile.Read(ref _model));

    private string? ModelVersion => _options.Model.Current == InstalledModel.Own ? null : _options.Model.Current.ToString();

    /// <summary>The city puts the box into a ring, or (null) leaves that to its own settings; kept on disk, so that a start does not begin in the wrong one. Any thread.</summary>
    public void SetRing(string? ring)
    {
        if ((ring ?? _options.Ring) == Volatile.Read(ref _ring))
        {
            return;
        }

        try
        {
            if (ring is null)
            {
                StateFile.Remove(_ringFile);
            }
            else
            {
                StateFile.Write(_ringFile, $"ring {ring}");
            }
        }
        catch (IOException ex)
        {
            UpgradeLog.Disk(_logger, ex.Message); // In force all the same, until the next start.
        }

        Volatile.Write(ref _ring, ring ?? _options.Ring);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Takes what the city offers to a ring; an empty message takes the offer back. Any thread.</summary>
    public void Take(string ring, string kind, ReadOnlyMemory<byte> message)
    {
        _offers[(ring, kind)] = message.ToArray();
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Runs until stopped. A disk that fails ends an upgrade, not the agent.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var waiting = _wake.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
        while (!stop.IsCancellationRequested)
        {
            await LookAfterAsync(Program, stop);
            await LookAfterAsync(Model, stop);
            using var timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await Task.WhenAny(waiting, Task.Delay(_pausedAt is null ? Look : _pause, _clock, timer.Token));
            await timer.CancelAsync();
            if (waiting.IsCompleted)
            {
                _wake.Reader.TryRead(out _);
                waiting = _wake.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
            }
        }
    }

    private async Task LookAfterAsync(string kind, CancellationToken stop)
    {
        if (_restart.Task.IsCompleted || stop.IsCancellationRequested || !_offers.TryGetValue((Volatile.Read(ref _ring), kind), out var message))
        {
            return;
        }

        ReleaseManifest? release = null;
        try
        {
            if (ReleaseOffer.Read(message) is not { } offer)
            {
                Say(kind, Outcome(kind), null);
                return;
            }

            release = offer.Verified(_options.Keys);
            if (release.Kind != (kind == Program ? ReleaseKind.Program : ReleaseKind.Model))
            {
                throw new UpgradeException($"it is no release of a {kind}");
            }

            if (Settled(kind, release) is { } settled)
            {
                Say(kind, settled, release);
            }
            else if (offer.NotBefore is { } earliest && _clock.GetUtcNow() < earliest)
            {
                Say(kind, (UpgradeState.Waiting, $"not before {earliest:yyyy-MM-ddTHH:mm:ssZ}"), release);
            }
            else if (!IsPaused())
            {
                await FetchAsync(kind, offer, release, message, stop);
            }
        }
        catch (UpgradeException ex)
        {
            Say(kind, (UpgradeState.Refused, ex.Message), release);
        }
        catch (Exception ex) when (!stop.IsCancellationRequested && ex is HttpRequestException or OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            _pause = _pausedAt is null ? Look : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, MostPause.Ticks));
            _pausedAt = _clock.GetTimestamp();
            Say(kind, (UpgradeState.Downloading, $"{(ex is OperationCanceledException ? "the server fell silent" : ex.Message.TrimEnd('.'))}; again in {_pause.TotalMinutes:0} min"), release);
        }
        catch (OperationCanceledException)
        {
            // Our own stop: what has come stays.
        }
    }

    private bool IsPaused() => _pausedAt is { } since && _clock.GetElapsedTime(since) < _pause - TimeSpan.FromSeconds(1);

    private (UpgradeState State, string? Detail) Outcome(string kind) => kind == Program ? _options.Program.Outcome : _options.Model.Outcome;

    private UpgradeFolder FolderOf(string kind) => new(Path.Combine(_options.Folder, kind));

    /// <summary>What is to be said of a release when nothing is to be done for it; null when it is to be fetched.</summary>
    private (UpgradeState State, string? Detail)? Settled(string kind, ReleaseManifest release)
    {
        var folder = FolderOf(kind);
        var isProgram = kind == Program;
        if ((isProgram ? _options.Program.Current : _options.Model.Current) is not { } current)
        {
            return (UpgradeState.Refused, "this agent was not installed by deploy/edge/install, so nobody could start another");
        }

        var isOnTrial = isProgram ? _options.Program.TrialId is not null : _options.Model.Trial is not null;
        if (release.Version == current)
        {
            if (!isOnTrial)
            {
                folder.Clear();
            }

            return Outcome(kind);
        }

        if (isProgram && _options.Program.FailureOf(release) is { } failure)
        {
            folder.Clear();
            return (_options.Program.Outcome.State == UpgradeState.Refused ? UpgradeState.Refused : UpgradeState.RolledBack, $"{release.Version}: {failure}");
        }

        return folder.RefusalOf(release.Id) is { } reason ? (Outcome(kind).State == UpgradeState.RolledBack ? UpgradeState.RolledBack : UpgradeState.Refused, $"{release.Version}: {reason}")
            : !release.MayReplace(current) ? (UpgradeState.Refused, $"{release.Version} is older than {current}, and not signed to replace it")
            : !release.Archives.ContainsKey(ArchiveOf(kind)) ? (UpgradeState.Refused, $"{release.Version} holds nothing for {ArchiveOf(kind)}")
            : !isProgram && !_options.HasCamera ? (UpgradeState.Waiting, "no camera is set")
            : isOnTrial ? Outcome(kind)
            : null;
    }

    private static string ArchiveOf(string kind) => kind == Program ? InstalledProgram.Architecture : "any";

    private async Task FetchAsync(string kind, ReleaseOffer offer, ReleaseManifest release, ReadOnlyMemory<byte> message, CancellationToken stop)
    {
        var folder = FolderOf(kind);
        var archive = release.Archives[ArchiveOf(kind)];
        folder.Begin(release, offer.Signature);
        Say(kind, (UpgradeState.Downloading, null), release);
        using var http = _options.Http();
        var download = new ReleaseDownload(http, _options.MayReceive, _options.Received, _options.BytesASecond, _clock);
        var result = await download.RunAsync(
            new Uri(offer.Url, archive.File), archive, folder.Archive, have => Note(kind, status => status with { ReceivedBytes = have, SizeBytes = archive.Bytes }), stop);
        _pausedAt = null;
        if (result == DownloadResult.OutOfBudget)
        {
            Say(kind, (UpgradeState.Downloading, "the day's budget of bytes is used up"), release);
            return;
        }

        if (result == DownloadResult.Wrong)
        {
            folder.Refuse(release.Id, "the archive is not the one that was signed");
            Say(kind, (UpgradeState.Refused, $"{release.Version}: {folder.RefusalOf(release.Id)}"), release);
            return;
        }

        if (!_offers.TryGetValue((Volatile.Read(ref _ring), kind), out var now) || !now.Span.SequenceEqual(message.Span))
        {
            _wake.Writer.TryWrite(true); // Taken back, or another, while it came.
            return;
        }

        if (kind == Model)
        {
            await new ModelIntake(_options.Models, _options.Model, _clock).TakeAsync(release, folder, stop);
        }
        else if (folder.Asked >= MostRestarts)
        {
            folder.Refuse(release.Id, $"nobody took it in {MostRestarts} starts: does the unit run bin/switch?");
            Say(kind, (UpgradeState.Refused, $"{release.Version}: {folder.RefusalOf(release.Id)}"), release);
            return;
        }
        else
        {
            _options.Program.DemandRoom(folder.Archive);
            folder.MakeReady(_options.Flows());
        }

        Say(kind, (UpgradeState.Ready, null), release);
        UpgradeLog.Restarting(_logger, kind, release.Version);
        _restart.TrySetResult();
    }

    private void Note(string kind, Func<ReleaseStatus, ReleaseStatus> change)
    {
        if (kind == Program)
        {
            Volatile.Write(ref _program, change(_program));
        }
        else
        {
            Volatile.Write(ref _model, change(_model));
        }
    }

    private void Say(string kind, (UpgradeState State, string? Detail) what, ReleaseManifest? release)
    {
        var before = kind == Program ? _program : _model;
        var now = new ReleaseStatus(
            kind == Program ? _options.Program.Current?.ToString() : ModelVersion, what.State, release?.Version.ToString(), what.Detail,
            what.State == UpgradeState.Downloading ? before.ReceivedBytes : null, what.State == UpgradeState.Downloading ? before.SizeBytes : null);
        Note(kind, _ => now);
        if ((now.State, now.Offered, now.Detail, now.Version) == (before.State, before.Offered, before.Detail, before.Version))
        {
            return;
        }

        UpgradeLog.State(_logger, kind, now.Offered ?? "none", now.State, now.Detail ?? "");
        StatusChanged?.Invoke();
    }
}
