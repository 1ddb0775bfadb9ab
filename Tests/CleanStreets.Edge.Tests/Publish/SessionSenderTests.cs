using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Publish;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Publish;

public sealed class SessionSenderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, UnmarkedAction.Resend)]
    public async Task Batch_whose_answer_says_that_it_is_stored_does_not_go_again_however_slow_the_trucks_own_disk_is(bool isStored, object? expected)
    {
        await using var spool = FleetSpool.Open(new SpoolOptions { Folder = _folder.Combine("spool") }, TimeProvider.System, NullLogger.Instance);
        var session = spool.Begin(TruckId.Parse("truck-1"), SessionId.Parse("s-1"));
        for (var i = 1; i <= 60; i++)
        {
            await spool.AppendAsync(session, ReadingFormat.Protobuf, i, new byte[20]);
        }

        await Eventually.TrueAsync("they are on disk", () => session.CommittedThrough == 60);
        var sender = new SessionSender(session, spool.Key, new PublishOptions { SetAsideFolder = "aside" }, _clock);
        sender.Sent(sender.Next(isDraining: false)!, 500, isStored);
        sender.Sent(sender.Next(isDraining: false)!, 500, isStored);
        _clock.Advance(TimeSpan.FromMinutes(10));
        sender.CheckUnmarked().ShouldBe((UnmarkedAction?)expected, "the spool has noted neither");

        // It notes the first, and takes as long for the second.
        await spool.StoredAsync(session, 20);
        await Eventually.TrueAsync("the first is noted", () => session.StoredThrough == 20);
        sender.CheckUnmarked().ShouldBeNull();
        _clock.Advance(TimeSpan.FromMinutes(10));
        sender.CheckUnmarked().ShouldBeNull();
        sender.Next(isDraining: false)!.FirstSequence.ShouldBe(isStored ? 41 : 21);
    }
}
