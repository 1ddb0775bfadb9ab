using System.Text.Json;
using static CleanStreets.WorkOrders.Tests.TestOrders;

namespace CleanStreets.WorkOrders.Tests;

public class WorkOrderJsonTests
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    [Fact]
    public void Order_survives_being_written_and_read_with_its_whole_history()
    {
        var order = Must(Must(In(OrderState.Verified), Step(OrderEventKind.Reopened, Dispatcher)), Step(OrderEventKind.Assigned));

        var json = JsonSerializer.Serialize(order, Web);
        var again = JsonSerializer.Deserialize<WorkOrder>(json, Web)!;

        again.ShouldBe(order with { History = again.History });
        again.History.ShouldBe(order.History);
        json.ShouldContain("\"state\":\"open\"");
        json.ShouldContain("\"outcome\":\"collected\"");
        json.ShouldContain("\"role\":\"planner\"");
    }
}
