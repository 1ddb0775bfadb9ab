using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Channels;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Service;
using CleanStreets.Edge.Spool;
using CleanStreets.Mqtt.Client;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Publish;

/// <summary>One truck's sending: its sessions, live before leftovers, the city's marks, and how the truck is.</summary>
/// <remarks>
/// One loop; one batch in flight. A reading leaves the spool only when a mark says that it is stored, or the link's answer is as good as one.
/// After the link is lost everything above the mark goes again. How the server is spoken to is the <see cref="ICityLink"/>'s affair.
/// </remarks>
internal sealed partial class TruckLink : IAsyncDisposable
{
    /// <summary>Sessions of leftovers that are on their way at once: well below the 16 that one message of marks names.</summary>
    private const int LeftoversAtOnce = StoredMarks.MaxSessions / 2;

    // The status is due now and then, too, and a watchdog looks whether we turn.
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(2.5);

    // A machine that stands still for some seconds says good-bye all the same; with what may go before, a program that is stopped has the time.
    private static readonly TimeSpan GoodByePatience = TimeSpan.FromSeconds(5);

    private readonly PublishOptions _options;
    private readonly FleetSpool _spool;
    private readonly TimeProvider _time;
    private readonly PublishCounters _counters;
    private readonly FleetLinks _links;
    private readonly ILogger _logger;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource _connectedOnce = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<SessionSender> _senders;
    private readonly ConcurrentQueue<SpoolSession> _opened = [];
    private readonly UploadBudget _budget;
    private readonly LiveLane? _lane;
    private SessionSender[] _known;
    private readonly ICityLink _link;
    private readonly EvidenceSender _evidence;
    private readonly TruckStatusPublisher _status;
    private readonly ArrayBufferWriter<byte> _payload = new(8 * 1024);
    private Task<bool>? _waiting;
    private volatile bool _linkLost;
    private volatile bool _isDraining;
    private bool _refused;
    private bool _wasLiveRefused;
    private bool _wantsRenewal;
    private bool _hasNewLink = true;
    private int _turn;
    private long _turns;
    private bool _isAwaitingCity;

    public TruckLink(
        TruckId truck, SpoolSession live, IEnumerable<SpoolSession> leftovers, FleetSpool spool, Func<TruckPosition?> position,
        PublishOptions options, PublishCounters counters, FleetLinks links, TimeProvider time, ILoggerFactory loggers,
        UploadBudget? budget = null, LiveLane? lane = null)
    {
        _budget = budget ?? new UploadBudget(null, time);
        (TruckId, _spool, _options, _counters, _links, _time) = (truck, spool, options, counters, links, time);
        _logger = loggers.CreateLogger<TruckLink>();
        _senders = [.. leftovers.Prepend(live).Select(session => new SessionSender(session, spool.Key, options, time))];
        _known = [.. _senders];
        foreach (var sender in _senders)
        {
            sender.Session.Changed = Wake;
        }

        _lane = lane;
        if (lane is not null)
        {
            lane.Opened = OnLaneOpened;
        }

        _evidence = new EvidenceSender(spool, truck, options, time);
        if (options.SendsEvidence)
        {
            spool.Evidence.Changed = Wake;
        }

        _status = new TruckStatusPublisher(truck, options, position, time);
        _link = options.Link is { } make ? make(_status.Will()) : new TopicLink(truck, _status.Will(), options, time, loggers);
    }

    public TruckId TruckId { get; }

    /// <summary>Completes at the first connection.</summary>
    public Task ConnectedOnce => _connectedOnce.Task;

    /// <summary>Readings of this truck that the city has not stored.</summary>
    public long Unstored => Volatile.Read(ref _known).Sum(s => s.Session.Unstored);

    /// <summary>Whether there is a link now. Any thread.</summary>
    public bool IsConnected => _link.IsConnected;

    /// <summary>How far the loop is; it rests while it waits for the city. Any thread.</summary>
    public Progress Progress => new(Volatile.Read(ref _turns), Volatile.Read(ref _isAwaitingCity));

    /// <summary>Makes the link anew with the credentials of now. Any thread.</summary>
    public Task RenewLinkAsync(CancellationToken cancellationToken) => _link.RenewAsync(cancellationToken);

    /// <summary>Something changed that the city waits to hear: says the status at once. Any thread.</summary>
    public void SayStatusNow()
    {
        _status.SayNow();
        Wake();
    }

    /// <summary>No more readings come: batches do not wait to fill. Any thread.</summary>
    public void Drain()
    {
        _isDraining = true;
        Wake();
    }

    /// <summary>Says the status at once, and returns it as soon as it has been made. Any thread.</summary>
    public Task<TruckStatus> NextStatusAsync(CancellationToken cancellationToken)
    {
        var next = _status.Next;
        SayStatusNow();
        return next.WaitAsync(cancellationToken);
    }

    /// <summary>Sends until <paramref name="stop"/>, then says good-bye.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            _links.Join(TruckId);
            await _link.StartAsync(
                new LinkHandlers
                {
                    Marks = TakeMarksAsync,
                    Settings = _options.Configure is null ? null : TakeSettings,
                    Evidence = SendsEvidence ? TakeEvidenceAnswerAsync : null,
                    Releases = _options.Releases,
                    Changed = OnLinkChanged,
                    EarlierTrucks = [.. _senders.Select(sender => sender.Session.TruckId).Where(truck => truck != TruckId).Distinct()],
                },
                stop);
            while (!stop.IsCancellationRequested)
            {
                await TurnAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Our own stop.
        }
        catch (Exception ex)
        {
            PublishLog.Failed(_logger, TruckId.Value, ex);
            throw;
        }
        finally
        {
            await SayGoodByeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _link.DisposeAsync();

    private async Task TurnAsync(CancellationToken stop)
    {
        Volatile.Write(ref _turns, _turns + 1);
        if (_linkLost)
        {
            _linkLost = false;
            _senders.ForEach(sender => sender.LinkLost());
            _evidence.LinkLost();
            _status.Reconnected();
            _hasNewLink = true;
        }

        if (!_link.IsConnected)
        {
            await AwaitCityAsync(_link.WaitConnectedAsync(stop));
        }

        if (_wantsRenewal)
        {
            _wantsRenewal = false;
            await _link.RenewAsync(stop);
        }

        LookAfterLanes();
        try
        {
            await AwaitCityAsync(_status.PublishDueAsync(_link, _senders, stop));
            var sentAny = await SendNextAsync(_senders[0], stop);
            sentAny |= await SendLeftoversAsync(stop);
            _senders.RemoveAll(sender => sender.IsDrained);
            if (!sentAny && !await SendEvidenceAsync(stop))
            {
                await WaitAsync(stop);
            }
        }
        catch (MqttLinkLostException)
        {
            _linkLost = true; // The client says why, and in a moment that it is not connected.
            await WaitAsync(stop);
        }
    }

    private async Task AwaitCityAsync(Task answer)
    {
        Volatile.Write(ref _isAwaitingCity, true);
        try
        {
            await answer;
        }
        finally
        {
            Volatile.Write(ref _isAwaitingCity, false);
        }
    }

    /// <summary>Sends one batch of leftovers, the oldest sessions taking turns: a live batch never waits for more than that one.</summary>
    private async Task<bool> SendLeftoversAsync(CancellationToken stop)
    {
        if (_senders.Count == 1 || !_budget.MaySendBacklog())
        {
            return false;
        }

        var open = Math.Min(_senders.Count - 1, LeftoversAtOnce);
        for (var i = 0; i < open; i++)
        {
            _turn = (_turn + 1) % open;
            if (await SendNextAsync(_senders[1 + _turn], stop))
            {
                return true;
            }
        }

        return false;
    }

    private bool SendsEvidence => _options.SendsEvidence && _link.TakesEvidence;

    /// <summary>Sends one picture when neither live readings nor backlog have anything to send, out of the same budget as backlog.</summary>
    private async Task<bool> SendEvidenceAsync(CancellationToken stop)
    {
        if (!SendsEvidence || !_budget.MaySendBacklog() || _evidence.Next() is not { } picture)
        {
            return false;
        }

        _evidence.Sending(picture.Id);
        var result = await _link.SendEvidenceAsync(picture.Id, picture.Message, stop);
        SayRefused(result.Refusal);
        _budget.Sent(picture.Message.Length, isBacklog: true);
        if (result.IsStored)
        {
            await _spool.RemoveEvidenceAsync(picture.Id, isStored: true);
        }

        return true;
    }

    private async Task<bool> SendNextAsync(SessionSender sender, CancellationToken stop)
    {
        if (sender.Session is { IsFromBefore: true, ClockAhead: not null } && _options.IsClockConfirmed?.Invoke() == false)
        {
            return false; // How wrong its times are is known, and can be told only by a clock that is right.
        }

        LookAfterUnmarked(sender);
        if (sender.Next(_isDraining) is not { } batch)
        {
            return false;
        }

        await SendAsync(sender, batch, stop);
        return true;
    }

    private async Task SendAsync(SessionSender sender, OutgoingBatch batch, CancellationToken stop)
    {
        var envelope = new BatchEnvelope
        {
            TruckId = sender.Session.TruckId,
            SessionId = sender.Session.SessionId,
            FirstSequence = batch.FirstSequence,
            OldestSequence = batch.OldestSequence,
            SentAtMs = SentAtMs(sender.Session),
            DeviceId = sender.Session.About?.DeviceId ?? (_options.Simulated ? "simulator" : null),
            CameraId = sender.Session.About is { } about ? about.CameraId : _options.Simulated ? "simulated-kerb" : null,
            ModelVersion = sender.Session.About is { } seen ? seen.ModelVersion : _options.Simulated ? "simulated-1" : null,
            CalibrationId = sender.Session.About?.CalibrationId,
            IsTrial = sender.Session.About?.Trial == true,
        };
        _payload.ResetWrittenCount();
        ReadingEncoder.WriteBatch(_payload, batch.Format, in envelope, [.. batch.Readings.Select(r => r.Encoded)]);
        var sending = _link.SendAsync(
            new EncodedBatch($"{sender.Session.SessionId}.{batch.FirstSequence}-{batch.LastSequence}", batch.Format, _payload.WrittenMemory.ToArray()) { Truck = sender.Session.TruckId }, stop).AsTask();
        await AwaitCityAsync(sending);
        var result = await sending;
        SayRefused(result.Refusal, isLive: sender == _senders[0]);
        _budget.Sent(_payload.WrittenCount, isBacklog: sender.Session.IsLeftover);
        sender.Sent(batch, _payload.WrittenCount, result.IsStored); // Refused or not: the mark decides, and an unmarked batch comes again.
        _counters.AddSent(batch.Readings.Count);
        if (result.IsStored)
        {
            await _spool.StoredAsync(sender.Session, batch.LastSequence);
        }
    }

    /// <summary>The send time, by the clock that stamped the readings: what ingest adds fits both. Not said (0) while the clock of now may be another: then nothing is added.</summary>
    private long SentAtMs(SpoolSession session) =>
        _options.IsClockConfirmed?.Invoke() == false && (session.ClockAhead is null || session.IsFromBefore)
            ? 0
            : (_time.GetUtcNow() + (session.ClockAhead?.Invoke() ?? TimeSpan.Zero)).ToUnixTimeMilliseconds();

    private void SayRefused(string? refusal, bool isLive = false)
    {
        if (refusal is not null && !_refused)
        {
            PublishLog.Refused(_logger, TruckId.Value, refusal);
        }

        _refused = refusal is not null;
        if (isLive)
        {
            // Rights that have come with a new assignment: what was refused to be heard before can be asked for again.
            _wantsRenewal |= _wasLiveRefused && refusal is null;
            _wasLiveRefused = refusal is not null;
        }
    }

    private void LookAfterUnmarked(SessionSender sender)
    {
        var hadFullBatches = sender.HasFullBatches;
        var action = sender.CheckUnmarked();
        if (action == UnmarkedAction.Halve && hadFullBatches)
        {
            PublishLog.Unmarked(_logger, TruckId.Value, sender.Session.SessionId.Value, sender.Limit);
        }
        else if (action == UnmarkedAction.SetAside && sender.FirstUnmarked() is { } reading
            && SetAside.TryKeep(_options.SetAsideFolder, _spool.Key, sender.Session, reading, _logger))
        {
            _counters.AddSetAside();
            sender.SetAside(reading.Sequence);
        }
    }

    private TimeSpan LookInterval => _options.BatchAge / 4 is var quarter && quarter < LongestLook ? quarter : LongestLook;

    private void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Waits for new readings, marks or the link, but never longer than a batch may wait.</summary>
    private async Task WaitAsync(CancellationToken stop)
    {
        _waiting ??= _wake.Reader.WaitToReadAsync(CancellationToken.None).AsTask(); // Kept over turns: a waiter is not thrown away.
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(_waiting, Task.Delay(LookInterval, _time, timer.Token));
        await timer.CancelAsync();
        if (_waiting.IsCompleted)
        {
            _wake.Reader.TryRead(out _);
            _waiting = null;
        }
    }

    private async Task SayGoodByeAsync()
    {
        _links.Leave(TruckId);
        using var patience = new CancellationTokenSource(GoodByePatience, _time);
        try
        {
            if (_link.IsConnected)
            {
                await _status.PublishAsync(_link, TruckState.Disconnected, _senders, patience.Token);
            }

            _budget.Keep();
            await _link.StopAsync(patience.Token);
        }
        catch (Exception ex) when (ex is MqttLinkLostException or OperationCanceledException)
        {
            // Without a link there is nobody to say it to: the will says it.
        }
    }
}
