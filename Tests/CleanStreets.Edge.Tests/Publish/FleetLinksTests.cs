using CleanStreets.Contracts;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Tests.Support;

namespace CleanStreets.Edge.Tests.Publish;

public sealed class FleetLinksTests
{
    private readonly List<string> _lines = [];
    private readonly FleetLinks _links;

    public FleetLinksTests() => _links = new FleetLinks("broker:1883", TimeProvider.System, new LineLogger(_lines));

    [Fact]
    public void First_connection_of_a_fleet_is_no_news()
    {
        Fleet(3, up: true);
        _links.Connected.ShouldBe(3);
        _lines.ShouldBeEmpty();
    }

    [Fact]
    public void Flapping_links_are_one_episode_until_all_are_back()
    {
        Fleet(3, up: true);
        Say(1, up: false);
        Say(2, up: false);
        Say(1, up: true);
        Say(1, up: false);
        _lines.Count.ShouldBe(1);
        Say(1, up: true);
        _lines.Count.ShouldBe(1);
        Say(2, up: true);
        _lines.Count.ShouldBe(2);
        _lines[1].ShouldContain("3 times");
        _links.Connected.ShouldBe(3);
    }

    [Fact]
    public void Next_outage_is_said_again()
    {
        for (var outage = 1; outage <= 3; outage++)
        {
            Fleet(5, up: false);
            Fleet(5, up: true);
            _lines.Count.ShouldBe(2 * outage);
        }
    }

    [Fact]
    public void Truck_that_leaves_ends_nobodys_outage_and_says_nothing()
    {
        Fleet(2, up: true);
        _links.Leave(Truck(1));
        Say(1, up: false);
        _lines.ShouldBeEmpty();
        Say(2, up: false);
        _links.Leave(Truck(2));
        _lines.Count.ShouldBe(1);
        _links.Connected.ShouldBe(0);
    }

    private static TruckId Truck(int number) => TruckId.Parse($"truck-{number}");

    private void Fleet(int trucks, bool up)
    {
        for (var truck = 1; truck <= trucks; truck++)
        {
            _links.Join(Truck(truck));
            Say(truck, up);
        }
    }

    private void Say(int truck, bool up) => _links.Changed(Truck(truck), up, up ? "connected" : "refused");
}
