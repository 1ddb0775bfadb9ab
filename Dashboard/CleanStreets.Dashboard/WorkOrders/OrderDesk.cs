using System.Threading.Channels;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Dashboard.Crews;
using CleanStreets.Dashboard.Ingest;
using CleanStreets.Dashboard.Live;
using CleanStreets.WorkOrders;

namespace CleanStreets.Dashboard.WorkOrders;

/// <summary>The one loop that owns all orders: opens them up to the day's capacity, takes reports, decides rechecks.</summary>
/// <remarks>
/// Every change is on disk before anybody sees it. The loop never waits for ingest: questions run beside it and come
/// back as requests. It ends when the program begins to stop.
/// </remarks>
internal sealed class OrderDesk : BackgroundService
{
    private readonly Channel<DeskRequest> _requests = Channel.CreateBounded<DeskRequest>(new BoundedChannelOptions(1024) { SingleReader = true });
    private readonly OrderStore _store;
    private readonly CrewRoster _roster;
    private readonly OrderPlanner _planner;
    private readonly Rechecks _rechecks;
    private readonly FactOutbox _outbox;
    private readonly LiveHub _live;
    private readonly LiveBoard _board;
    private readonly DashboardOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<Guid> _newId;
    private readonly ILogger<OrderDesk> _logger;
    private long _newestNumber;
    private int _capacity;
    private volatile DeskView _view;

    public OrderDesk(
        OrderStore store, CrewRoster roster, ReadApiClient readApi, FactOutbox outbox, LiveHub live, LiveBoard board, DashboardOptions options,
        TimeProvider time, Func<Guid> newId, IHostApplicationLifetime lifetime, ILogger<OrderDesk> logger)
    {
        (_store, _roster, _outbox, _live, _board, _options, _time, _newId, _logger) = (store, roster, outbox, live, board, options, time, newId, logger);
        _planner = new OrderPlanner(readApi, board, request => PostAsync(request));
        _rechecks = new Rechecks(readApi, board, request => PostAsync(request));
        _newestNumber = store.NewestNumber;
        _capacity = store.Capacity ?? options.Capacity;
        var book = store.Load(time.GetUtcNow() - OrderBook.Memory).Aggregate(OrderBook.Empty, (book, order) => book.With(order));
        _view = new DeskView(book, [], [], [], _capacity, Today);
        lifetime.ApplicationStopping.Register(() => _requests.Writer.TryComplete());
    }

    /// <summary>What everybody may look at.</summary>
    public DeskView View => _view;

    private DateOnly Today => DateOnly.FromDateTime(_time.GetLocalNow().Date);

    /// <summary>Reports a step of an order; null when there is no such order.</summary>
    public async Task<OrderChange?> ReportAsync(OrderId order, OrderEvent step)
    {
        var answer = NewAnswer<OrderChange?>();
        await PostAsync(new DeskRequest.Report(order, step, answer));
        return await answer.Task;
    }

    /// <summary>Opens an order by hand; null when the segment has an open one. The desk gives it its number.</summary>
    public async Task<WorkOrder?> OpenAsync(OrderOpening opening)
    {
        var answer = NewAnswer<WorkOrder?>();
        await PostAsync(new DeskRequest.OpenByHand(opening, answer));
        return await answer.Task;
    }

    public async Task SetCapacityAsync(int capacity)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await PostAsync(new DeskRequest.SetCapacity(capacity, answer));
        await answer.Task;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _live.PostAsync(Announce([.. View.Book.All]));
        using var timer = new PeriodicTimer(_options.DeskInterval, _time);
        var ticking = TickAsync(timer);
        while (await _requests.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_requests.Reader.TryRead(out var request))
            {
                await HandleAsync(request);
            }
        }

        timer.Dispose();
        await ticking;
    }

    private async Task TickAsync(PeriodicTimer timer)
    {
        await PostAsync(new DeskRequest.Tick());
        while (await timer.WaitForNextTickAsync())
        {
            await PostAsync(new DeskRequest.Tick());
        }
    }

    private async ValueTask PostAsync(DeskRequest request)
    {
        while (!_requests.Writer.TryWrite(request))
        {
            if (!await _requests.Writer.WaitToWriteAsync())
            {
                Fail(request, new OperationCanceledException("The dashboard is stopping."));
                return;
            }
        }
    }

    // A disk that refuses must not end the loop: the one who asked hears it, and nothing has changed.
    private async ValueTask HandleAsync(DeskRequest request)
    {
        try
        {
            var changed = Handle(request);
            Refresh(isTick: request is DeskRequest.Tick);
            if (changed.Count > 0)
            {
                await _live.PostAsync(Announce(changed));
            }
        }
        catch (Exception ex)
        {
            OrdersLog.Failed(_logger, request.GetType().Name, ex);
            Fail(request, ex);
        }
    }

    private List<WorkOrder> Handle(DeskRequest request)
    {
        switch (request)
        {
            case DeskRequest.Report report: return Take(report);
            case DeskRequest.OpenByHand opening: return Open(opening);
            case DeskRequest.SetCapacity setting:
                _store.Capacity = _capacity = setting.Capacity;
                Refresh(isTick: false);
                setting.Answer.TrySetResult();
                return [];
            case DeskRequest.PlanReady ready: return [.. _planner.Openings(ready, View, Now()).Select(Open)];
            case DeskRequest.PassesKnown known: return Decide(known);
            default:
                Forget();
                var withdrawn = Withdraw();
                _rechecks.Look(View.Book, Now());
                _planner.Look(View, DayStart());
                return withdrawn;
        }
    }

    private List<WorkOrder> Take(DeskRequest.Report report)
    {
        if (!View.Book.Orders.TryGetValue(report.Order, out var order))
        {
            report.Answer.TrySetResult(null);
            return [];
        }

        // A phone's clock may be years off: nothing happens before what happened before it.
        var step = report.Step.At < order.ChangedAt ? report.Step with { At = order.ChangedAt } : report.Step;
        var change = Keep(order, step);
        report.Answer.TrySetResult(change);
        return change is { Succeeded: true, Repeated: false } ? [change.Order] : [];
    }

    private List<WorkOrder> Open(DeskRequest.OpenByHand request)
    {
        var isTaken = View.Book.LiveOn(request.Opening.SegmentId) is not null;
        var order = isTaken ? null : Open(request.Opening);
        request.Answer.TrySetResult(order);
        return order is null ? [] : [order];
    }

    private WorkOrder Open(OrderOpening opening)
    {
        var numbered = opening with { Id = OrderId.Parse($"W-{_newestNumber + 1:0000}"), EventId = $"{_newId():D}", At = Now() };
        var order = WorkOrder.Open(numbered);
        _store.Open(order, numbered);
        _newestNumber++;
        Put(View.Book.With(order));
        OrdersLog.Opened(_logger, order.Id, order.SegmentId, order.Crew);
        return order;
    }

    private List<WorkOrder> Decide(DeskRequest.PassesKnown known)
    {
        var verdict = View.Book.Orders.TryGetValue(known.Order, out var order) ? _rechecks.Decide(known, order, Now()) : null;
        if (verdict?.ToEvent($"{_newId():D}", Now()) is not { } step)
        {
            return [];
        }

        var change = Keep(order!, step);
        OrdersLog.Rechecked(_logger, order!.Id, verdict.Sentence);
        return change.Succeeded ? [change.Order] : [];
    }

    private OrderChange Keep(WorkOrder order, OrderEvent step)
    {
        var change = order.Apply(step);
        if (!change.Succeeded || change.Repeated)
        {
            return change;
        }

        if (!_store.TryAppend(change.Order, step, FactOf(change.Order, step)))
        {
            return new OrderChange(order, OrderRefusal.EventIdReused, Repeated: false);
        }

        Put(View.Book.With(change.Order));
        _outbox.Wake();
        return change;
    }

    private Fact? FactOf(WorkOrder order, OrderEvent step)
    {
        FactKind? kind = step switch
        {
            { Kind: OrderEventKind.Ended, Outcome: { } outcome } when outcome.SaysClean() => FactKind.CleaningClaimed,
            { Kind: OrderEventKind.Verified } => FactKind.CleaningVerified,
            _ => null,
        };
        return kind is null ? null : new Fact
        {
            FactId = $"{_newId():D}",
            SegmentId = order.SegmentId,
            Kind = kind.Value,

            // Verified from the moment the pass entered: what that pass saw is the first evidence of the clean street.
            At = step.Pass?.EnteredAt ?? step.EffectiveAt,
            By = step.Actor.Name,
            OrderId = order.Id,
        };
    }

    // A crew cannot be sent to, and no truck can verify, a street that the network no longer has.
    private List<WorkOrder> Withdraw()
    {
        var withdrawn = new List<WorkOrder>();
        if (_board.Current is { } streets)
        {
            foreach (var order in View.Book.All.Where(order => order.IsLive && streets.Map.Find(order.SegmentId) is null).ToList())
            {
                var change = Keep(order, new OrderEvent
                {
                    EventId = $"{_newId():D}",
                    Kind = OrderEventKind.Cancelled,
                    At = Now(),
                    RecordedAt = Now(),
                    Actor = OrderActor.Planner,
                    Note = "The street is no longer part of the street network.",
                });
                OrdersLog.Withdrawn(_logger, order.Id, order.SegmentId);
                withdrawn.Add(change.Order);
            }
        }

        return withdrawn;
    }

    private void Forget()
    {
        var forgotten = View.Book.All.Where(order => !order.IsLive && Now() - order.ChangedAt > OrderBook.Memory).Select(order => order.Id).ToList();
        if (forgotten.Count > 0)
        {
            Put(View.Book.Without(forgotten));
        }
    }

    private void Put(OrderBook book) => _view = _view with { Book = book };

    // Ranking looks at every street, so it is done at ticks; in between, streets that got an order just leave the list.
    private void Refresh(bool isTick)
    {
        var crews = _roster.Crews(_capacity);
        var loads = _planner.Loads(crews, View.Book, DayStart());
        IReadOnlyList<Candidate> candidates = isTick
            ? _planner.Rank(View.Book, Now())
            : [.. View.Candidates.Where(candidate => View.Book.LiveOn(candidate.SegmentId) is null)];
        _view = _view with { Crews = crews, Loads = loads, Capacity = _capacity, Day = Today, Candidates = candidates };
    }

    private DateTimeOffset Now() => _time.GetUtcNow();

    private DateTimeOffset DayStart()
    {
        var now = _time.GetLocalNow();
        return new DateTimeOffset(now.Date, now.Offset);
    }

    private LiveInput.OrdersChanged Announce(IReadOnlyList<WorkOrder> orders) => new(
        OrderMessages.Of(orders, _board),
        [.. orders.Select(order => order.SegmentId).Distinct().Select(segment => (segment, View.Book.MarksOf(segment)))]);

    private static TaskCompletionSource<T> NewAnswer<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void Fail(DeskRequest request, Exception problem)
    {
        switch (request)
        {
            case DeskRequest.Report report: report.Answer.TrySetException(problem); break;
            case DeskRequest.OpenByHand opening: opening.Answer.TrySetException(problem); break;
            case DeskRequest.SetCapacity setting: setting.Answer.TrySetException(problem); break;
        }
    }
}
