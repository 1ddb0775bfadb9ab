using System.Runtime.Versioning;
using CleanStreets.Contracts;
using CleanStreets.Contracts.Readings;
using CleanStreets.Edge.Spool;
using CleanStreets.Edge.Tests.Support;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Spool;

/// <summary>A file that the disk no longer reads costs what is in it, and never the box. Its bad sector is the kernel's own: reading another program's memory at address 0 gives EIO.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class BadSectorTests : IDisposable
{
    private static readonly TruckId Truck = TruckId.Parse("truck-1");
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _log = [];

    public void Dispose() => _folder.Dispose();

    private string Spool => _folder.Combine("spool");

    [Fact]
    public async Task Spool_opens_without_a_chunk_that_cannot_be_read_and_sends_the_others()
    {
        await FillAsync("s-1");
        await FillAsync("s-2");
        var first = Directory.GetFiles(Spool, "*.chunk").Order().First();
        Break(first);

        for (var opening = 0; opening < 2; opening++)
        {
            await using var spool = Open();
            var left = spool.Leftovers.ShouldHaveSingleItem();
            (left.SessionId.Value, left.Unstored).ShouldBe(("s-2", 5));
        }

        File.Exists(first).ShouldBeFalse("its number is not used again");
        new FileInfo(first + ".kept").LinkTarget.ShouldNotBeNull("it stays for diagnosis");
        _log.Count(line => line.StartsWith(first, StringComparison.Ordinal) && line.Contains("Check the disk", StringComparison.Ordinal)).ShouldBe(1, string.Join('\n', _log));
    }

    [Fact]
    public async Task Readings_go_on_without_what_was_said_of_their_session_and_pictures_without_one()
    {
        await FillAsync("s-1");
        Break(SessionAbout.In(Spool).Single());
        var picture = Path.Combine(Spool, "e-001763800001000-00ab12cd.evidence");
        Break(picture);

        await using var spool = Open();
        var left = spool.Leftovers.ShouldHaveSingleItem();
        (left.About, left.Unstored).ShouldBe((null, 5));
        SessionAbout.In(Spool).ShouldBeEmpty();
        spool.Evidence.Waiting.ShouldBeEmpty();
        new FileInfo(picture + ".kept").LinkTarget.ShouldNotBeNull();
        _log.Count(line => line.Contains("cannot be read", StringComparison.Ordinal)).ShouldBe(2, string.Join('\n', _log));
    }

    private static void Break(string path)
    {
        File.Delete(path);
        File.CreateSymbolicLink(path, "/proc/self/mem");
        Should.Throw<IOException>(() => File.ReadAllBytes(path));
    }

    private FleetSpool Open() => FleetSpool.Open(new SpoolOptions { Folder = Spool, CommitInterval = TimeSpan.FromMilliseconds(1) }, TimeProvider.System, new LineLogger(_log));

    private async Task FillAsync(string name)
    {
        await using var spool = Open();
        var session = spool.Begin(Truck, SessionId.Parse(name), new SessionAbout("box-1"));
        for (var i = 1; i <= 5; i++)
        {
            await spool.AppendAsync(session, ReadingFormat.Json, i, "{}"u8.ToArray());
        }

        await Eventually.TrueAsync("they are on disk", () => session.CommittedThrough == 5);
    }
}
