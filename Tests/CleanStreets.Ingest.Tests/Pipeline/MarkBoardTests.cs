using CleanStreets.Contracts;
using CleanStreets.Contracts.Trucks;
using CleanStreets.Ingest.Acknowledge;

namespace CleanStreets.Ingest.Tests.Pipeline;

public sealed class MarkBoardTests
{
    [Fact]
    public void Mark_that_found_no_room_is_told_with_the_next_look_and_its_newest_value()
    {
        var board = new MarkBoard(TimeSpan.FromSeconds(1));
        var now = DateTimeOffset.UnixEpoch;
        TruckId[] trucks = [TruckId.Parse("truck-1"), TruckId.Parse("truck-2"), TruckId.Parse("truck-3")];
        foreach (var truck in trucks)
        {
            board.Set(truck, SessionId.Parse("s"), 5);
        }

        var told = new List<(TruckId Truck, long Through)>();
        var room = 1;
        bool Tell(TruckId truck, StoredMarks? marks)
        {
            if (room-- <= 0)
            {
                return false;
            }

            told.Add((truck, marks!.Sessions[0].StoredThrough));
            return true;
        }

        board.TakeDue(now, Tell);
        told.Count.ShouldBe(1);
        foreach (var truck in trucks)
        {
            board.Set(truck, SessionId.Parse("s"), 6);
        }

        room = 10;
        board.TakeDue(now, Tell);
        told.Count.ShouldBe(3, "the first was told this second");
        told.Skip(1).ShouldAllBe(mark => mark.Through == 6);
        board.TakeDue(now + TimeSpan.FromSeconds(1), Tell);
        told.Count.ShouldBe(4);
    }

    [Fact]
    public void Clock_that_goes_back_holds_up_no_mark()
    {
        var board = new MarkBoard(TimeSpan.FromSeconds(1));
        var told = new List<long>();
        bool Tell(TruckId truck, StoredMarks? marks)
        {
            told.Add(marks!.Sessions[0].StoredThrough);
            return true;
        }

        board.Set(TruckId.Parse("truck-1"), SessionId.Parse("s"), 5);
        board.TakeDue(DateTimeOffset.UnixEpoch.AddYears(70), Tell);
        board.Set(TruckId.Parse("truck-1"), SessionId.Parse("s"), 6);
        board.TakeDue(DateTimeOffset.UnixEpoch.AddYears(50), Tell);
        board.Set(TruckId.Parse("truck-1"), SessionId.Parse("s"), 7);
        board.TakeDue(DateTimeOffset.UnixEpoch.AddYears(50), Tell);
        told.ShouldBe([5, 6], "and once a second again from then on");
    }

    [Fact]
    public void Newest_sixteen_sessions_are_told_and_no_mark_falls()
    {
        var board = new MarkBoard(TimeSpan.Zero);
        var truck = TruckId.Parse("truck-1");
        for (var i = 0; i < 20; i++)
        {
            board.Set(truck, SessionId.Parse($"s-{i}"), 100 + i);
        }

        board.Set(truck, SessionId.Parse("s-19"), 3);
        board.Set(truck, SessionId.Parse("s-4"), 500);
        StoredMarks? heard = null;
        board.TakeDue(DateTimeOffset.UnixEpoch, (_, marks) => (heard = marks) is not null);

        heard!.Sessions.Select(mark => (mark.SessionId.Value, mark.StoredThrough)).ShouldBe(
            [("s-4", 500L), .. Enumerable.Range(5, 15).Reverse().Select(i => ($"s-{i}", 100L + i))]);
    }

    [Fact]
    public void Truck_that_gave_up_its_place_is_cleared_as_soon_as_there_is_room_and_leaves_nothing_behind()
    {
        var board = new MarkBoard(TimeSpan.FromSeconds(1));
        var told = new List<(string Truck, StoredMarks? Marks)>();
        var (room, now) = (true, DateTimeOffset.UnixEpoch);
        var names = Enumerable.Range(0, 500).Select(i => TruckId.Parse($"invented-{i}")).ToList();
        foreach (var name in names)
        {
            board.Set(name, SessionId.Parse("s"), 2);
            Look();
        }

        room = false;
        foreach (var name in names)
        {
            board.Forget(name);
            Look();
        }

        board.Count.ShouldBe(500, "what found no room waits");
        room = true;
        Look();
        board.Count.ShouldBe(0);
        told.GroupBy(tell => tell.Truck).ShouldAllBe(truck => truck.Count() == 2 && truck.First().Marks != null && truck.Last().Marks == null);

        void Look() => board.TakeDue(now += TimeSpan.FromSeconds(1), (truck, marks) =>
        {
            if (room)
            {
                told.Add((truck.Value, marks));
            }

            return room;
        });
    }

    [Fact]
    public void Truck_that_has_a_place_again_before_it_is_cleared_is_told_its_mark_instead()
    {
        var board = new MarkBoard(TimeSpan.Zero);
        var (truck, told) = (TruckId.Parse("truck-1"), new List<long?>());
        board.Set(truck, SessionId.Parse("s"), 5);
        Look();
        board.Forget(truck);
        board.Set(truck, SessionId.Parse("s"), 7);
        Look();
        Look();

        told.ShouldBe([5, 7]);
        board.Count.ShouldBe(1);
        board.Forget(truck);
        Look();
        (told[^1], board.Count).ShouldBe((null, 0));

        void Look() => board.TakeDue(DateTimeOffset.UnixEpoch, (_, marks) =>
        {
            told.Add(marks?.Sessions[0].StoredThrough);
            return true;
        });
    }

    [Fact]
    public void Truck_without_a_place_is_told_its_mark_and_then_cleared_and_more_than_fit_have_to_send_again()
    {
        var board = new MarkBoard(TimeSpan.FromSeconds(1));
        var (now, marked, cleared) = (DateTimeOffset.UnixEpoch, new HashSet<string>(), 0);
        for (var i = 0; i < 3 * MarkBoard.WithoutPlace; i++)
        {
            board.SetOnce(TruckId.Parse($"truck-{i}"), SessionId.Parse("s"), 9);
        }

        board.Count.ShouldBe(MarkBoard.WithoutPlace);
        Look();
        (marked.Count, cleared).ShouldBe((MarkBoard.WithoutPlace, 0), "heard before it is cleared");
        now += TimeSpan.FromSeconds(1);
        Look();
        (cleared, board.Count).ShouldBe((MarkBoard.WithoutPlace, 0));
        board.SetOnce(TruckId.Parse($"truck-{2 * MarkBoard.WithoutPlace}"), SessionId.Parse("s"), 9);
        Look();
        marked.Count.ShouldBe(MarkBoard.WithoutPlace + 1, "there is room again");

        void Look() => board.TakeDue(now, (truck, marks) =>
        {
            cleared += marks is null ? 1 : 0;
            if (marks is not null)
            {
                marked.Add(truck.Value);
            }

            return true;
        });
    }
}
