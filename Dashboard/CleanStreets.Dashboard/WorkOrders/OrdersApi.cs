using System.Security.Claims;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Facts;
using CleanStreets.Dashboard.Accounts;
using CleanStreets.Dashboard.Live;
using CleanStreets.Dashboard.Web;
using CleanStreets.WorkOrders;

namespace CleanStreets.Dashboard.WorkOrders;

/// <summary>Work orders over HTTP. A crew sees and touches its own; everything it sends may be sent again.</summary>
internal static class OrdersApi
{
    private const int MaxNote = 500;

    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/api/work-orders");
        orders.MapGet(string.Empty, List).RequireAuthorization(Roles.All);
        orders.MapGet("/{orderId}", Show).RequireAuthorization(Roles.All);
        orders.MapPost(string.Empty, OpenAsync).RequireAuthorization(Roles.Staff);
        orders.MapPut("/{orderId}/events/{eventId:guid}", ReportAsync).RequireAuthorization(Roles.Work);
        orders.MapPut("/{orderId}/trucks/{eventId:guid}", SendTruck).RequireAuthorization(Roles.Staff);
    }

    internal sealed record NewOrder(string? SegmentId, string? CrewId, string? Note);

    internal sealed record Sending(string? TruckId);

    internal sealed record Step(string? Kind, OrderOutcome? Outcome, string? CrewId, DateTimeOffset? At, string? Note);

    private static IResult List(string? state, string? crew, string? segment, int? limit, ClaimsPrincipal user, OrderDesk desk, LiveBoard board)
    {
        var states = state?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var revision = board.Revision;
        var actor = ActorOf(user);
        var orders = desk.View.Book.All
            .Where(order => MaySee(user, order))
            .Where(order => crew is null || order.Crew.Value == crew)
            .Where(order => segment is null || order.SegmentId.Value == segment)
            .Where(order => states is null || states.Contains(WordOf(order.State)))
            .OrderByDescending(order => order.IsLive).ThenByDescending(order => order.ChangedAt)
            .Take(Math.Clamp(limit ?? 500, 1, 5000))
            .Select(order => OrderView.Of(order, actor, board));
        return TypedResults.Ok(new { revision, orders });
    }

    private static IResult Show(string orderId, ClaimsPrincipal user, OrderDesk desk, LiveBoard board)
    {
        if (desk.View.Book.Find(orderId) is not { } order || !MaySee(user, order))
        {
            return Unknown();
        }

        var view = System.Text.Json.JsonSerializer.SerializeToNode(OrderView.Of(order, ActorOf(user), board), DashboardJson.Options)!.AsObject();
        view["events"] = System.Text.Json.JsonSerializer.SerializeToNode(order.History.Select(OrderEventView.Of), DashboardJson.Options);
        return TypedResults.Ok(view);
    }

    private static async Task<IResult> OpenAsync(NewOrder body, ClaimsPrincipal user, OrderDesk desk, LiveBoard board, TimeProvider time)
    {
        if (board.Current is not { } streets || streets.Map.Find(body.SegmentId) is not { } segment)
        {
            return Problems.Of(404, "unknown_segment", "There is no such street segment.");
        }

        var crew = body.CrewId is null ? FreestCrew(desk.View) : desk.View.Crews.FirstOrDefault(known => known.Id.Value == body.CrewId)?.Id;
        if (crew is not { } crewId)
        {
            return Problems.Of(400, "unknown_crew", "There is no such crew.");
        }

        var score = streets.Score(segment.Index);
        var order = await desk.OpenAsync(new OrderOpening
        {
            Id = default,
            EventId = string.Empty,
            SegmentId = segment.Id,
            Crew = crewId,
            At = time.GetUtcNow(),
            Actor = OrderActor.Dispatcher(user.Name()),
            StreetName = segment.Label,
            Grade = score?.Grade,
            Index = score?.Index,
            Reason = Shorten(body.Note) is { Length: > 0 } note ? note : "Opened by hand.",
        });
        return order is null
            ? Problems.Of(409, "order_open", "This street has an open order already.")
            : TypedResults.Created($"/api/work-orders/{order.Id}", OrderView.Of(order, ActorOf(user), board));
    }

    private static async Task<IResult> ReportAsync(
        string orderId, Guid eventId, Step body, ClaimsPrincipal user, OrderDesk desk, LiveBoard board, TimeProvider time)
    {
        if (OrderActions.KindOf(body.Kind) is not { } kind)
        {
            return Problems.Of(400, "unknown_kind", "kind is accept, start, end, cancel, assign or reopen.");
        }

        CrewId? crew = null;
        if (body.CrewId is not null)
        {
            crew = desk.View.Crews.FirstOrDefault(known => known.Id.Value == body.CrewId)?.Id;
            if (crew is null)
            {
                return Problems.Of(400, "unknown_crew", "There is no such crew.");
            }
        }

        var now = time.GetUtcNow();
        var step = new OrderEvent
        {
            EventId = eventId.ToString("D"),
            Kind = kind,
            At = body.At ?? now,
            RecordedAt = now,
            Actor = ActorOf(user)!,
            Outcome = body.Outcome,
            Crew = crew,
            Note = Shorten(body.Note),
        };
        var change = OrderId.TryCreate(orderId, out var id) ? await desk.ReportAsync(id, step) : null;
        return change is null ? Unknown() : Answer(change.Value, user, board);
    }

    // The truck is told by radio; ingest must know, because a street that somebody looks at for this reason is no sample of the city.
    private static IResult SendTruck(string orderId, Guid eventId, Sending body, ClaimsPrincipal user, OrderDesk desk, FactOutbox outbox, TimeProvider time)
    {
        if (desk.View.Book.Find(orderId) is not { } order)
        {
            return Unknown();
        }

        if (!TruckId.TryCreate(body.TruckId, out var truck))
        {
            return Problems.Of(400, "unknown_truck", "truckId names the truck: 1 to 64 letters, digits, dots, dashes or underscores.");
        }

        if (!order.IsLive && order.State != OrderState.Done)
        {
            return Problems.Of(409, "order_closed", "The order is closed: nothing is to be looked at any more.");
        }

        outbox.Add(new Fact
        {
            FactId = eventId.ToString("D"),
            SegmentId = order.SegmentId,
            Kind = FactKind.TruckSent,
            At = time.GetUtcNow(),
            By = user.Name(),
            OrderId = order.Id,
            TruckId = truck,
        });
        return TypedResults.Accepted((string?)null);
    }

    private static IResult Answer(OrderChange change, ClaimsPrincipal user, LiveBoard board)
    {
        var maySee = MaySee(user, change.Order);
        var view = maySee ? OrderView.Of(change.Order, ActorOf(user), board) : null;
        if (!change.Succeeded)
        {
            return Problems.Of(409, WordOf(change.Refusal), change.Message, new KeyValuePair<string, object?>("order", view));
        }

        // A crew that sends again what it did before the order went to another crew has been heard.
        return maySee ? TypedResults.Ok(view) : TypedResults.Ok(new { orderId = change.Order.Id, gone = true });
    }

    /// <summary>Who a user is to the state machine; null for those who only look.</summary>
    internal static OrderActor? ActorOf(ClaimsPrincipal user) =>
        user.IsStaff() ? OrderActor.Dispatcher(user.Name()) : user.CrewOf() is { } crew ? OrderActor.OfCrew(crew, user.Name()) : null;

    internal static bool MaySee(ClaimsPrincipal user, WorkOrder order) => user.MayWatch() || user.CrewOf() == order.Crew;

    private static CrewId? FreestCrew(DeskView view) => view.Loads.OrderByDescending(load => load.Capacity - load.Used).Select(load => (CrewId?)load.Crew).FirstOrDefault();

    private static string? Shorten(string? note) => note is { Length: > MaxNote } ? note[..MaxNote] : note;

    private static IResult Unknown() => Problems.Of(404, "unknown_order", "There is no such work order.");

    private static string WordOf<TEnum>(TEnum value)
        where TEnum : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
