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
        bool Tell(TruckId truck, StoredMarks marks)
        {
            if (room-- <= 0)
            {
                return false;
            }

            told.Add((truck, marks.Sessions[0].StoredThrough));
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
        bool Tell(TruckId truck, StoredMarks marks)
        {
            told.Add(marks.Sessions[0].StoredThrough);
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
}
