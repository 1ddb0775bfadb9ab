using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Publish;

/// <summary>A truck whose power is cut at every stop has more sessions than one message of marks can name.</summary>
public sealed class ManyLeftoversTests : IDisposable
{
    private const int Openings = 24;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task More_leftover_sessions_than_marks_in_one_message_are_all_marked_without_sending_anything_twice()
    {
        for (var opening = 1; opening <= Openings; opening++)
        {
            await using var stop = SendingTruck.Open(_folder.Path, port: 1, $"s-{opening}");
            await stop.TakeAsync(1); // Nobody listens on port 1.
        }

        await using var ingest = await RunningIngest.StartAsync(_folder.Combine("ingest"));
        await using (var truck = SendingTruck.Open(_folder.Path, ingest.Port, "s-live", o => o with { MarkPatience = TimeSpan.FromHours(1) }))
        {
            await truck.TakeAsync(1);
            await truck.StoredAsync();
            truck.Counters.Sent.ShouldBe(Openings + 1);
        }

        (await ingest.StopAndReadJournalAsync()).Count.ShouldBe(Openings + 1);
    }
}
