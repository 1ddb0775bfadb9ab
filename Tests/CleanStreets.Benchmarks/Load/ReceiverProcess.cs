using System.Net;
using CleanStreets.Mqtt.Listener;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Benchmarks.Load;

/// <summary>Receive and acknowledge and nothing else: the listener with a hook that acknowledges each turn, in a process of its own.</summary>
/// <remarks>After each million messages it says how many bytes it has allocated; ends when it is killed.</remarks>
internal static class ReceiverProcess
{
    /// <summary>Begins the line that says how many bytes were allocated so far.</summary>
    public const string Allocated = "allocated=";

    /// <summary>After how many messages each line comes.</summary>
    public const long Milestone = 1_000_000;

    /// <param name="time">The clock.</param>
    /// <param name="tls">Certificate and key of a TLS endpoint beside, or none.</param>
    public static async Task RunAsync(TimeProvider time, params string[] tls)
    {
        var hook = new AcknowledgingHook();
        await using var listener = new MqttListener(
            OptionsOf(tls), hook, time, NullLogger<MqttListener>.Instance);
        hook.Listener = listener;
        await listener.StartAsync(CancellationToken.None);
        Console.WriteLine($"ready receiver {string.Join(' ', listener.LocalEndpoints.Select(endpoint => $"{endpoint.Scheme}={endpoint.Address}"))}");
        await listener.Completion;
    }

    private static MqttListenerOptions OptionsOf(string[] tls)
    {
        var plain = new MqttEndpoint(new IPEndPoint(IPAddress.Loopback, 0));
        return tls is [var certificate, var key]
            ? new MqttListenerOptions { Endpoints = [plain, plain with { Transport = MqttTransport.Tls }], Tls = new MqttTlsOptions { CertificateFile = certificate, KeyFile = key } }
            : new MqttListenerOptions { Endpoints = [plain] };
    }

    private sealed class AcknowledgingHook : IPublishHook
    {
        private PublishToken[] _turn = new PublishToken[1024];
        private int _count;
        private long _taken;

        public MqttListener Listener { get; set; } = null!;

        public bool Claims(ReadOnlySpan<byte> topic) => true;

        public HookResult OnPublish(in BorrowedPublish publish, PublishToken token)
        {
            if (_count == _turn.Length)
            {
                Array.Resize(ref _turn, _count * 2);
            }

            _turn[_count++] = token;
            return HookResult.Taken;
        }

        public void OnTurnEnd()
        {
            Listener.Acknowledge(_turn.AsSpan(0, _count));
            if ((_taken + _count) / Milestone > _taken / Milestone)
            {
                Console.WriteLine($"{Allocated}{GC.GetTotalAllocatedBytes(precise: true)}");
            }

            _taken += _count;
            _count = 0;
        }
    }
}
