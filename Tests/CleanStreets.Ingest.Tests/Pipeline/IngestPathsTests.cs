using CleanStreets.Ingest.Pipeline;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Pipeline;

public sealed class IngestPathsTests
{
    [Fact]
    public void Folder_that_another_has_is_told_as_such_and_one_that_cannot_be_written_is_not()
    {
        using var folder = new TemporaryFolder();
        var paths = new IngestPaths(folder.Combine("ingest"));
        using (paths.Lock())
        {
            Should.Throw<UsageException>(paths.Lock).Message.ShouldContain("in use by another ingest process");
        }

        // There, and not to be opened for writing, as on a disk that went read-only: a program that runs is such a file.
        File.Delete(paths.LockFile);
        File.CreateSymbolicLink(paths.LockFile, Environment.ProcessPath!);
        var said = Should.Throw<UsageException>(paths.Lock).Message;
        said.ShouldContain("cannot be written");
        said.ShouldNotContain("another ingest process");
    }
}
