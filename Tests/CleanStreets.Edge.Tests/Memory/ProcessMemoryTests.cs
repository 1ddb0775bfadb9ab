using System.Security.Cryptography;
using System.Text.RegularExpressions;
using CleanStreets.Edge.Memory;
using CleanStreets.Edge.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Edge.Tests.Memory;

/// <summary>What is given back, and that nothing but memory changes.</summary>
public sealed class ProcessMemoryTests
{
    private const string Smaps = """
        7f0000000000-7f0000021000 r--p 00000000 08:01 1234                       /usr/lib/x86_64-linux-gnu/libc.so.6
        Size:                132 kB
        Rss:                 120 kB
        Anonymous:             0 kB
        Swap:                  0 kB
        SwapPss:               0 kB
        VmFlags: rd mr mw me sd
        7f0000021000-7f0000031000 r-xp 00021000 08:01 1234                       /usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.0/System.Private.CoreLib.dll
        Rss:                  64 kB
        Anonymous:             0 kB
        7f0000031000-7f0000032000 rw-p 00031000 08:01 1234                       /usr/lib/x86_64-linux-gnu/libc.so.6
        Rss:                   4 kB
        Anonymous:             0 kB
        7f0000032000-7f0000033000 r--p 00032000 08:01 1234                       /usr/lib/x86_64-linux-gnu/libc.so.6
        Rss:                   4 kB
        Anonymous:             4 kB
        7f0000033000-7f0000034000 r--p 00033000 08:01 1234                       /usr/lib/x86_64-linux-gnu/libc.so.6
        Rss:                   0 kB
        Anonymous:             0 kB
        Swap:                  4 kB
        SwapPss:               4 kB
        7f0000040000-7f0000050000 rw-p 00000000 00:00 0
        Rss:                  64 kB
        Anonymous:             0 kB
        7f0000050000-7f0000060000 r--s 00000000 08:01 77                         /usr/lib/gconv/gconv-modules.so
        Rss:                   4 kB
        Anonymous:             0 kB
        7f0000060000-7f0000070000 r--p 00000000 08:01 78                         /var/lib/cleanstreets-edge/models/model.onnx
        Rss:                   4 kB
        Anonymous:             0 kB
        7f0000070000-7f0000080000 r-xp 00000000 00:01 79                         /memfd:doublemapper (deleted)
        Rss:                   4 kB
        Anonymous:             0 kB
        7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]
        Rss:                  16 kB
        Anonymous:            16 kB
        """;

    [Fact]
    public void Only_libraries_that_are_as_their_file_has_them_are_given_back()
    {
        var all = FileMapping.Read(new StringReader(Smaps));
        all.Count.ShouldBe(8, "what shows no file is left out");
        var (libc, core) = (all[0], all[1]);
        ((ulong)libc.Start, (ulong)libc.End, libc.ResidentBytes).ShouldBe((0x7f0000000000UL, 0x7f0000021000UL, 120 * 1024L));
        all.Where(mapping => mapping.IsOfAnUnchangedLibrary).ShouldBe([libc, core], "a page that was changed and swapped out is not in memory, and not the file's");
        FileMapping.Read(new StringReader("7f0000000000-7f0000021000 r--p 00000000 08:01 1234  /usr/lib/libc.so.6\n")).Single().IsOfAnUnchangedLibrary.ShouldBeFalse("nothing is said about changes");
    }

    [Fact]
    public async Task Giving_back_frees_memory_and_changes_nothing_that_runs()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        using var working = new CancellationTokenSource();
        var work = Task.Run(() => Work(working.Token), TestContext.Current.CancellationToken);
        List<string> said = [];
        var memory = new ProcessMemory(TimeProvider.System, new LineLogger(said)) { Settled = TimeSpan.FromSeconds(1) };
        var expected = Answer(7);
        for (var i = 0; i < 3; i++)
        {
            await memory.GiveBackAsync(TestContext.Current.CancellationToken);
            Answer(7).ShouldBe(expected);
        }

        await working.CancelAsync();
        (await work).ShouldBeGreaterThan(0, "work went on, and every answer was right");
        said.Count(line => line.Contains("Memory given back", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public async Task Stopping_the_agent_does_not_wait_for_it()
    {
        using var stop = new CancellationTokenSource();
        var running = new ProcessMemory(TimeProvider.System, NullLogger.Instance).RunAsync(stop.Token);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    private static long Work(CancellationToken stop)
    {
        var rounds = 0L;
        for (; !stop.IsCancellationRequested; rounds++)
        {
            Answer((int)(rounds % 100)).ShouldBe(Answer((int)(rounds % 100)));
            Thread.Sleep(1);
        }

        return rounds;
    }

    // Hashing is OpenSSL's, matching and sorting the framework's, and the list is garbage a moment later.
    private static string Answer(int seed)
    {
        var words = Enumerable.Range(seed, 200).Select(i => Convert.ToHexString(SHA256.HashData(BitConverter.GetBytes(i)))).Where(word => Regex.IsMatch(word, "[0-9]A", RegexOptions.None, TimeSpan.FromMinutes(1))).Order(StringComparer.Ordinal);
        return string.Join(' ', words);
    }
}
