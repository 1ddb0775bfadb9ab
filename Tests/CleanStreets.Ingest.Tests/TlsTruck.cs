using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CleanStreets.Ingest.Tests;

/// <summary>A truck that speaks MQTT 5.0 through TLS byte by byte, so that each refusal is heard as it is on the wire.</summary>
internal sealed class TlsTruck : IDisposable
{
    private readonly TcpClient _tcp;
    private readonly SslStream _stream;

    public TlsTruck(int port, X509Certificate2 certificate)
    {
        _tcp = new TcpClient("127.0.0.1", port) { ReceiveTimeout = (int)CleanStreets.Testing.Eventually.Patience.TotalMilliseconds };
        _stream = new SslStream(_tcp.GetStream());
        _stream.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ClientCertificates = [certificate],
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null, // Whoever it is: the test is about the city.
        });
    }

    /// <summary>CONNECT; answers CONNACK's code.</summary>
    public int Connect(string id) => Exchange(0x10, [0, 4, .. "MQTT"u8, 5, 2, 0, 0, 0, .. Text(id)])[3];

    /// <summary>PUBLISH with QoS 1; answers PUBACK's code.</summary>
    public int Publish(string topic)
    {
        var answer = Exchange(0x32, [.. Text(topic), 0, 1, 0, .. "{}"u8]);
        return answer.Length > 4 ? answer[4] : 0;
    }

    /// <summary>SUBSCRIBE with QoS 1; answers SUBACK's code.</summary>
    public int Subscribe(string filter) => Exchange(0x82, [0, 2, 0, .. Text(filter), 1])[^1];

    public void Dispose()
    {
        _stream.Dispose();
        _tcp.Dispose();
    }

    private static byte[] Text(string text) => [(byte)(text.Length >> 8), (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];

    /// <summary>Sends a packet and reads the next that is no PUBLISH; all of them are short.</summary>
    private byte[] Exchange(byte header, byte[] body)
    {
        _stream.Write([header, (byte)body.Length, .. body]);
        while (true)
        {
            var start = new byte[2];
            _stream.ReadExactly(start);
            var rest = new byte[start[1]];
            _stream.ReadExactly(rest);
            if (start[0] >> 4 != 3)
            {
                return [.. start, .. rest];
            }
        }
    }
}
