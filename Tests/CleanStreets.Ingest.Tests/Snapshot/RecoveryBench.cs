using System.Text.Json;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Ingest.Admit;
using CleanStreets.Ingest.Journal;
using CleanStreets.Ingest.Match;
using CleanStreets.Ingest.Pipeline;
using CleanStreets.Ingest.Quarantine;
using CleanStreets.Ingest.Recover;
using CleanStreets.Ingest.Score;
using CleanStreets.Ingest.Snapshot;
using CleanStreets.Ingest.Tests.Observe;
using CleanStreets.Ingest.Tests.Pipeline;
using CleanStreets.Scoring.Index;
using CleanStreets.Scoring.Matching;
using CleanStreets.Scoring.Observations;
using CleanStreets.Scoring.State;
using CleanStreets.Scoring.Streets;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CleanStreets.Ingest.Tests.Snapshot;

/// <summary>A journal in a folder of its own, and the stages behind it without sockets and threads: the state at any position can be saved, recovered and compared.</summary>
internal sealed class RecoveryBench : IDisposable
{
    public const string Method = "crow-1";

    private readonly TemporaryFolder _folder = new();
    private readonly CrowMethod _method = new(new CrowOptions());
    private readonly ListLogger _logger = new();

    public RecoveryBench()
    {
        Paths = new IngestPaths(_folder.Path);
        Snapshots = new SnapshotFolder(Paths.Snapshots);
        Options = new IngestOptions(
            new OptionsWrapper<PipelineOptions>(new PipelineOptions { BatchMessages = 7 }),
            new OptionsWrapper<AdmissionOptions>(new AdmissionOptions()),
            new OptionsWrapper<JournalOptions>(new JournalOptions { SegmentBytes = 64 * 1024 }),
            new OptionsWrapper<Ingest.Acknowledge.AcknowledgeOptions>(new Ingest.Acknowledge.AcknowledgeOptions()),
            new OptionsWrapper<MatchStageOptions>(new MatchStageOptions { HoleReadings = 40 }),
            new OptionsWrapper<ScoreStageOptions>(new ScoreStageOptions()),
            new OptionsWrapper<Ingest.Store.StoreOptions>(new Ingest.Store.StoreOptions()),
            new OptionsWrapper<Ingest.Store.Log.StoreLogOptions>(new Ingest.Store.Log.StoreLogOptions()),
            new OptionsWrapper<QuarantineOptions>(new QuarantineOptions { Items = 8 }),
            new OptionsWrapper<Ingest.Receive.Events.EventsOptions>(new Ingest.Receive.Events.EventsOptions()),
            new OptionsWrapper<SnapshotOptions>(new SnapshotOptions()),
            new OptionsWrapper<Ingest.Receive.Broker.BrokerOptions>(new Ingest.Receive.Broker.BrokerOptions()),
            new OptionsWrapper<Ingest.Receive.BudgetOptions>(new Ingest.Receive.BudgetOptions()),
            new OptionsWrapper<Ingest.Clock.ClockOptions>(new Ingest.Clock.ClockOptions()));
    }

    public StreetNetwork Network { get; init; } = GeneratedCity.Create(seed: 7);

    public IngestPaths Paths { get; }

    public IngestOptions Options { get; }

    public SnapshotFolder Snapshots { get; }

    public IReadOnlyList<string> Log => _logger.Lines;

    /// <summary>Positions behind each record.</summary>
    public List<long> Ends { get; } = [];

    /// <summary>Journals what several trucks send, out of order, with holes, repeats, poison, wrong clocks, closed sessions and answers of people; as the stages would.</summary>
    public void Write(int seed, int messages, long startMs)
    {
        var random = new Random(seed);
        var admission = new Admission(Options.Admission);
        var decoder = new Decode.BatchDecoder();
        var input = StageLoop.Queue<IngestBatch>(1);
        var output = StageLoop.Queue<IngestBatch>(1);
        using var journal = new JournalOpener(Paths.Journal, Options.Journal, TimeProvider.System, () => (ulong)random.NextInt64()).Open(0, out _);
        var (pool, progress) = (new BatchPool(2, 1 << 20), new JournalProgress());
        var room = new JournalRoom(pool.Shut, pool.Open, Options.Journal, progress, NullLogger<JournalRoom>.Instance);
        var stage = new JournalStage(
            input.Reader, output.Writer, journal, pool, Options.Journal, TimeProvider.System, progress, room, new Fates(), Durations.New().Journal);
        var running = stage.RunAsync();
        var trucks = Enumerable.Range(0, 5).Select(i => new MessyTruck(new Drive(Network, $"truck-{i}", $"s-{i % 2}", seed + i, startMs).Over(20), random)).ToList();
        for (var i = 0; i < messages; i++)
        {
            var batch = new IngestBatch(1 << 20);
            trucks[random.Next(trucks.Count)].AddTo(batch, startMs + (i * 5000L));
            var closed = random.Next(40) == 0 && admission.Sessions.ToList() is { Count: > 0 } sessions ? sessions[random.Next(sessions.Count)] : null;
            if (random.Next(30) == 0)
            {
                AddFact(batch, random, startMs + (i * 5000L));
            }

            Pass(batch);
            if (closed is not null)
            {
                // On a tick, which has a batch of its own.
                var tick = new IngestBatch(1 << 20);
                AddClose(tick, admission, closed, startMs + (i * 5000L));
                Pass(tick);
            }

            Ends.Add(journal.Position);
        }

        input.Writer.Complete();
        running.Wait();
        Live = AdmissionBytes(admission);

        void Pass(IngestBatch batch)
        {
            decoder.Decode(batch);
            foreach (ref var message in batch.Messages)
            {
                admission.Admit(batch, ref message);
            }

            input.Writer.TryWrite(batch).ShouldBeTrue();
            output.Reader.WaitToReadAsync().AsTask().Wait();
            output.Reader.TryRead(out _).ShouldBeTrue();
        }
    }

    /// <summary>Admission's state as the live stages left it.</summary>
    public byte[] Live { get; private set; } = [];

    public StateRecovery Recovery() => new(Paths, Snapshots, Options, _logger);

    /// <summary>Recovers as a start does, from whatever snapshots there are, and catches up to <paramref name="position"/>.</summary>
    public RecoveredRun Recover(long position, long storedThrough = long.MaxValue)
    {
        var board = new ScoreBoard(Network.Segments.Count);
        var state = Recovery().RecoverState(
            Network.Version,
            storedThrough,
            () => new TraceMatcher(Network, new MatchingOptions(), new ObservationOptions(), Options.Match),
            () => new ScoreKeeper(Network, _method, board));
        var batch = new IngestBatch(Options.Pipeline.BatchBytes, Options.Pipeline.BatchMessages);
        do
        {
            batch.Clear();
            state.Replay.Fill(batch, position);
            state.Keeper.Add(state.Matcher.Match(batch));
        }
        while (batch.ThroughPosition < position);

        var records = state.Replay.Records;
        state.Replay.Dispose();
        return new RecoveredRun(state.Matcher, state.Keeper, board, records);
    }

    /// <summary>Recovers admission and quarantine as a start does.</summary>
    public (byte[] State, string Quarantine, long Records) RecoverAdmission()
    {
        var quarantine = new QuarantineLog(Options.Quarantine);
        var (admission, replay) = Recovery().RecoverAdmission(quarantine);
        var report = quarantine.Report(int.MaxValue);
        return (AdmissionBytes(admission), JsonSerializer.Serialize(report, ContractJson.Default.QuarantineReport), replay.Records);
    }

    /// <summary>Takes a snapshot of the state at a position, as the stages would.</summary>
    /// <param name="position">The position.</param>
    /// <param name="network">The network it claims to be of; null: the one in use.</param>
    /// <param name="method">The method it claims to be of.</param>
    /// <param name="moreTraces">Adds open traces that no stage of today would leave.</param>
    public void TakeSnapshot(long position, string? network = null, string method = Method, Action<StateWriter>? moreTraces = null)
    {
        var run = Recover(position);
        var (admission, quarantine) = AdmissionAt(position);
        var bytes = new Dictionary<SnapshotPart, long>
        {
            [SnapshotPart.Admission] = Snapshots.Write(position, SnapshotPart.Admission, writer => writer.Write(State(admission.Save))),
            [SnapshotPart.Quarantine] = Snapshots.Write(position, SnapshotPart.Quarantine, writer => writer.Write(State(quarantine.Save))),
            [SnapshotPart.Match] = Snapshots.Write(position, SnapshotPart.Match, writer => writer.Write(State(state =>
            {
                run.Matcher.Save(state);
                moreTraces?.Invoke(state);
            }))),
            [SnapshotPart.Score] = Snapshots.Write(position, SnapshotPart.Score, run.Keeper.Capture()),
        };
        Snapshots.Complete(new SnapshotManifest(position, DateTimeOffset.UnixEpoch, network ?? Network.Version, method, bytes));
    }

    public void Dispose() => _folder.Dispose();

    public static StateWriter State(Action<StateWriter> save)
    {
        var state = new StateWriter();
        save(state);
        return state;
    }

    public static byte[] Bytes(Action<StateWriter> save)
    {
        var bytes = new List<byte>();
        State(save).Read(block => bytes.AddRange(block.ToArray()));
        return [.. bytes];
    }

    private static byte[] AdmissionBytes(Admission admission) => Bytes(admission.Save);

    private (Admission Admission, QuarantineLog Quarantine) AdmissionAt(long position)
    {
        var (admission, quarantine) = (new Admission(Options.Admission), new QuarantineLog(Options.Quarantine));
        using var reader = new JournalReader(Paths.Journal) { Limit = position };
        new AdmissionReplay(reader, admission, quarantine).Run();
        return (admission, quarantine);
    }

    private static void AddClose(IngestBatch batch, Admission admission, SessionAdmission session, long nowMs)
    {
        admission.Close(session.Truck, session.Id);
        batch.Add(
            new IngestMessage
            {
                Kind = MessageKind.SessionClosed,
                ReceivedAtMs = nowMs,
                Envelope = new BatchEnvelope { TruckId = session.Truck, SessionId = session.Id, FirstSequence = 0 },
            },
            System.Text.Encoding.ASCII.GetBytes(session.Truck.Value),
            [],
            []);
    }

    private void AddFact(IngestBatch batch, Random random, long nowMs)
    {
        var segment = Network.Segments[random.Next(Network.Segments.Count)].Id;
        var fact = new Fact
        {
            FactId = $"f-{random.Next(1000)}",
            SegmentId = segment,
            Kind = random.Next(2) == 0 ? FactKind.CleaningVerified : FactKind.DetectionRefused,
            At = DateTimeOffset.FromUnixTimeMilliseconds(nowMs),
            DetectionId = $"d-{random.Next(10)}",
        };
        if (nowMs % 3 == 0)
        {
            fact = fact with { Kind = FactKind.TruckSent, TruckId = TruckId.Parse($"truck-{nowMs % 5}"), OrderId = OrderId.Parse($"W-{nowMs % 100}") };
        }

        batch.Add(
            new IngestMessage { Kind = MessageKind.Fact, ReceivedAtMs = nowMs },
            System.Text.Encoding.ASCII.GetBytes(segment.Value),
            [],
            JsonSerializer.SerializeToUtf8Bytes(fact, ContractJson.Default.Fact));
    }

    private sealed class ListLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}

/// <summary>What a recovery came to.</summary>
internal sealed record RecoveredRun(TraceMatcher Matcher, ScoreKeeper Keeper, ScoreBoard Board, long Records)
{
    /// <summary>The open traces and the evidence, as bytes.</summary>
    public byte[] State() => [.. RecoveryBench.Bytes(Matcher.Save), .. Score()];

    /// <summary>The score of every segment with evidence, as it is published.</summary>
    public string Scores()
    {
        Keeper.Rescore();
        return JsonSerializer.Serialize(Board.All(), ContractJson.Default.IReadOnlyListSegmentScore);
    }

    private byte[] Score()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("score");
        using (var writer = new PartWriter(new DiskJournalFile(path, FileMode.CreateNew), SnapshotPart.Score, position: 0))
        {
            Keeper.Capture()(writer);
            writer.Complete();
        }

        return File.ReadAllBytes(path);
    }
}
