using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace CleanStreets.Edge.Position;

/// <summary>gpsd over its JSON socket. A gpsd that goes away, or says nothing for half a minute, is connected again.</summary>
internal sealed class GpsdSource(string host, int port, TimeProvider time, ILogger logger) : IPositionSource
{
    // gpsd is silent while no receiver is plugged in; a new WATCH makes it look for one.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly Retry _retry = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(15), time);

    /// <inheritdoc/>
    public string Name => $"gpsd {host}:{port}";

    /// <inheritdoc/>
    public bool IsRecording => false;

    private static ReadOnlyMemory<byte> Watch { get; } = "?WATCH={\"enable\":true,\"json\":true};\n"u8.ToArray();

    /// <inheritdoc/>
    public async Task RunAsync(Func<Fix, ValueTask> take, CancellationToken stop)
    {
        var isLost = false;
        while (true)
        {
            string reason;
            try
            {
                reason = await ListenAsync(
                    fix =>
                    {
                        if (isLost)
                        {
                            isLost = false;
                            PositionLog.Back(logger, Name);
                        }

                        _retry.Succeeded();
                        return take(fix);
                    },
                    stop);
            }
            catch (Exception ex) when (ex is SocketException or IOException or TimeoutException)
            {
                reason = ex.Message;
            }

            if (!isLost)
            {
                isLost = true;
                PositionLog.Lost(logger, Name, reason);
            }

            await _retry.WaitAsync(stop);
        }
    }

    private async Task<string> ListenAsync(Func<Fix, ValueTask> take, CancellationToken stop)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(host, port, stop).AsTask().WaitAsync(ConnectTimeout, time, stop);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Watch, stop);
        using var lines = new StreamReader(stream, Encoding.UTF8);
        while (await lines.ReadLineAsync(stop).AsTask().WaitAsync(Patience, time, stop) is { } line)
        {
            if (GpsdReport.Read(line) is { } fix)
            {
                await take(fix);
            }
        }

        return "it closed the connection";
    }
}
