using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CleanStreets.Edge.Tests.Support;

/// <summary>A camera on the network: as much of RTSP (RFC 2326) as a player needs, an MPEG transport stream in RTP packets (RFC 2250) on the same connection.</summary>
internal sealed class RtspServer : IAsyncDisposable
{
    private const int PacketBytes = 188;
    private const int PacketsAtOnce = 7;
    private const byte TransportStream = 33;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _clip;
    private readonly Task _serving;

    public RtspServer(byte[] clip)
    {
        _clip = clip;
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url => $"rtsp://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/street";

    /// <summary>Players that asked to play.</summary>
    public int Played { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            try
            {
                await TalkAsync(client.GetStream());
            }
            catch (IOException)
            {
                // The player went.
            }
        }
    }

    private async Task TalkAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } request)
        {
            var sequence = "0";
            while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } header)
            {
                sequence = header.StartsWith("CSeq:", StringComparison.OrdinalIgnoreCase) ? header[5..].Trim() : sequence;
            }

            var method = request.Split(' ')[0];
            await AnswerAsync(stream, method, sequence);
            if (method == "PLAY")
            {
                Played++;
                await PlayAsync(stream);
                return;
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream, string method, string sequence)
    {
        const string description = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=street\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 0 RTP/AVP 33\r\na=rtpmap:33 MP2T/90000\r\na=control:track\r\n";
        var more = method switch
        {
            "OPTIONS" => "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n",
            "DESCRIBE" => $"Content-Base: {Url}/\r\nContent-Type: application/sdp\r\nContent-Length: {description.Length}\r\n\r\n{description}",
            "SETUP" => "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n\r\n",
            _ => "Session: 1\r\n\r\n",
        };
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"RTSP/1.0 200 OK\r\nCSeq: {sequence}\r\n{more}"), _stop.Token);
    }

    private async Task PlayAsync(NetworkStream stream)
    {
        for (int at = 0, number = 0; at < _clip.Length; at += PacketBytes * PacketsAtOnce, number++)
        {
            var payload = _clip.AsMemory(at, Math.Min(PacketBytes * PacketsAtOnce, _clip.Length - at));
            var packet = new byte[4 + 12 + payload.Length];
            packet[0] = (byte)'$'; // Interleaved frame of channel 0.
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)(12 + payload.Length));
            (packet[4], packet[5]) = (0x80, TransportStream);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)number);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), (uint)number * 900);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), 7);
            payload.CopyTo(packet.AsMemory(16));
            await stream.WriteAsync(packet, _stop.Token);
        }

        // The line stays, nothing comes: what a camera does whose head hangs.
        var nothing = new byte[1024];
        while (await stream.ReadAsync(nothing, _stop.Token) > 0)
        {
        }
    }
}
