using CleanStreets.Contracts;
using CleanStreets.Dashboard.Live;

namespace CleanStreets.Dashboard.Tests.Live;

public sealed class LiveRingTests
{
    [Fact]
    public void Ring_replays_what_came_after_and_admits_what_it_forgot()
    {
        var ring = Ring(capacity: 3, from: 101, through: 105);

        ring.After(103, newest: 105)!.Select(frame => frame.Id).ShouldBe([104L, 105L]);
        ring.After(105, newest: 105)!.ShouldBeEmpty();
        ring.After(102, newest: 105)!.Count.ShouldBe(3);
        ring.After(101, newest: 105).ShouldBeNull("event 102 is forgotten");
        ring.After(106, newest: 105).ShouldBeNull("that is from another life of the server");
    }

    [Fact]
    public void Ring_knows_nothing_from_before_its_start() => Ring(10, 101, 102).After(99, 102).ShouldBeNull();

    [Fact]
    public void Ring_is_bounded_in_characters_too()
    {
        var ring = new LiveRing(maxFrames: 100, maxCharacters: 25);
        ring.StartAfter(0);
        for (var id = 1; id <= 4; id++)
        {
            ring.Add(new LiveFrame(id, "seg", new string('x', 10), Audience.Everybody));
        }

        ring.After(1, 4).ShouldBeNull();
        ring.After(2, 4)!.Count.ShouldBe(2);
    }

    [Fact]
    public void Client_takes_a_bounded_number_and_then_refuses()
    {
        var client = new LiveClient(new Viewer(Group.Staff, null), null, () => { });
        var frame = new LiveFrame(1, "seg", "{}", Audience.Everybody);
        Enumerable.Range(0, LiveClient.MaxWaiting).ShouldAllBe(_ => client.TrySend(frame));
        client.TrySend(frame).ShouldBeFalse();
    }

    [Fact]
    public void Crew_hears_its_own_orders_only()
    {
        var (one, two) = (CrewId.Parse("crew-1"), CrewId.Parse("crew-2"));
        new Audience(Group.Crews, one).Includes(new Viewer(Group.Crews, one)).ShouldBeTrue();
        new Audience(Group.Crews, one).Includes(new Viewer(Group.Crews, two)).ShouldBeFalse();
        new Audience(Group.Crews, one).Includes(new Viewer(Group.Staff, null)).ShouldBeFalse();
        Audience.Watchers.Includes(new Viewer(Group.Crews, one)).ShouldBeFalse();
        Audience.Everybody.Includes(new Viewer(Group.None, null)).ShouldBeFalse("who has no role sees nothing");
    }

    private static LiveRing Ring(int capacity, long from, long through)
    {
        var ring = new LiveRing(capacity);
        ring.StartAfter(from - 1);
        for (var id = from; id <= through; id++)
        {
            ring.Add(new LiveFrame(id, "seg", "{}", Audience.Everybody));
        }

        return ring;
    }
}
