namespace CleanStreets.Testing;

/// <summary>A real time-series server on a free port of loopback, with its data in a folder of its own; it can stop, freeze and come back.</summary>
public abstract class SeriesServer : IAsyncDisposable
{
    private const int SigStop = 19;
    private const int SigCont = 18;
    private static TimeSpan StopPatience => Eventually.Patience;

    private readonly HttpClient _http = new();
    private ProductProgram? _program;

    /// <summary>Where it answers.</summary>
    public int Port { get; } = FreePort.Next();

    /// <summary>Its address.</summary>
    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>Its data and settings.</summary>
    protected TemporaryFolder Folder { get; } = new();

    /// <summary>Path of the program that Debian installs.</summary>
    protected abstract string Program { get; }

    /// <summary>A path that answers with success once it serves.</summary>
    protected abstract string Ping { get; }

    /// <summary>Starts it, again after <see cref="StopAsync"/>, on the same port and data; skips the test where it is not installed.</summary>
    public async Task StartAsync()
    {
        Assert.SkipUnless(File.Exists(Program), $"needs {Program} (apt: {Path.GetFileName(Program)})");
        var program = _program = ProductProgram.StartProcess(Program, Arguments());
        await Eventually.GetAsync($"{Program} answers{Environment.NewLine}{program.Output}", async () =>
        {
            try
            {
                using var answer = await _http.GetAsync(new Uri(Url, Ping));
                return answer.IsSuccessStatusCode ? "yes" : null;
            }
            catch (HttpRequestException silent)
            {
                return program.ExitCode is null ? null : throw new InvalidOperationException($"{Program} ended:{Environment.NewLine}{program.Output}", silent);
            }
        });
    }

    /// <summary>Stops it in order.</summary>
    public Task StopAsync() => _program!.StopAsync(StopPatience);

    /// <summary>Ends it at once, as a power cut would.</summary>
    public Task KillAsync() => _program!.KillAsync();

    /// <summary>It keeps its connections and says nothing any more.</summary>
    public void Freeze() => _program!.Signal(SigStop);

    /// <summary>It goes on.</summary>
    public void Thaw() => _program!.Signal(SigCont);

    /// <summary>Asks it by GET; the whole answer.</summary>
    public Task<string> GetAsync(string path) => _http.GetStringAsync(new Uri(Url, path));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_program is { } program)
        {
            await program.DisposeAsync();
        }

        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What it is started with.</summary>
    protected abstract IEnumerable<string> Arguments();
}
