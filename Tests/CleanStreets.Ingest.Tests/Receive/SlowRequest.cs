using System.Net.Sockets;
using System.Text;
using CleanStreets.Ingest.Receive.Events;
using CleanStreets.Testing;

namespace CleanStreets.Ingest.Tests.Receive;

/// <summary>A request whose body stays one byte short until it is finished.</summary>
internal sealed class SlowRequest : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly byte[] _body;

    private SlowRequest(string body) => _body = Encoding.UTF8.GetBytes(body);

    /// <summary>Sends all but the last byte; when this ends, the server is reading the body.</summary>
    public static async Task<SlowRequest> SendAsync(int port, string contentType, string body)
    {
        var request = new SlowRequest(body);
        await request._client.ConnectAsync("127.0.0.1", port);
        var stream = request._client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {EventsApi.Path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Type: {contentType}\r\nContent-Length: {request._body.Length}\r\n\r\n"));

        // Told to whoever asks for it, once somebody wants the body.
        var goOn = Encoding.ASCII.GetBytes("HTTP/1.1 100 Continue\r\n\r\n");
        var said = new byte[goOn.Length];
        await stream.ReadExactlyAsync(said).AsTask().WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        said.ShouldBe(goOn);
        await stream.WriteAsync(request._body.AsMemory(..^1));
        return request;
    }

    /// <summary>Sends what is missing and answers what the server says.</summary>
    public async Task<string> FinishAsync()
    {
        await _client.GetStream().WriteAsync(_body.AsMemory(_body.Length - 1));
        using var reader = new StreamReader(_client.GetStream());
        return await reader.ReadToEndAsync();
    }

    public void Dispose() => _client.Dispose();
}
