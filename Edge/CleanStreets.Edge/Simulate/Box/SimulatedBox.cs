using CleanStreets.Contracts.Readings;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Edge.Capture;
using CleanStreets.Edge.Position;
using CleanStreets.Edge.Run;
using CleanStreets.Edge.Sensors;
using CleanStreets.Edge.Simulate.Stories;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Vision;
using CleanStreets.Scoring.Streets;

namespace CleanStreets.Edge.Simulate.Box;

/// <summary>The box on one simulated truck: receiver, clock, camera, spool and link, put together as <see cref="EdgeRun"/> does, and what stories do to them.</summary>
/// <remarks>
/// Receiver and street are simulated; from what they say on everything is the agent's own: which places and times are believed, which readings are made of them, how they are kept and sent.
/// Used by the simulation's loop alone.
/// </remarks>
internal sealed class SimulatedBox : IAsyncDisposable
{
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(5);
    private readonly SimulatedTruck _truck;
    private readonly BoxParts _parts;
    private readonly List<StoryEpisode> _episodes;
    private readonly SimulatedReceiver _receiver;
    private readonly SimulatedLens? _lens;
    private readonly LinkGate? _gate;
    private readonly BoxTime _time;
    private readonly HashSet<SpoolSession> _sessions = [];
    private readonly Random _torn;
    private StoryEpisode? _clockEpisode;
    private RunningAgent? _agent;
    private CameraStatus? _camera;

    /// <param name="truck">The truck that drives.</param>
    /// <param name="parts">What all boxes share.</param>
    /// <param name="plan">What will happen.</param>
    public SimulatedBox(SimulatedTruck truck, BoxParts parts, StoryPlan plan)
    {
        (_truck, _parts) = (truck, parts);
        _episodes = [.. plan.Episodes.Where(episode => episode.Trucks.Contains(truck.Index))];
        _time = new BoxTime { NowMs = plan.BeginMs };
        _receiver = new SimulatedReceiver(truck.Index, parts.Options.Seed);
        _torn = new Random(unchecked((parts.Options.Seed * 31) + truck.Index));
        _lens = plan.Has(truck.Index, StoryAction.Mud, StoryAction.Grease) ? new SimulatedLens(unchecked((parts.Options.Seed * 7919) + truck.Index)) : null;
        _gate = plan.Has(truck.Index, StoryAction.DeadZone, StoryAction.PowerCut) ? new LinkGate(parts.Publish.Host, parts.Publish.Port) : null;
        HasOwnSpool = plan.Has(truck.Index, StoryAction.PowerCut, StoryAction.Clock) || parts.Spools.Exists(truck.Id);
        HasLanes = plan.Episodes.Count > 0;
        Ledger = new BoxLedger(truck.Id);
        Start();
    }

    /// <summary>What became of its readings.</summary>
    public BoxLedger Ledger { get; }

    /// <summary>A box that ends and starts again has its own spool; the others share one, so that one fsync serves all.</summary>
    private bool HasOwnSpool { get; }

    /// <summary>Whether the link opens a lane for what happens now after an outage, as a real box's does.</summary>
    private bool HasLanes { get; }

    /// <summary>Whether it has readings that are not stored, or not even on disk.</summary>
    public bool IsWaiting => _agent is { } agent && (agent.Station.Link.Unstored > 0 || agent.Station.Live.CommittedThrough < agent.MadeInLive);

    /// <summary>Whether its link is there now.</summary>
    public bool IsConnected => _agent is { Station.Link.IsConnected: true };

    /// <summary>Lets a second happen.</summary>
    /// <param name="atMs">Simulated time.</param>
    /// <param name="drove">What the truck drove over since the second before.</param>
    /// <param name="city">What lies there.</param>
    /// <returns>Whether the link has just become possible again.</returns>
    public async ValueTask<bool> SecondAsync(long atMs, IReadOnlyList<RouteLeg> drove, DirtyCity city)
    {
        _time.NowMs = atMs;
        var now = BoxConditions.At(_episodes, _truck.Index, _truck.Position, atMs);
        var comesBack = await FollowAsync(now);
        var metres = drove.Sum(leg => leg.LengthMetres);
        if (_agent is not null)
        {
            _lens?.Take(metres, _truck.Speed, now.Mud, now.IsGreased);
        }

        // Also without power: what the next seconds see must not depend on it.
        var seen = _truck.Eyes.Look(_truck, drove, city, atMs, _lens?.Clear ?? 1);
        if (_agent is { } agent)
        {
            await TakeAsync(agent, seen, now, atMs);
        }

        return comesBack;
    }

    /// <summary>No more readings come: batches do not wait to fill.</summary>
    public void Drain()
    {
        _gate?.Open();
        _agent?.Station.Link.Drain();
    }

    /// <summary>Looks how far its sessions are.</summary>
    public void Note()
    {
        foreach (var session in _sessions)
        {
            Ledger.Note(session);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync(isCut: false, comesBack: false);
        if (_gate is not null)
        {
            await _gate.DisposeAsync();
        }
    }

    /// <summary>Does what the stories want of power, clock and link.</summary>
    private async Task<bool> FollowAsync(BoxConditions now)
    {
        if (now.PowerCut is not null)
        {
            await EndAsync(isCut: true);
            return false;
        }

        var starts = _agent is null;
        if (now.Clock is { } clock && clock != _clockEpisode)
        {
            _clockEpisode = clock;
            await EndAsync(isCut: false);
            _time.Ahead = clock.Event.Ahead ?? (clock.Event.Reads!.Value - DateTimeOffset.FromUnixTimeMilliseconds(_time.NowMs));
            starts = true;
        }

        if (_agent is null)
        {
            Start();
        }

        if (_gate is null || _gate.IsOpen == !now.IsLinkDead)
        {
            return starts && !now.IsLinkDead;
        }

        if (now.IsLinkDead)
        {
            _gate.Cut();
            return false;
        }

        _gate.Open();
        return true;
    }

    private async Task TakeAsync(RunningAgent agent, Reading seen, BoxConditions now, long atMs)
    {
        var before = agent.Keeper.NotBelieved;
        await agent.Maker.TakeFixAsync(_receiver.Say(FixOf(seen, now.Clock is null ? atMs : null), now.Gps, atMs));
        Ledger.FixesNotBelieved += agent.Keeper.NotBelieved - before;
        NoteCamera(seen.Coverage);
        if (agent.Keeper.Vehicle is not { HasPosition: true } vehicle)
        {
            Ledger.WithoutPlace++;
            return;
        }

        var made = agent.Maker.Made;
        var look = new StreetLook(
            _truck.Eyes.Detections.ToArray(), seen.Coverage, seen.VisibleLeftSquareMetres, seen.VisibleRightSquareMetres, seen.Light, _lens?.Faults ?? CameraFaults.None);
        await agent.Maker.TakeLookAsync(look.ToReading(agent.Clock.GetUtcNow(), vehicle), look);
        if (agent.Maker.Made == made)
        {
            Ledger.WithoutTime++;
            return;
        }

        _sessions.Add(agent.Station.Live);
        agent.CountMade();
        Ledger.Made(agent.Station.Live);
        Ledger.ClockUnconfirmed += agent.Clock.IsFromGnss ? 0 : 1;
    }

    private void NoteCamera(double coverage)
    {
        if (_lens is not null)
        {
            Ledger.CameraFaulty += _lens.Faults == CameraFaults.None ? 0 : 1;
            Volatile.Write(ref _camera, new CameraStatus("simulated-kerb", _lens.Faults.Words(), Math.Round(coverage, 3), 1));
        }
    }

    private static Fix FixOf(Reading seen, long? gnssMs) => new()
    {
        HasPosition = true,
        Latitude = seen.LatitudeE7 / 1e7,
        Longitude = seen.LongitudeE7 / 1e7,
        AccuracyMetres = seen.AccuracyMetres,
        HeadingDegrees = seen.HeadingDegrees,
        SpeedMetresPerSecond = seen.SpeedMetresPerSecond,
        GnssTime = gnssMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null,
    };

    private void Start()
    {
        var clock = new TruckClock(_time);
        var keeper = new PositionKeeper(clock, StaleAfter);
        var spool = HasOwnSpool ? _parts.Spools.Open(_truck.Id) : null;
        foreach (var found in spool?.Leftovers ?? [])
        {
            Ledger.NoteFound(found);
            _sessions.RemoveWhere(session => session.SessionId == found.SessionId);
            _sessions.Add(found);
        }

        _gate?.Open();
        var station = _parts.Fleet.Add(_truck.Id, new StationParts
        {
            Spool = spool,
            Time = new LinkTime(_parts.Wall, clock, _time),
            Position = () => keeper.Now,
            HasLanes = HasLanes,
            Publish = _parts.Publish with
            {
                IsClockConfirmed = () => clock.IsFromGnss,
                Camera = _lens is null ? null : () => Volatile.Read(ref _camera),
                Connection = _gate is null ? null : options => LinkPace.Through(options, _gate.Port, _parts.Options.Speed),
                Server = $"{_parts.Publish.Host}:{_parts.Publish.Port}",
            },
        });
        _agent = new RunningAgent(station, spool, clock, keeper, new ReadingMaker(station.Lane, _parts.Options.Format, keeper, clock, new SensorBoard(clock)) { HasCamera = true });
    }

    /// <summary>Ends the agent: in good order, or as when the power is cut.</summary>
    private async Task EndAsync(bool isCut, bool comesBack = true)
    {
        if (_agent is not { } agent)
        {
            return;
        }

        _agent = null;
        if (isCut)
        {
            // The disk first: not a frame more. Then the air, so that nobody hears a good-bye.
            agent.Spool!.CutPower(_torn.NextDouble());
            _gate!.Cut();
        }

        await _parts.Fleet.RemoveAsync(agent.Station, comesBack);
        if (agent.Spool is { } spool)
        {
            await spool.DisposeAsync();
        }

        foreach (var session in _sessions)
        {
            Ledger.Note(session, isCut);
        }

        agent.Maker.Dispose();
    }
}
