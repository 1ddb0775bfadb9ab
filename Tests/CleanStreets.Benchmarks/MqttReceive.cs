using System.Net;
using CleanStreets.Mqtt.Listener;
using Microsoft.Extensions.Logging.Abstractions;

namespace CleanStreets.Benchmarks;

/// <summary>Receive and acknowledge and nothing else: the listener with a hook that acknowledges each turn. A driver outside sends and counts.</summary>
/// <remarks>Prints its process id, so that its CPU time can be read from /proc before and after; ends at the end of standard input.</remarks>
internal static class MqttReceive
{
    public static async Task RunAsync(int port)
    {
        var hook = new AcknowledgingHook();
        await using var listener = new MqttListener(
            new MqttListenerOptions { Endpoints = [new MqttEndpoint(new IPEndPoint(IPAddress.Loopback, port))] }, hook, TimeProvider.System, NullLogger<MqttListener>.Instance);
        hook.Listener = listener;
        await listener.StartAsync(CancellationToken.None);
        Console.WriteLine($"ready mqtt={listener.LocalEndpoint} pid={Environment.ProcessId}");
        while (await Console.In.ReadLineAsync() is not null)
        {
            var counters = listener.Counters;
            Console.WriteLine($"taken={counters.PublishesTaken} allocated={GC.GetTotalAllocatedBytes(precise: true)} collections={GC.CollectionCount(0)} connections={counters.Connections}");
        }
    }

    private sealed class AcknowledgingHook : IPublishHook
    {
        private PublishToken[] _turn = new PublishToken[1024];
        private int _count;

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
            _count = 0;
        }
    }
}
