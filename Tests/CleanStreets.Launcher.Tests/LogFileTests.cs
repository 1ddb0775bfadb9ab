using CleanStreets.Launcher.Processes;
using CleanStreets.Testing;

namespace CleanStreets.Launcher.Tests;

public sealed class LogFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _complaints = [];

    [Fact]
    public void Full_disk_costs_lines_and_is_said_once()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full here");
        using var log = new LogFile("/dev/full", _complaints.Add);
        log.WriteLine("one");
        log.WriteLine("two");
        _complaints.ShouldHaveSingleItem().ShouldContain("No space left on device");
    }

    [Fact]
    public void Lines_that_are_missing_are_counted_in_the_file_once_it_can_be_written()
    {
        var path = _folder.Combine("ingest.log");
        Directory.CreateDirectory(path);
        using (var log = new LogFile(path, _complaints.Add))
        {
            log.WriteLine("one");
            log.WriteLine("two");
            Directory.Delete(path);
            log.WriteLine("three");
            log.WriteLine("four");
        }

        File.ReadAllLines(path).ShouldBe(["", "(2 lines are missing here: the log could not be written.)", "three", "four"]);
        using (var again = new LogFile(path, _complaints.Add))
        {
            again.WriteLine("five");
        }

        File.ReadAllLines(path).Length.ShouldBe(5, "what is there stays");
        _complaints.Count.ShouldBe(1);
    }

    public void Dispose() => _folder.Dispose();
}
