using CleanStreets.Contracts;
using CleanStreets.Ingest.Acknowledge;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Clock;
using CleanStreets.Ingest.Decode;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Measure;
using CleanStreets.Ingest.Observe;
using CleanStreets.Ingest.Publish;
using CleanStreets.Ingest.Quarantine;
using CleanStreets.Ingest.Receive;
using CleanStreets.Ingest.Recover;
using CleanStreets.Ingest.Score;
using CleanStreets.Ingest.Snapshot;
using CleanStreets.Ingest.Store.Log;
using CleanStreets.Ingest.Store;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Ingest.Pipeline;

/// <summary>Joins the stages, starts them in order and stops them in order.</summary>
/// <remarks>
/// Start: listen, replay the journal, then take publishes. Stop: receive no more, let each stage finish what it has, say good-bye.
/// When a stage fails, <see cref="Completion"/> fails and the process has to end: nothing is acknowledged that is not on disk.
/// </remarks>
internal sealed class IngestPipeline : IAsyncDisposable
{
    private readonly IngestPaths _paths;
    private readonly StreetSource _streets;
    private readonly IngestOptions _options;
    private readonly StageDurations _durations;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly BatchPool _pool;
    private readonly StateRecovery _recovery;
    private readonly SnapshotKeeper _snapshots;
    private readonly MarkBoard _marks;
    private readonly JournalWriter _journal;
    private readonly Ticker _ticker;
    private readonly AssignmentWatch? _assignments;
    private readonly QuarantineStage _quarantineStage;
    private Task _listing = Task.CompletedTask;
    private Task _clearing = Task.CompletedTask;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _recovered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CrowMethod _method;
    private readonly List<Task> _running = [];
    private CatchUp? _catchUp;
    private bool _isStopping;

    /// <exception cref="UsageException">The store or the journal cannot be opened.</exception>
    public IngestPipeline(
        RunSettings settings, IngestPaths paths, StreetSource streets, IngestOptions options, StageDurations durations, TimeProvider time, ILoggerFactory loggers)
    {
        (_paths, _streets, _options, _durations, _time, _loggers) = (paths, streets, options, durations, time, loggers);
        _logger = loggers.CreateLogger<IngestPipeline>();
        var snapshots = new SnapshotFolder(paths.Snapshots);
        snapshots.Prune();
        _recovery = new StateRecovery(paths, snapshots, options, _logger);
        Clock = new BelievedClock(paths.Clock, _recovery.RanAt, options.Clock, time, loggers.CreateLogger<BelievedClock>());
        StartedAt = time.GetUtcNow();
        Measure = MeasureBook.Open(paths.Measure);
        if (Measure.Kept is { } keptMeasure)
        {
            _logger.MeasureDamaged(keptMeasure);
        }

        _method = MethodChoice.Load(settings.Method, paths, Measure, Clock.GetUtcNow(), _logger);
        Channels = new IngestChannels(options.Pipeline, options.StoreLog);
        _pool = new BatchPool(options.Pipeline.PoolBatches, options.Pipeline.BatchBytes, options.Pipeline.BatchMessages);
        Receivers = new Receivers(settings, options, _pool, Channels.Decode, time, loggers);
        _marks = new MarkBoard(options.Acknowledge.MarksInterval);
        Roster = new RosterWatch(options.Admission, time, loggers.CreateLogger<RosterWatch>());
        _ticker = new Ticker(Channels, _pool, options, Clock);
        _assignments = settings.Assignments is { } file ? new AssignmentWatch(file, time, loggers.CreateLogger<AssignmentWatch>()) : null;
        Quarantine = new QuarantineLog(options.Quarantine);
        var quarantineLogger = loggers.CreateLogger<QuarantineStage>();
        QuarantineIndex = new QuarantineIndex(paths.Quarantine, options.Quarantine, time, quarantineLogger);
        _quarantineStage = new QuarantineStage(QuarantineIndex, Progress, paths.Journal, time, quarantineLogger);
        Board = new ScoreBoard(Network.Segments.Count);
        Questions = new ScoreQuestions(Channels.Score.Writer);
        Stores = StoreSetup.Open(settings.Stores, paths, Network, options.Store, options.StoreLog, durations, Clock, loggers);
        _snapshots = new SnapshotKeeper(
            snapshots, Network.Version, _method.Name, Stores.Log.SyncThroughAsync, options.Snapshot, Clock, loggers.CreateLogger<SnapshotKeeper>());
        Room = new JournalRoom(_pool.Shut, _pool.Open, options.Journal, Progress, loggers.CreateLogger<JournalRoom>()) { RoomWanted = _snapshots.Demand };
        var retention = new JournalRetention(
            paths.Journal, options.Journal, Progress, Room, Clock, loggers.CreateLogger<JournalRetention>());
        _snapshots.Completed = left =>
        {
            Clock.Keep();
            retention.Apply(left.Oldest, left.HasSpare);
        };
        _journal = OpenJournalOrClose();
        QuarantineIndex.TryOpen();

        // A stop may have come between a snapshot and the deletions it allows. What was set aside as unreadable does not count any more.
        var kept = snapshots.Prune();
        retention.Apply(kept.Oldest, kept.HasSpare);
        _snapshots.Resume(_recovery.NotBefore, _journal.Position);
    }

    public DateTimeOffset StartedAt { get; }

    /// <summary>The machine's clock as far as it is believed.</summary>
    public BelievedClock Clock { get; }

    /// <summary>Evidence older than this weighs nothing and is forgotten, milliseconds.</summary>
    public long HorizonMs => _method.HorizonMs;

    /// <summary>What the city's numbers were made with.</summary>
    public MeasureBook Measure { get; }

    public IngestChannels Channels { get; }

    public Fates Fates { get; } = new();

    public JournalProgress Progress { get; } = new();

    /// <summary>How many trucks are known, and what became of those that are not any more.</summary>
    public RosterWatch Roster { get; }

    /// <summary>Whether the journal takes more.</summary>
    public JournalRoom Room { get; }

    /// <summary>Position of the newest snapshot; 0 before the first since the start.</summary>
    public long SnapshotPosition => _snapshots.Newest;

    public QuarantineLog Quarantine { get; }

    /// <summary>What is quarantined, to be searched and replayed from.</summary>
    public QuarantineIndex QuarantineIndex { get; }

    /// <summary>Completes when the index knows what was quarantined and decided before the start.</summary>
    public Task QuarantineListed => _quarantineStage.Listed;

    public ScoreBoard Board { get; }

    /// <summary>What only the Score loop can answer.</summary>
    public ScoreQuestions Questions { get; }

    /// <summary>The stores, each behind its own cursor, and the log they read.</summary>
    public StoreSet Stores { get; }

    public ISegmentHistory History => Stores.History;

    /// <summary>The ways in.</summary>
    public Receivers Receivers { get; }

    public StreetNetwork Network => _streets.Network;

    /// <summary>Name of the method by which streets are scored.</summary>
    public string Method => _method.Name;

    /// <summary>Batches nobody holds.</summary>
    public int FreeBatches => _pool.Free;

    /// <summary>Scores are as they were before the last stop, and publishes are taken.</summary>
    public bool Ready => _recovered.Task.IsCompletedSuccessfully;

    /// <summary>Completes when scores are recovered; cancelled when the service stops before.</summary>
    public Task Recovered => _recovered.Task;

    /// <summary>Completes after <see cref="StopAsync"/>; fails when a stage fails.</summary>
    public Task Completion => _completion.Task;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Receivers.StartAsync(fault => Fail("receive", fault), cancellationToken);
        var admission = AdmissionRecovery.Run(_recovery, Quarantine, _marks, inBroker: Receivers.Broker is not null, _logger, cancellationToken);
        admission.Assignments = _assignments;
        admission.Clock = Clock;
        StartFrontStages(admission);
        StartStagesBehindJournal();
        await Receivers.OpenAsync(Guard, cancellationToken);
        _logger.Receiving(Receivers.MqttAddress);
    }

    /// <summary>Receives no more, finishes everything that was received, and stops.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
        _ticker.Dispose();
        _assignments?.Dispose();
        _catchUp?.Stop();

        // Every way in hands over what it has before the first queue ends. With a failed stage, it and the other stages may wait for ever
        // on a queue, and with a full disk a way in for a batch; what they hold was not acknowledged.
        var patience = Task.Delay(_options.Pipeline.DrainTime, _time, cancellationToken);
        await Task.WhenAny(Receivers.CompleteAsync(), _completion.Task, patience);
        Channels.Decode.Complete();
        await Task.WhenAny(Task.WhenAll(_running), _completion.Task, patience);
        if (!_running.TrueForAll(stage => stage.IsCompleted))
        {
            Fail("stop", new TimeoutException(
                $"Not everything was finished within {_options.Pipeline.DrainTime} (Ingest:Pipeline:DrainTime){(Room.Reason is { } reason ? $": {reason}" : string.Empty)}."));
        }
        else
        {
            await _snapshots.StopAsync();
        }

        Clock.Keep();

        await Stores.StopAsync();
        _quarantineStage.Complete();
        await _listing;
        await Receivers.StopAsync(cancellationToken);
        await _stop.CancelAsync();
        await _clearing;
        if (!_completion.TrySetResult())
        {
            return;
        }

        if (_recovered.TrySetCanceled(CancellationToken.None))
        {
            _logger.StoppedBehind(Math.Max(0, Progress.JournalledThrough - Progress.CaughtUp));
        }
        else
        {
            _logger.Stopped();
        }
    }

    /// <summary>Age of the oldest reading accepted and not yet in every store.</summary>
    public TimeSpan OldestUnstoredAge(DateTimeOffset now)
    {
        var (stores, log) = (Stores.OldestUnstoredAge(now), Progress.OldestUnloggedAge(now));
        return stores > log ? stores : log;
    }

    /// <summary>Bytes of the journal that a store has not got yet; 0 while nobody knows how far it is.</summary>
    public long LagOf(ISegmentStore store) => !store.KnowsCursor ? 0 : Math.Max(0, Progress.JournalledThrough - store.Cursor);

    public async ValueTask DisposeAsync()
    {
        if (_running.Count > 0 && !_isStopping && !_completion.Task.IsCompleted)
        {
            // What was to start after it did not, so nobody has stopped it: its stages must not meet files that are closed.
            await StopAsync(CancellationToken.None);
        }

        _ticker.Dispose();
        _assignments?.Dispose();
        await Receivers.DisposeAsync();
        _stop.Dispose();
        _journal.Dispose();
        QuarantineIndex.Dispose();
        await Stores.DisposeAsync();
    }

    /// <summary>A start that finds the disk full here is made again, and must find nothing open.</summary>
    private JournalWriter OpenJournalOrClose()
    {
        try
        {
            return OpenJournal();
        }
        catch
        {
            Stores.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
    }

    private JournalWriter OpenJournal()
    {
        var opener = new JournalOpener(_paths.Journal, _options.Journal, Clock, () => BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()));
        var journal = opener.Open(Math.Max(Stores.NewestPosition, _recovery.NotBefore), out var damage);
        foreach (var item in damage)
        {
            _logger.JournalDamaged(item);
        }

        Progress.Opened(journal.Position, JournalSegmentFile.List(_paths.Journal, []).Sum(file => file.Length));
        return journal;
    }

    private void StartStagesBehindJournal()
    {
        var vanished = new VanishedScores(_streets.Vanished, _paths.Vanished, Receivers, Topics.Default, _time);
        var publish = new PublishStage(Channels.Publish.Reader, vanished, Receivers, Topics.Default);
        _clearing = vanished.ForgetAsync(_stop.Token);

        var loggedThrough = Stores.Log.SyncedThrough;
        var recovering = Task.Run(() => RecoverState(loggedThrough));
        var toMatch = new LingeringReader<IngestBatch>(Channels.Match.Reader);
        var catchUp = _catchUp = new CatchUp(toMatch, _pool, _options.Pipeline, Progress);
        Run("match", new MatchStage(toMatch, Channels.Score.Writer, recovering, catchUp, _pool, _durations.Match).RunAsync);
        Run("score", new ScoreStage(
            Channels.Score.Reader,
            Channels.Publish.Writer,
            Channels.StoreLog.Writer,
            KeeperOf(recovering),
            _method,
            new RoundPacer(_options.Score, _time, () => ThreadCpu.Time, () => _pool.IsBehind),
            loggedThrough,
            Clock,
            _durations.Score,
            recovered: OnRecovered).RunAsync);
        Run("publish", publish.RunAsync);
        Run("store log", new StoreLogStage(
            Channels.StoreLog.Reader,
            Stores.Log,
            Progress,
            () => Stores.StoredLogPosition,
            _options.StoreLog,
            _time,
            _loggers.CreateLogger<StoreLogStage>()).RunAsync);
        Stores.Start();
    }

    private void StartFrontStages(Admission admission)
    {
        var standing = new StandingMappings(_options.Quarantine.Mappings);
        standing.Load(Quarantine.Mappings.Select(state => state.Mapping));
        var decoder = new BatchDecoder(standing);
        Roster.Follow(admission);
        var admit = new AdmitStage(admission, Fates, Roster, _snapshots, _options.Admission, _time);
        var acknowledge = new AcknowledgeStage(Receivers, _marks, Fates, Quarantine, _quarantineStage, Topics.Default, _time, _durations);
        Run("journal", new JournalStage(
            Channels.Decode, Channels.Match.Writer, _journal, _pool, _options.Journal, _time, Progress, Room, Fates, _durations.Journal)
        {
            Prepare = batch =>
            {
                var began = _durations.Decode.Begin();
                decoder.Decode(batch);
                _durations.Decode.Record(began);
                began = _durations.Admit.Begin();
                admit.Admit(batch);
                _durations.Admit.Record(began);
            },
            Committed = acknowledge.Acknowledge,
        }.RunAsync);
        Run("ticker", _ticker.RunAsync);
        _listing = Guard("quarantine", _quarantineStage.RunAsync);
    }

    private RecoveredState RecoverState(long loggedThrough)
    {
        var state = _recovery.RecoverState(
            Network.Version,
            loggedThrough,
            () => new TraceMatcher(Network, new MatchingOptions(), new ObservationOptions(), _options.Match),
            () => new ScoreKeeper(Network, _method, Board));
        if (state.Replay.Begin > loggedThrough)
        {
            // The log was lost, and the journal's beginning is deleted: the passes in between are in the scores and in no log any more.
            _logger.StoreLogMisses(loggedThrough, state.Replay.Begin);
            Stores.Log.SkipTo(state.Replay.Begin);
        }

        if (Progress.JournalledThrough - state.Replay.From is > 0 and var behind)
        {
            _logger.CatchingUp(state.Replay.From, behind);
        }

        return state;
    }

    private static async Task<ScoreKeeper> KeeperOf(Task<RecoveredState> recovering) => (await recovering).Keeper;

    private void OnRecovered()
    {
        _logger.Recovered();
        _snapshots.Enable();
        _recovered.TrySetResult();
    }

    private void Run(string stage, Func<Task> run) => _running.Add(Guard(stage, run));

    private Task Guard(string stage, Func<Task> run) => Task.Run(async () =>
    {
        try
        {
            await run();
        }
        catch (Exception fault)
        {
            Fail(stage, fault);
        }
    });

    private void Fail(string stage, Exception fault)
    {
        // The stages behind it see the same fault through their queue: only the first is news.
        if (_completion.TrySetException(fault))
        {
            _logger.StageFailed(fault, stage);
        }

        _recovered.TrySetException(fault);
    }
}
