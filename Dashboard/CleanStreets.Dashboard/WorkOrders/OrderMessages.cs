using CleanStreets.Contracts;
using CleanStreets.Dashboard.Live;
using CleanStreets.WorkOrders;

namespace CleanStreets.Dashboard.WorkOrders;

/// <summary>Changed orders as live events, one for each group that sees something different.</summary>
internal static class OrderMessages
{
    // What a staff member may do does not depend on the name.
    private static readonly OrderActor Staff = OrderActor.Dispatcher("staff");

    public static IReadOnlyList<(Audience Audience, string Data)> Of(IReadOnlyList<WorkOrder> orders, LiveBoard board)
    {
        var messages = new List<(Audience, string)>();
        if (orders.Count == 0)
        {
            return messages;
        }

        messages.Add((new Audience(Group.Staff), Text(orders.Select(order => OrderView.Of(order, Staff, board)))));
        messages.Add((new Audience(Group.Viewers), Text(orders.Select(order => OrderView.Of(order, null, board)))));
        foreach (var crew in orders.SelectMany(CrewsOf).Distinct())
        {
            var views = orders.Where(order => CrewsOf(order).Contains(crew)).Select(order => ForCrew(order, crew, board));
            messages.Add((new Audience(Group.Crews, crew), Text(views)));
        }

        return messages;
    }

    // A crew that lost the order hears so, and nothing more of it.
    private static object ForCrew(WorkOrder order, CrewId crew, LiveBoard board) => order.Crew == crew
        ? OrderView.Of(order, OrderActor.OfCrew(crew, crew.Value), board)
        : new { orderId = order.Id, gone = true };

    private static IEnumerable<CrewId> CrewsOf(WorkOrder order) => order.History.Where(step => step.Crew is not null).Select(step => step.Crew!.Value).Distinct();

    private static string Text(IEnumerable<object> orders) => DashboardJson.Text(new { orders = orders.ToArray() });
}
