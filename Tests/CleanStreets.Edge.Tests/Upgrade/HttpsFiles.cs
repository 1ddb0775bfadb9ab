using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CleanStreets.Edge.Tests.Upgrade;

/// <summary>A web server with https and one certificate: files of a folder, whole.</summary>
internal sealed class HttpsFiles : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private readonly string _folder;
    private readonly Task _serving;

    public HttpsFiles(X509Certificate2 certificate, string folder)
    {
        (_certificate, _folder) = (certificate, folder);
        _listener.Start();
        Url = new Uri($"https://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _serving = Task.Run(ServeAsync);
    }

    public Uri Url { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception ex) when (ex is SocketException or InvalidOperationException)
        {
            // The test has ended; an accept begun just after that says InvalidOperationException.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                await using var stream = new SslStream(client.GetStream());
                await stream.AuthenticateAsServerAsync(_certificate);
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                var asked = (await reader.ReadLineAsync())!.Split(' ')[1];
                while (await reader.ReadLineAsync() is { Length: > 0 })
                {
                    // Headers.
                }

                var bytes = await File.ReadAllBytesAsync(Path.Combine(_folder, Path.GetFileName(asked)));
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {bytes.Length}\r\nConnection: close\r\n\r\n"));
                await stream.WriteAsync(bytes);
                await stream.ShutdownAsync();
            }
        }
        catch (Exception ex) when (ex is IOException or AuthenticationException)
        {
            // The box does not trust this server, or has gone.
        }
    }
}
