using System.Security.Cryptography;
using CleanStreets.Edge.Upgrade;
using CleanStreets.Testing;

namespace CleanStreets.Edge.Tests.Upgrade;

/// <summary>Fetching an archive over a link that breaks.</summary>
public sealed class DownloadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _bytes = new byte[300_000];
    private readonly ReleaseServer _server;
    private readonly ReleaseArchive _archive;
    private readonly HttpClient _http = new();
    private long _received;
    private Func<bool> _mayReceive = () => true;

    public DownloadTests()
    {
        new Random(7).NextBytes(_bytes);
        Directory.CreateDirectory(_folder.Combine("served"));
        File.WriteAllBytes(_folder.Combine("served", "a.tar.gz"), _bytes);
        _server = new ReleaseServer(_folder.Combine("served"));
        _archive = new ReleaseArchive("a.tar.gz", _bytes.Length, Convert.ToHexStringLower(SHA256.HashData(_bytes)));
    }

    private string Target => _folder.Combine("box", "archive");

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_has_come_stays_and_the_rest_is_asked_for(bool isSimple)
    {
        (_server.CutAfter, _server.IsSimple) = (120_000, isSimple);
        await Should.ThrowAsync<Exception>(FetchAsync);
        File.Exists(Target).ShouldBeFalse();
        _server.CutAfter = 0;
        (await FetchAsync()).ShouldBe(DownloadResult.Done);
        File.ReadAllBytes(Target).SequenceEqual(_bytes).ShouldBeTrue();
        if (!isSimple)
        {
            _server.Asked.Last().ShouldBeGreaterThan(0);
            _received.ShouldBe(_bytes.Length, "no byte came twice");
        }

        (await FetchAsync()).ShouldBe(DownloadResult.Done);
        _server.Asked.Count.ShouldBe(2, "what is there is not fetched again");
    }

    [Fact]
    public async Task Budget_stops_it_and_the_next_day_goes_on()
    {
        _mayReceive = () => _received < 100_000;
        (await FetchAsync()).ShouldBe(DownloadResult.OutOfBudget);
        _received.ShouldBeInRange(100_000, 100_000 + (16 * 1024));
        (await FetchAsync()).ShouldBe(DownloadResult.OutOfBudget);
        _server.Asked.Count.ShouldBe(1, "without budget the server is not even asked");
        _mayReceive = () => true;
        (await FetchAsync()).ShouldBe(DownloadResult.Done);
        _received.ShouldBe(_bytes.Length);
    }

    [Fact]
    public async Task Blocks_that_never_reached_the_disk_are_fetched_again()
    {
        Directory.CreateDirectory(_folder.Combine("box"));
        var damaged = _bytes[..200_000];
        damaged.AsSpan(150_000).Clear();
        File.WriteAllBytes(Target + ".part", damaged);
        (await FetchAsync()).ShouldBe(DownloadResult.Done);
        _server.Asked.ShouldBe([200_000, 0]);
        File.ReadAllBytes(Target).SequenceEqual(_bytes).ShouldBeTrue();
    }

    [Fact]
    public async Task Bytes_that_are_wrong_twice_are_the_servers()
    {
        _bytes[1] ^= 1;
        File.WriteAllBytes(_folder.Combine("served", "a.tar.gz"), _bytes);
        (await FetchAsync()).ShouldBe(DownloadResult.Wrong);
        _server.Asked.ShouldBe([0, 0]);
        Directory.EnumerateFiles(_folder.Combine("box")).ShouldBeEmpty();
    }

    private Task<DownloadResult> FetchAsync() =>
        new ReleaseDownload(_http, () => _mayReceive(), count => _received += count, bytesASecond: 0, TimeProvider.System)
            .RunAsync(new Uri(_server.Url, _archive.File), _archive, Target, _ => { }, TestContext.Current.CancellationToken);
}
