using CleanStreets.Contracts.Disk;

namespace CleanStreets.Contracts.Tests.Disk;

public sealed class FlushTests
{
    [Fact]
    public void Flush_says_when_fsync_fails()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "This device, which fsync refuses, is Linux's.");
        using var device = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        Should.Throw<IOException>(() => FileFlush.Flush(device)).Message.ShouldContain("fsync");
    }

    [Fact]
    public void Flush_of_a_missing_folder_fails() => Should.Throw<IOException>(() => DirectoryFlush.Flush("/nowhere/at/all"));
}
