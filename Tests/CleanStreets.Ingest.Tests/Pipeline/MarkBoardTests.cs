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
}
