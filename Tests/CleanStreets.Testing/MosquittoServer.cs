namespace CleanStreets.Testing;

/// <summary>A real Mosquitto on a free port of loopback, which can be stopped and started again on the same port with its persistent data.</summary>
public sealed class MosquittoServer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/mosquitto";

    private readonly TemporaryFolder _folder = new();
    private readonly string _configuration;
    private ProductProgram? _program;

    private MosquittoServer(string[] settings)
    {
        _configuration = _folder.Combine("mosquitto.conf");
        File.WriteAllLines(_configuration,
        [
            .. settings.Contains("allow_anonymous false") ? [] : (string[])["allow_anonymous true"],
            "persistence true", $"persistence_location {_folder.Path}/", "max_inflight_messages 1000", "max_queued_messages 0",
            $"user {Environment.UserName}", // Started by root it would become another user, who cannot read this folder.
            $"listener {Port} 127.0.0.1", .. settings,
        ]);
    }

    /// <summary>Port of the plain listener, or of the one that the settings go on with.</summary>
    public int Port { get; } = FreePort.Next();

    /// <summary>The file that it writes when it is stopped, and reads when it is started.</summary>
    public string Data => _folder.Combine("mosquitto.db");

    /// <summary>Starts a server; the test is skipped where Mosquitto is not installed.</summary>
    /// <param name="settings">Lines of its configuration after <c>listener PORT 127.0.0.1</c>.</param>
    public static async Task<MosquittoServer> StartAsync(params string[] settings)
    {
        Assert.SkipUnless(File.Exists(Program), $"{Program} is not installed (apt-get install mosquitto)");
        var server = new MosquittoServer(settings);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>.</summary>
    public async Task StartAgainAsync()
    {
        _program = ProductProgram.StartProcess(Program, ["-c", _configuration]);
        await Loopback.ListeningAsync(Port, _program);
    }

    /// <summary>Has it read its access rules and passwords again.</summary>
    public void Reload() => _program!.Signal(1);

    /// <summary>Asks it to stop, which writes what it keeps.</summary>
    public async Task StopAsync()
    {
        await _program!.StopAsync(Eventually.Patience);
        await _program.DisposeAsync();
        _program = null;
    }

    /// <summary>Ends it at once, as a power cut would: what it kept in memory is gone.</summary>
    public async Task KillAsync()
    {
        await _program!.KillAsync();
        await _program.DisposeAsync();
        _program = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }

        _folder.Dispose();
    }
}
