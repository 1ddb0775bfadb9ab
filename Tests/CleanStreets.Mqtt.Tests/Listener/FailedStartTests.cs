using System.Net;
using System.Net.Sockets;
using CleanStreets.Mqtt.Listener;
using CleanStreets.Mqtt.Tests.Support;
using CleanStreets.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Mqtt.Tests.Listener;

/// <summary>A start that fails leaves nothing open. Descriptors of the process are counted.</summary>
[Collection(nameof(WholeProcessTests))]
public sealed class FailedStartTests : IDisposable
{
    private static readonly MqttEndpoint _anywhere = new(new IPEndPoint(IPAddress.Loopback, 0));

    private readonly CertificateFolder _files = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _files.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("port in use")]
    [InlineData("folder in use")]
    [InlineData("state that cannot be written")]
    [InlineData("rules that cannot be read")]
    [InlineData("certificate that cannot be read")]
    public async Task Start_that_fails_leaves_no_descriptor_open(string because)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var held = because == "folder in use" ? new FileStream(_folder.Combine("mqtt-state.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None) : null;
        MqttEndpoint[] all = [.. Enum.GetValues<MqttTransport>().Select(transport => _anywhere with { Transport = transport })];
        var options = _files.Options with { Endpoints = all, DataFolder = _folder.Path };
        options = because switch
        {
            "port in use" => options with { Endpoints = [.. all, new MqttEndpoint((IPEndPoint)taken.LocalEndpoint)] },
            "rules that cannot be read" => options with { AclFile = _files.Write("acl", "nonsense") },
            "certificate that cannot be read" => options with { Tls = options.Tls! with { CertificateFile = _files.Write("certificate", "nonsense") } },
            _ => options,
        };
        if (because == "state that cannot be written")
        {
            Directory.CreateDirectory(_folder.Combine("mqtt-state.log.new"));
        }

        await FailAsync(options); // What the runtime opens for good is open then.
        var before = Open();
        for (var i = 0; i < 10; i++)
        {
            await FailAsync(options);
        }

        Open().ShouldBeLessThanOrEqualTo(before); // At once: what only a finaliser closes counts as left open.
    }

    [Fact]
    public async Task Listener_whose_start_failed_can_be_started_once_the_reason_is_gone()
    {
        using var held = new FileStream(_folder.Combine("mqtt-state.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        await using var listener = NewListener(new MqttListenerOptions { Endpoints = [_anywhere], DataFolder = _folder.Path });
        await Should.ThrowAsync<MqttListenerException>(() => listener.StartAsync(TestContext.Current.CancellationToken));
        await held.DisposeAsync();
        await listener.StartAsync(TestContext.Current.CancellationToken);
        var endpoint = listener.LocalEndpoints.ShouldHaveSingleItem();
        RawPeer.ConnectAs(endpoint.Address.Port, "c").Dispose();
    }

    private static async Task FailAsync(MqttListenerOptions options)
    {
        await using var listener = NewListener(options);
        await Should.ThrowAsync<MqttListenerException>(() => listener.StartAsync(TestContext.Current.CancellationToken));
    }

    private static MqttListener NewListener(MqttListenerOptions options) => new(options, hook: null, TimeProvider.System, NullLogger<MqttListener>.Instance);

    private static int Open() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
}
